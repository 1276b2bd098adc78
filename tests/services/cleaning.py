"""Make a used PostgreSQL database as it was when it was cloned: emptier is faster than newer."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

PATIENCE = "5s"


class Cleaner:
    """Remembers what a fresh clone holds and restores exactly that.

    Migrations may leave rows of their own; those come back too. A replica's session passes the
    triggers that keep append-only tables from being changed, and foreign keys. DELETE, because
    the tables are small: TRUNCATE makes new files for each table and each of its indexes.
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
            sqlalchemy.exc.OperationalError: a transaction is still open on a written row.
        """
        with self._engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for table in _filled(connection, [t for t in self._tables if t not in self._rows]):
                connection.execute(text(f'DELETE FROM "{table}"'))
            for table, rows in self._rows.items():
                connection.execute(text(f'DELETE FROM "{table}"'))
                _copy_in(connection, table, rows)
            _restart_counters(connection)


def _tables(connection: Connection) -> list[str]:
    statement = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return list(connection.scalars(statement))


def _filled(connection: Connection, tables: list[str]) -> list[str]:
    """Return which of ``tables`` hold a row, in one round trip."""
    if not tables:
        return []
    questions = [f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in tables]
    return list(connection.scalars(text(" UNION ALL ".join(questions))))


def _restart_counters(connection: Connection) -> None:
    """Let every sequence that was used begin again; a migration uses none."""
    used = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
    for name in list(connection.scalars(text(f"{used} AND last_value IS NOT NULL"))):
        connection.execute(text(f'ALTER SEQUENCE "{name}" RESTART'))


def _copy_out(connection: Connection, table: str) -> bytes:
    driver = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:  # type: ignore[union-attr]  # connected
        return b"".join(bytes(block) for block in copy)


def _copy_in(connection: Connection, table: str, rows: bytes) -> None:
    driver = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:  # type: ignore[union-attr]  # connected
        copy.write(rows)
