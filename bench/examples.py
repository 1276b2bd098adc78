"""Worked examples: steps a second through the runner, beside the same sales without it.

The yardstick is the bare command on the same scratch database: what is left is reading, comparing
and reporting. One long document, then many short ones, with one process and with two.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from admin.examples.files import run_files
from admin.examples.reading import read_stories
from admin.examples.scratch import Scratch, template
from admin.examples.stage import Stage
from admin.examples.story import Story
from admin.examples.verbs.sales import NO_LIMIT_DAYS, claim_of
from admin.examples.world import build
from loyalty.kernel.clock import monotonic, process_seconds
from pos_adapter.commands import commit_sale

START = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
HEAD = """example: speed {number}
programme: preset:three-tier-grocer
articles: {{bread: {{price: "1.20", tax: 5.5, category: bakery}}, teapot: {{price: "24.00"}}}}
offers: [{{id: friday-bread, kind: points_bonus, points: 1, per: unit, article: bread}}]
stores: {{lyon: {{tills: [t1]}}}}
members: {{ada: {{joined: 2025-01-10}}}}
steps:
"""
STEP = """  - at: {at}
    purchase:
      {{till: t1, member: ada, lines: [{{article: bread, quantity: 3}}, {{article: teapot}}]}}
    expect: {{total: "27.60", earned: {{points: 30}}, balance: {{ada: {{points: {balance}}}}}}}
"""


def main(arguments: list[str]) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="bench examples", description=__doc__)
    parser.add_argument("--steps", type=int, default=2_000, help="steps in all")
    options = parser.parse_args(arguments)
    print("| | steps/s | CPU µs a step | x bare |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        long, short = Path(folder) / "long.yaml", Path(folder) / "short.yaml"
        long.write_text(document(0, options.steps))
        short.write_text("---\n".join(document(n, 5) for n in range(options.steps // 5)))
        alone = timed(lambda: bare(long))
        row("`commit_sale` alone", alone, alone, options.steps)
        row("one document", timed(lambda: checked([long], 1)), alone, options.steps)
        row("documents of 5 steps", timed(lambda: checked([short], 1)), alone, options.steps)
        pair = timed(lambda: checked([short], 2))
        print(f"| documents of 5 steps, 2 processes | {options.steps / pair[0]:,.0f} | | |")


def document(number: int, steps: int) -> str:
    """Return a document of so many purchases, with three expectations each."""
    told = [HEAD.format(number=number)]
    for step in range(steps):
        at = (START + timedelta(seconds=10 * step)).strftime("%Y-%m-%d %H:%M:%S")
        told.append(STEP.format(at=at, balance=30 * (step + 1)))
    return "".join(told)


def timed(act: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds that ``act`` took, by the wall and of this process's CPU."""
    started, spent = monotonic(), process_seconds()
    act()
    return monotonic() - started, process_seconds() - spent


def checked(files: list[Path], jobs: int) -> None:
    """Run files; every expectation must hold."""
    assert not run_files(files, jobs=jobs).failed, "a wrong answer is no figure"


def bare(file: Path) -> None:
    """Make the sales of a file through the command alone."""
    (story,) = read_stories(file.read_text(), file=file.name, folder=file.parent)
    assert isinstance(story, Story), "the file is our own"
    stage = Stage(story, Scratch(template()))
    build(stage)
    for step in story.steps:
        stage.scratch.clock.move(to=step.posted_at)
        with stage.begin() as tx:
            claim = claim_of(stage, step, step.asked, 0)
            commit_sale(
                tx, keys=stage.keys, claim=claim, language="en", most_days_late=NO_LIMIT_DAYS
            )


def row(name: str, took: tuple[float, float], alone: tuple[float, float], steps: int) -> None:
    """Print a line of the table."""
    wall, spent = took
    times = spent / alone[1]
    print(f"| {name} | {steps / wall:,.0f} | {spent / steps * 1e6:,.0f} | {times:.2f} |")
