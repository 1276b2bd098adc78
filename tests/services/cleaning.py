"""Make a used PostgreSQL database as it was when it was cloned: emptier is faster than newer."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

PATIENCE = "5s"


class Cleaner:
    """Remembers what a fresh clone holds and restores exactly that.

    Migrations may leave rows of their own; those come back too. TRUNCATE passes the triggers
    that keep append-only tables from being changed.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with engine.connect() as connection:
            self._tables = _tables(connection)
            filled = _filled(connection, self._tables)
            self._rows = {table: _copy_out(connection, table) for table in filled}

    def clean(self) -> None:
        """Undo everything that was written.

        Raises:
            sqlalchemy.exc.OperationalError: a transaction is still open on a written table.
        """
        with self._engine.begin() as connection:
            written = _filled(connection, [t for t in self._tables if t not in self._rows])
            if written or self._rows:
                connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
                names = ", ".join(f'"{name}"' for name in [*written, *self._rows])
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            for table, rows in self._rows.items():
                _copy_in(connection, table, rows)


def _tables(connection: Connection) -> list[str]:
    statement = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return list(connection.scalars(statement))


def _filled(connection: Connection, tables: list[str]) -> list[str]:
    """Return which of ``tables`` hold a row, in one round trip."""
    if not tables:
        return []
    questions = [f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in tables]
    return list(connection.scalars(text(" UNION ALL ".join(questions))))


def _copy_out(connection: Connection, table: str) -> bytes:
    driver = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:  # type: ignore[union-attr]  # connected
        return b"".join(bytes(block) for block in copy)


def _copy_in(connection: Connection, table: str, rows: bytes) -> None:
    driver = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:  # type: ignore[union-attr]  # connected
        copy.write(rows)
