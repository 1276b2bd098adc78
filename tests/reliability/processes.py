"""Server processes of the real commands, in a group that can be killed as a whole."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
GUNICORN = "-w {workers} -k gthread --threads 4 -b 127.0.0.1:{port} --no-control-socket {app}"
GRANIAN = (
    "admin.wsgi:app --interface wsgi --workers 2 --blocking-threads 4 "
    "--host 127.0.0.1 --port {port}"
)

_KEEPER = """
import os, signal, sys
sys.stdin.read()
try:
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
except ProcessLookupError:
    pass
"""
"""Waits for the end of its input, which comes however its parent dies; then ends the group."""


def gunicorn(port: int, app: str = "admin.wsgi:app", *, workers: int = 2) -> list[str]:
    """Return the command that serves ``app`` from processes of four threads each."""
    words = GUNICORN.format(port=port, app=app, workers=workers).split()
    return [sys.executable, "-m", "gunicorn", *words]


def granian(port: int) -> list[str]:
    """Return the command that serves the application as the guide says: two processes."""
    words = GRANIAN.format(port=port).split()
    return [sys.executable, "-m", "granian", *words]


def loyalty(*words: str | int) -> list[str]:
    """Return a ``loyalty`` command."""
    return [sys.executable, "-m", "admin.cli", *map(str, words)]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Process:
    """One of our commands, run as a process group of its own that cannot outlive the test."""

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    starts: int = 0
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _keeper: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self._running is not None, "it runs"
        return self._running.pid

    def start(self) -> None:
        """Start it; nothing is waited for."""
        self.starts += 1
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**bare_environment(), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-c", _KEEPER, str(self._running.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End the whole group at once, without a word: nothing of it can finish anything.

        Harmless when it does not run.
        """
        if self._running is None:
            return
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()
        assert self._keeper is not None, "they start together"
        self._keeper.communicate()
        self._running = self._keeper = None

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""


@dataclass
class WebServer(Process):
    """A web server on a port that stays the same from start to start."""

    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: it stopped or stayed silent; its last words are in the message.
        """
        super().start()
        assert self._running is not None, "it was just started"
        until = monotonic() + START_SECONDS
        while monotonic() < until and self._running.poll() is None:
            if answers(self.port):
                return
            sleep(0.03)
        self.kill()
        message = f"{self.command} did not start:\n{self.last_words()}"
        raise RuntimeError(message)


def answers(port: int, path: str = "/healthz") -> bool:
    """Tell whether a server answers at all, whatever it says."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def bare_environment() -> dict[str, str]:
    """Return what a command needs of our environment: nothing of this test run's own."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PATH": path}


def make_folder(parent: Path, name: str) -> Path:
    """Return an empty folder for a process's log and files."""
    folder = parent / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
