"""A database that is thrown away after each document, and the clock that a story moves.

The schema is migrated once and kept as bytes; the first document of a kind begins on a copy of
them in memory. What it begins with is kept, with its connection: the next document like it begins
by undoing what was done since. For that a transaction of a scratch database is a savepoint.
The engine stays, so that statements stay compiled; what was compiled from the documents of the
database before is forgotten with its pool of connections.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Pool

from admin.migrate import upgrade
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.kernel.revisions import moves
from loyalty.kernel.signing import Keys

SECRET = "examples-only:" + "0123456789abcdef" * 3
START = datetime(2026, 1, 1, tzinfo=UTC)
_JOURNAL_VERSIONS = slice(18, 20)
"""Where a database's header says which journal it keeps; memory knows the first one only.
Source: the SQLite database file format, section 1.3.3."""
PATIENCE_MS = 100
"""One connection is enough in memory: asking for a second one is a mistake, told quickly."""
PATIENCE_TOGETHER_MS = 30_000


@dataclass(slots=True)
class Point:
    """A state to come back to: the database as bytes, and the connection that can still undo."""

    content: bytes
    pool: Pool | None = None


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
            on_begin=self._begin,
        )
        self.database = self._memory
        self.worlds: dict[str, Any] = {}
        self._point: Point | None = None
        self._moves = 0
        self._working = False
        dialect: Any = self._memory.engine.dialect
        dialect.do_commit, dialect.do_rollback = self._commit, self._rollback

    def fresh(self) -> None:
        """Begin on an empty database again, in memory."""
        self.restore(self.template)

    def restore(self, content: bytes) -> None:
        """Put the database back to what ``snapshot`` returned, in memory."""
        self.close()
        self._leave()
        self._content = content

    def keep(self) -> Point:
        """Return the state as it is now, for ``go_back``."""
        point = Point(self.snapshot())
        self._stand_at(point)
        return point

    def go_back(self, point: Point) -> None:
        """Begin again where ``keep`` was called."""
        self.close()
        self._leave()
        if point.pool is None:
            self._content = point.content
            self._stand_at(point)
        else:
            self._memory.engine.pool = point.pool
            self._execute("ROLLBACK TO kept")
            self._point, self._moves = point, moves()

    def snapshot(self) -> bytes:
        """Return the whole database as bytes, fit for memory whatever its journal was."""
        self._forget_point()
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
        self._leave()
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

    def _stand_at(self, point: Point) -> None:
        self._execute("SAVEPOINT kept")
        point.pool = self._memory.engine.pool
        self._point, self._moves = point, moves()

    def _leave(self) -> None:
        """Let go of the connection; it stays open if a point that can be undone to is on it.

        Where a document was published since, what was compiled of it goes with the connection.
        """
        point, self._point = self._point, None
        if point is not None and moves() != self._moves:
            point.pool = None
        self._memory.engine.dispose(close=point is None or point.pool is None)
        self._working = False

    def _forget_point(self) -> None:
        """Make what was done since the point final: nothing leads back to it but its bytes."""
        if self._point is not None:
            self._execute("RELEASE kept")
            self._point.pool = None
            self._point = None

    def _execute(self, statement: str) -> None:
        connection = self._memory.engine.raw_connection()
        connection.cursor().execute(statement)
        connection.close()

    def _begin(self, connection: Connection) -> None:
        _raw(connection).execute("SAVEPOINT work")
        self._working = True

    def _commit(self, raw: Any) -> None:
        if self._working:
            raw.cursor().execute("RELEASE work")
            self._working = False

    def _rollback(self, raw: Any) -> None:
        if self._working:
            raw.cursor().execute("ROLLBACK TO work")
            raw.cursor().execute("RELEASE work")
            self._working = False

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
