"""Writing many rows in one statement, in the words of either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, update
from sqlalchemy.dialects import postgresql, sqlite

from campaigns.batches import among_these
from campaigns.models import Message
from loyalty.kernel.db import Base
from loyalty.kernel.tx import Tx

assert isinstance(Message.__table__, Table)
MESSAGES: Table = Message.__table__
"""The table itself, for statements that are run for many rows at once."""


def insert(tx: Tx, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT, for the database of ``tx``."""
    return postgresql.insert(model) if tx.dialect == "postgresql" else sqlite.insert(model)


def these(tx: Tx, ids: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that finds messages by their ids.

    By the ids alone: with the members beside them, both databases would try every pair.
    """
    return among_these(tx, Message.id, ids)


def change(tx: Tx, ids: Sequence[str], values: dict[str, Any], *also: ColumnElement[bool]) -> int:
    """Change the messages with these ids that also meet ``also``; return how many did."""
    if not ids:
        return 0
    return tx.run(update(Message).where(these(tx, ids), *also).values(values)).rowcount
