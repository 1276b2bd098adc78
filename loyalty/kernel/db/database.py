"""The only transaction boundary: ``Database.begin`` to write, ``Database.look`` to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from loyalty.kernel.clock import Clock, system_clock
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.tx import Tx

PATIENCE_MS = 10_000
"""How long a transaction waits for what another has locked, or for a free connection."""

_UNAVAILABLE_SQLSTATES = ("08", "53", "57", "25006", "40", "55P03")
"""Connection lost; out of resources; operator intervention; a read-only server; rolled back for
the sake of another transaction; locked by another for too long."""
_UNAVAILABLE_SQLITE = (
    "database is locked",
    "disk I/O error",
    "database or disk is full",
    "unable to open database",
    "readonly database",
)


class Database:
    """One database and the way to reach it. Threads may share it."""

    def __init__(
        self,
        url: str | URL,
        *,
        clock: Clock = system_clock,
        pool_size: int = 8,
        overflow: int | None = None,
        patience_ms: int = PATIENCE_MS,
        on_connect: Callable[[Any], None] | None = None,
        on_begin: Callable[[Connection], None] | None = None,
    ) -> None:
        """Remember where the database is; nothing is opened before the first use.

        ``overflow`` is how many connections beyond ``pool_size`` a rush may open: by default as
        many again. ``on_connect`` is handed each new connection of the driver. ``on_begin`` begins
        a transaction on SQLite in place of the usual way.
        """
        self.url = _driver_url(url)
        self.clock = clock
        most = pool_size if overflow is None else overflow
        self.engine = _engine(self.url, pool_size, most, patience_ms)
        if self.is_sqlite:
            event.listen(self.engine, "begin", on_begin or _begin_sqlite)
        if on_connect is not None:
            event.listen(self.engine, "connect", lambda raw, _record: on_connect(raw))

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def begin(self, *, actor: str) -> Iterator[Tx]:
        """Commit when the block ends, roll back when it raises.

        ``actor`` says who writes (``staff:stf_...``, ``till:trm_...``, ``job:expire-lots``).
        On SQLite the write lock is taken at once, so that two writers queue instead of failing.

        Raises:
            StorageUnavailable: the database cannot be reached or written; nothing was done.
        """
        with self._guarded(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.execution_options(palier_write=True)
            tx = Tx(connection, now=self.clock(), actor=actor)
            with connection.begin() as transaction, closing(tx):
                yield tx
                tx.commit(transaction)

    @contextmanager
    def look(self, *, actor: str = "reader") -> Iterator[Tx]:
        """Read what is committed now. Writing inside is a programmer's mistake.

        On PostgreSQL each statement is its own transaction (one round trip); on SQLite all
        statements of the block see one snapshot.

        Raises:
            StorageUnavailable: the database cannot be reached.
        """
        with self._guarded(), self.engine.connect() as connection, self._each(connection):
            tx = Tx(connection, now=self.clock(), actor=actor, autoflush=False)
            with closing(tx):
                yield tx

    @contextmanager
    def alone(self, *, actor: str) -> Iterator[Tx]:
        """Write with one statement that is a transaction of its own: one round trip.

        On PostgreSQL each statement of the block is committed by itself, so it holds one that
        writes; on SQLite this is ``begin``.

        Raises:
            StorageUnavailable: the database cannot be reached or written.
        """
        if self.is_sqlite:
            with self.begin(actor=actor) as tx:
                yield tx
            return
        with self._guarded(), self.engine.connect() as connection, self._each(connection):
            yield Tx(connection, self.clock(), actor, autoflush=False, alone=True)

    def dispose(self) -> None:
        """Close every pooled connection; the next use opens new ones."""
        self.engine.dispose()

    @contextmanager
    def _each(self, connection: Connection) -> Iterator[None]:
        """Let PostgreSQL commit each statement by itself.

        The driver is told directly: by way of SQLAlchemy it costs as much as a statement.
        """
        if self.is_sqlite:
            yield
            return
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        try:
            yield
        finally:
            if not driver.closed:
                connection.rollback()
                driver.autocommit = False

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise StorageUnavailable from error
        except DBAPIError as error:
            if _is_unavailable(error):
                raise StorageUnavailable from error
            raise


def _driver_url(url: str | URL) -> URL:
    """Name the driver: psycopg 3 for ``postgres://`` and ``postgresql://``."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _engine(url: URL, pool_size: int, overflow: int, patience_ms: int) -> Engine:
    pool = {
        "poolclass": QueuePool,
        "pool_size": pool_size,
        "max_overflow": overflow,
        "pool_timeout": patience_ms / 1000,
    }
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, **pool)
        event.listen(engine, "connect", partial(_prepare_sqlite, patience_ms))
        return engine
    return create_engine(
        url,
        **pool,
        connect_args={
            "prepare_threshold": 1,
            "connect_timeout": 5,
            "options": f"-c lock_timeout={patience_ms} {url.query.get('options', '')}",
        },
    )


def _prepare_sqlite(patience_ms: int, connection: Any, record: Any) -> None:
    """Set what an acknowledged commit needs to survive a power cut, and check that it took."""
    del record
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    durable = cursor.execute("PRAGMA synchronous").fetchone()
    cursor.close()
    if durable != (2,):
        message = f"SQLite refused synchronous = FULL: {durable}"
        raise RuntimeError(message)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("palier_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _is_unavailable(error: DBAPIError) -> bool:
    """Tell a database that is away, full, locked or read-only from a mistake of ours."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_UNAVAILABLE_SQLSTATES)
    text = str(error.orig)
    if any(words in text for words in _UNAVAILABLE_SQLITE):
        return True
    return type(error.orig).__module__.startswith("psycopg") and "connect" in text.lower()
