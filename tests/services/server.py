"""A server process that cannot outlive the run that started it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

NOBODY = 65534
START_SECONDS = 60

_KEEPER = """
import os, shutil, signal, sys, time
pid, folder = int(sys.argv[1]), sys.argv[2]
sys.stdin.read()
for sign in (signal.SIGINT, signal.SIGKILL):
    for attempt in range(50):
        try:
            os.kill(pid, 0 if attempt else sign)
        except ProcessLookupError:
            break
        time.sleep(0.1)
if folder:
    shutil.rmtree(folder, ignore_errors=True)
"""
"""Waits for the end of its input, which comes however its parent dies; then cleans up."""


def unprivileged() -> dict[str, Any]:
    """Return what ``subprocess`` needs to leave root behind; nothing when we are not root."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def clean_environment() -> dict[str, str]:
    """Return our environment without what would turn PostgreSQL's tools elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def new_folder() -> Path:
    """Return a new private folder with a path short enough for a socket."""
    short = "/tmp" if Path("/tmp").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="palier-", dir=short))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


@dataclass(slots=True)
class Server:
    """A started server: its address, and how to end it.

    ``url`` reaches it; ``halt`` and ``resume`` play an outage; ``stop`` ends it and removes
    its folder.
    """

    name: str
    command: Sequence[str | Path]
    folder: Path
    url: str
    answers: Callable[[], object]
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _keeper: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def resume(self) -> None:
        """Start the process and wait until it answers.

        Raises:
            RuntimeError: it stopped or stayed silent; its last words are in the message.
        """
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd="/",
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **unprivileged(),
            )
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-c", _KEEPER, str(self._process.pid), str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._wait_for_answer(self._process)

    def halt(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """End the process; what it stored stays. Harmless when it is not running."""
        if self._keeper is not None:
            self._keeper.kill()
            self._keeper.communicate()
            self._keeper = None
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End the process and remove what it stored."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_for_answer(self, process: subprocess.Popen[bytes]) -> None:
        until = monotonic() + START_SECONDS
        while monotonic() < until and process.poll() is None:
            try:
                self.answers()
            except Exception:  # noqa: BLE001 - whatever the driver raises, it is not there yet
                sleep(0.03)
            else:
                return
        words = (self.folder / "log").read_text(errors="replace")[-2000:]
        self.stop()
        message = f"{self.name} did not start:\n{words}"
        raise RuntimeError(message)
