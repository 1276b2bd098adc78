"""Rows as they are sealed: the same text on both databases, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Table

from loyalty.kernel.db import Instant, LocalDate

MARK = 12
"""How many letters of a row's hash its mark keeps: enough to tell which row of a record differs."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Convert = Callable[[Any], Any]


def spell(value: object) -> str:
    """Return the canonical JSON of a value that ``readers`` have made plain."""
    return _encode(value)


def row_digest(table: str, names: Sequence[str], values: Sequence[Any]) -> str:
    """Return the hash of a row: its table, and its columns that hold anything, by name."""
    held = [pair for pair in zip(names, values, strict=True) if pair[1] is not None]
    return hashlib.sha256(f"{table}:{_encode(held)}".encode()).hexdigest()


def readers(table: Table, names: Sequence[str], dialect: str) -> list[tuple[int, Convert]]:
    """Return which of the columns have to be made plain as the driver hands them over, and how.

    Instants become microseconds since 1970, days ISO text, truths 0 or 1, documents themselves.
    """
    found: list[tuple[int, Convert]] = []
    for place, name in enumerate(names):
        convert = _reader(table.c[name].type, dialect)
        if convert is not None:
            found.append((place, convert))
    return found


def make_plain(row: Sequence[Any], converters: Sequence[tuple[int, Convert]]) -> list[Any]:
    """Return a row's values as they are sealed; one that cannot be read stays as it is."""
    plain = list(row)
    for place, convert in converters:
        value = plain[place]
        if value is not None:
            try:
                plain[place] = convert(value)
            except (TypeError, ValueError, OverflowError):
                plain[place] = f"unreadable: {value!r}"
    return plain


def instant_as_whole(value: datetime) -> int:
    """Return an instant in microseconds since 1970."""
    return (value - _EPOCH) // _MICROSECOND


_encode = json.JSONEncoder(
    separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=repr
).encode


def _reader(kind: Any, dialect: str) -> Convert | None:
    if dialect == "sqlite":
        return json.loads if isinstance(kind, JSON) else None
    if isinstance(kind, Instant):
        return instant_as_whole
    if isinstance(kind, Boolean):
        return int
    return date.isoformat if isinstance(kind, LocalDate) else None
