"""The one statement that the two databases spell in dialects of their own: insert or update."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from loyalty.kernel.db import Base
from loyalty.kernel.tx import Tx

Upsert: TypeAlias = postgresql.Insert | sqlite.Insert


def insert(dialect: str, model: type[Base]) -> Upsert:
    """Return an INSERT that knows ON CONFLICT, for the database ``tx.dialect``."""
    return postgresql.insert(model) if dialect == "postgresql" else sqlite.insert(model)


def table_of(model: type[Base]) -> Table:
    """Return the table behind a model, for Core statements."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def insert_rows(tx: Tx, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert ``rows``, all with the same columns; nothing happens when there are none."""
    if rows:
        tx.run(_insertion(model), rows)


@cache
def _insertion(model: type[Base]) -> Insert:
    return table_of(model).insert()
