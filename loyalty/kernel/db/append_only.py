"""Tables whose rows are written once: the database itself refuses to change or delete them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Table, event

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of %% are never changed or deleted', TG_TABLE_NAME;
END $$
"""


def append_only(table: Table) -> None:
    """Have the database refuse UPDATE and DELETE on ``table`` from the moment it is created."""
    table.info["append_only"] = True
    for statement in append_only_ddl(table.name, "postgresql"):
        event.listen(table, "after_create", _on("postgresql", statement))
    for statement in append_only_ddl(table.name, "sqlite"):
        event.listen(table, "after_create", _on("sqlite", statement))


def _on(dialect: str, statement: str) -> Any:
    """Return the statement, to be run on one kind of database only."""
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]  # no types


def append_only_ddl(table: str, dialect: str) -> list[str]:
    """Return the statements that make ``table`` append-only; the migrations run them as they are.

    They are ``DDL`` templates: a literal percent sign is doubled.
    """
    if dialect == "postgresql":
        return [
            _POSTGRESQL_FUNCTION,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or deleted'); END"
        for verb in ("UPDATE", "DELETE")
    ]
