"""A WSGI server under test, and the CPU time that it and PostgreSQL use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")

GUNICORN = "gunicorn -w 2 -k gthread -b 127.0.0.1:{port} {app} --threads"
GRANIAN = (
    "granian --interface wsgi --workers 2 --host 127.0.0.1 --port {port} --no-ws {app} "
    "--blocking-threads"
)
SERVERS = {
    "gunicorn-1": f"{GUNICORN} 1",
    "gunicorn-4": f"{GUNICORN} 4",
    "granian-1": f"{GRANIAN} 1",
    "granian-4": f"{GRANIAN} 4",
    "granian-8": f"{GRANIAN} 8",
}
"""Each with two workers, the cores of the machine, and so many threads in each."""


@contextmanager
def serving(server: str, app: str, environ: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Serve ``app`` (``module:name``) and give its port and the server's process id."""
    port = free_port()
    folder = Path(sys.executable).parent
    name, *words = SERVERS[server].format(port=port, app=app).split()
    process = subprocess.Popen(
        [str(folder / name), *words],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(pid: int, *, with_ended: bool = False) -> float:
    """Return the CPU seconds of a process and of all below it.

    ``with_ended`` adds those that ended below the process itself and were waited for.
    """
    total = 0.0
    for one in _tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += (int(fields[11]) + int(fields[12])) / TICK
        if with_ended and one == pid:
            total += (int(fields[13]) + int(fields[14])) / TICK
    return total


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for path in Path(f"/proc/{one}/task").glob("*/children"):
            waiting.extend(int(child) for child in path.read_text().split())
    return found


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped at once with status {process.returncode}")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
        except OSError:
            time.sleep(0.1)
            continue
        return
    raise RuntimeError("the server did not answer within a minute")
