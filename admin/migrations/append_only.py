"""Append-only tables, as migrations make them."""

from __future__ import annotations

from alembic import op

from loyalty.kernel.db.append_only import append_only_ddl


def make_append_only(table: str) -> None:
    """Have the database refuse every UPDATE and DELETE on ``table``."""
    for statement in append_only_ddl(table, op.get_bind().dialect.name):
        op.execute(statement.replace("%%", "%"))
