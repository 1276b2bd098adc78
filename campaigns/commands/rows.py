"""Writing many rows in one statement, in the words of either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, update
from sqlalchemy.dialects import postgresql, sqlite

from campaigns.models import Message
from loyalty.kernel.db import Base
from loyalty.kernel.tx import Tx

assert isinstance(Message.__table__, Table)
MESSAGES: Table = Message.__table__
"""The table itself, for statements that are run for many rows at once."""

Key = tuple[str, str]
"""A member id and a message id: the primary key of a message."""


def insert(tx: Tx, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ON CONFLICT, for the database of ``tx``."""
    return postgresql.insert(model) if tx.dialect == "postgresql" else sqlite.insert(model)


def these(keys: Sequence[Key]) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that finds the messages; ids are unique, members lead the index."""
    return (
        Message.member_id.in_([member for member, _ in keys]),
        Message.id.in_([message for _, message in keys]),
    )


def change(tx: Tx, keys: Sequence[Key], values: dict[str, Any], *also: ColumnElement[bool]) -> int:
    """Change the messages under ``keys`` that also meet ``also``; return how many did."""
    if not keys:
        return 0
    return tx.run(update(Message).where(*these(keys), *also).values(values)).rowcount
