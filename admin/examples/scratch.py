"""A database that is thrown away after each document, and the clock that a story moves.

The schema is migrated once and kept as bytes; each document begins on a copy of them in memory.
The engine stays, so that statements stay compiled; what was compiled from the documents of the
database before is forgotten with its pool of connections.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from admin.migrate import upgrade
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.kernel.signing import Keys

SECRET = "examples-only:" + "0123456789abcdef" * 3
START = datetime(2026, 1, 1, tzinfo=UTC)
_JOURNAL_VERSIONS = slice(18, 20)
"""Where a database's header says which journal it keeps; memory knows the first one only.
Source: the SQLite database file format, section 1.3.3."""
PATIENCE_MS = 100
"""One connection is enough in memory: asking for a second one is a mistake, told quickly."""
PATIENCE_TOGETHER_MS = 30_000


class Scratch:
    """One database to write on. Not for several threads, except after ``on_file``."""

    def __init__(self, template: bytes) -> None:
        """Keep the bytes of an empty, migrated database."""
        self.clock = MovableClock(START)
        self.keys = Keys(SECRET)
        self.template = template
        self._content = template
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._memory = Database(
            "sqlite://",
            clock=self.clock,
            pool_size=1,
            overflow=0,
            patience_ms=PATIENCE_MS,
            on_connect=self._fill,
        )
        self.database = self._memory

    def fresh(self) -> None:
        """Begin on an empty database again, in memory."""
        self.restore(self.template)

    def restore(self, content: bytes) -> None:
        """Put the database back to what ``snapshot`` returned, in memory."""
        self.close()
        self._content = content
        self._memory.dispose()

    def snapshot(self) -> bytes:
        """Return the whole database as bytes, fit for memory whatever its journal was."""
        with self.database.look() as tx:
            content = bytearray(_raw(tx.connection).serialize())
        content[_JOURNAL_VERSIONS] = b"\x01\x01"
        return bytes(content)

    def on_file(self, connections: int) -> None:
        """Move the database as it stands into a file that many connections may open at once.

        It stays there until it is restored or begun afresh.
        """
        content = self.snapshot()
        self.close()
        self._memory.dispose()
        fast = Path("/dev/shm")  # noqa: S108 - a scratch database, in a folder of its own
        where = str(fast) if fast.is_dir() and os.access(fast, os.W_OK) else None
        self._folder = tempfile.TemporaryDirectory(prefix="palier-", dir=where)
        path = Path(self._folder.name) / "scratch.db"
        path.write_bytes(content)
        self.database = Database(
            f"sqlite:///{path}",
            clock=self.clock,
            pool_size=connections,
            overflow=1,
            patience_ms=PATIENCE_TOGETHER_MS,
        )

    def close(self) -> None:
        """Throw the file away, if there is one."""
        if self._folder is not None:
            self.database.dispose()
            self._folder.cleanup()
            self._folder = None
            self.database = self._memory

    def _fill(self, connection: sqlite3.Connection) -> None:
        connection.deserialize(self._content)


def template() -> bytes:
    """Return an empty, migrated database; made once for each state of the migrations."""
    kept = _cache_path()
    if kept is not None and kept.is_file():
        return kept.read_bytes()
    database = Database("sqlite://", pool_size=1, overflow=0, on_connect=_small_pages)
    upgrade(database)
    with database.look() as tx:
        content = _raw(tx.connection).serialize()
    database.dispose()
    if kept is not None:
        _keep(kept, content)
    return content


def _cache_path() -> Path | None:
    """Return where the template of these migrations is kept; ``None`` without a place for it."""
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    digest = hashlib.sha256()
    versions = files("admin").joinpath("migrations", "versions")
    for one in sorted(versions.iterdir(), key=lambda path: path.name):
        if one.name.endswith(".py"):
            digest.update(one.name.encode() + one.read_bytes())
    return Path(base) / "palier" / f"examples-{digest.hexdigest()[:24]}.db"


def _keep(path: Path, content: bytes) -> None:
    """Write the template for the next run; without it that run only starts later."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError:
        return


def _small_pages(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA page_size = 1024")


def _raw(connection: Any) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
