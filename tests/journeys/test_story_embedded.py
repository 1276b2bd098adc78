"""The story as ``dev.py demo --exit`` tells it: one process on SQLite."""

from __future__ import annotations

import subprocess
import sys

from admin.demo.story import STEPS
from tests.journeys.moved import VARIABLE, MovedClock
from tests.reliability.processes import ROOT, bare_environment

MEMBERS = 20
"""Enough for a story; the demo has two thousand."""


def _tell(folder, clock: MovedClock, *words: str, until: str | None = None) -> tuple[int, str]:
    """Run ``loyalty demo --exit``, to the end or ``until`` it says so; return what it said."""
    command = [sys.executable, "-m", "tests.journeys.moved", "admin.cli", "demo", "--exit"]
    command += ["--port", "0", "--folder", str(folder), "--members", str(MEMBERS), *words]
    environment = bare_environment() | {VARIABLE: str(clock.path)}
    said = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "marketer schedules" in line:
                clock.move(by=60)
            if until is not None and until in line:
                process.terminate()
        return process.wait(30), "".join(said)


def test_the_demo_tells_its_story_and_says_that_it_held(tmp_path):
    clock = MovedClock(tmp_path / "clock")
    status, said = _tell(tmp_path / "demo", clock)
    assert status == 0, said
    assert "Every step held." in said
    for number, step in enumerate(STEPS, start=1):
        assert f"{number:>2}. {step.title}." in said
    assert "Traceback" not in said

    quoted = STEPS[4].title
    _, said = _tell(tmp_path / "demo", clock, until=quoted)
    assert "Using the shop of an earlier start" in said, "a second start reuses the data"
    assert quoted in said
