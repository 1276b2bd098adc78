"""A mistake that somebody could make, and the test that has to notice it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS_FAILED = 1  # what pytest exits with when tests ran and some failed


@dataclass(frozen=True, slots=True)
class Plant:
    """In ``file``, ``was`` becomes ``is_now``; ``caught_by`` is a test that must then fail.

    A file without a folder lies in ``loyalty/``, a test without one in ``tests/loyalty/``.
    """

    name: str
    file: str
    was: str
    is_now: str
    caught_by: str

    @property
    def path(self) -> str:
        """Return the file from the root of the project."""
        return self.file if self.file.startswith(("loyalty/", "admin/")) else f"loyalty/{self.file}"

    @property
    def test(self) -> str:
        """Return the test from the root of the project, as pytest names it."""
        test = self.caught_by
        return test if test.startswith("tests/") else f"tests/loyalty/{test}"

    def text(self) -> str:
        """Return the file as it is, without the mistake."""
        return (ROOT / self.path).read_text(encoding="utf-8")


def copy_of_the_project(into: Path) -> Path:
    """Return a folder with every file that git knows here, as it lies here now."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, into / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return into


def outcome(folder: Path, tests: list[str]) -> tuple[int, str]:
    """Run tests in a copy of the project; return pytest's exit status and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", *tests]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout[-2000:]
