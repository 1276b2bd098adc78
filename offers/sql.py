"""The one statement that both databases spell the same but SQLAlchemy keeps apart: upsert."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from loyalty.kernel.tx import Tx


def insert_into(tx: Tx, table: Any) -> postgresql.Insert:
    """Return an INSERT of ``table`` that has ``on_conflict_do_...`` on this database."""
    if tx.dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)  # type: ignore[return-value]  # the same methods, unrelated types
