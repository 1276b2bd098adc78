"""``python -m tests.journeys.moved MODULE ...`` runs a program by a clock that one can move.

The programs are those of an installation: ``gunicorn`` and ``admin.cli``, the ``loyalty`` command.
Their clock is the real one, moved by the seconds in the file that ``PALIER_CLOCK`` names. So a
story that needs the shop open, or the next minute, does not have to wait for it.
"""

from __future__ import annotations

import os
import runpy
import sys
from datetime import datetime, timedelta
from pathlib import Path

from loyalty.kernel import clock

VARIABLE = "PALIER_CLOCK"


class MovedClock:
    """The real clock, moved by the seconds in a file that several processes read."""

    def __init__(self, path: Path, seconds: float = 0.0) -> None:
        """Move the clock by ``seconds`` at first."""
        self.path = path
        self._write(seconds)

    def __call__(self) -> datetime:
        """Return the moved instant."""
        return clock.system_clock() + timedelta(seconds=_seconds(self.path))

    def move(self, *, by: float) -> None:
        """Move the clock of every process by so many seconds more."""
        self._write(_seconds(self.path) + by)

    def _write(self, seconds: float) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(repr(seconds))
        fresh.replace(self.path)


def _seconds(path: Path) -> float:
    return float(path.read_text())


def main() -> None:
    """Move the clock before anybody has looked at it, then run the module that is named."""
    real, path = clock.system_clock, Path(os.environ[VARIABLE])
    clock.system_clock = lambda: real() + timedelta(seconds=_seconds(path))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
