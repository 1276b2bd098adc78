"""What was sealed of the books: a record for each row, and one hash over a day's records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import SealRecord
from loyalty.queries.sealed.pages import Key, Span

GONE = "gone"
"""The digest of a record which says that a row was taken away, and rightly."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it was sealed last; ``state`` is the canonical JSON of the columns that may move."""

    number: int
    digest: str
    marks: str
    state: str

    @property
    def moved(self) -> dict[str, Any]:
        """Return the columns that may move, as they were."""
        return read_state(self.state)


def read_state(text: str) -> dict[str, Any]:
    """Return a record's state; nothing of one that somebody has made unreadable."""
    try:
        known = json.loads(text or "{}")
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def latest_records(tx: Tx, book: str, span: Span) -> dict[Key, Record]:
    """Return the last record of each row of a span."""
    statement = _SELECT.where(SealRecord.book == book, SealRecord.owner > span.after)
    if span.upto is not None:
        statement = statement.where(SealRecord.owner <= span.upto)
    return _by_key(tx.run(statement.order_by(SealRecord.number)))


def records_of(tx: Tx, book: str, owners: Sequence[str]) -> dict[Key, Record]:
    """Return the last record of each row of some owners."""
    found: dict[Key, Record] = {}
    for first in range(0, len(owners), _OWNERS):
        some = owners[first : first + _OWNERS]
        statement = _SELECT.where(SealRecord.book == book, SealRecord.owner.in_(some))
        found |= _by_key(tx.run(statement.order_by(SealRecord.number)))
    return found


def records_digest(tx: Tx, number: int) -> tuple[str, int]:
    """Return the hash over all records of a seal, in their order, and how many there are."""
    whole, count, after = hashlib.sha256(), 0, ("", "", "")
    while rows := tx.connection.exec_driver_sql(_page(tx), (number, *after)).fetchall():
        for row in rows:
            whole.update(_line(row))
        count += len(rows)
        after = tuple(rows[-1][:3])
    return whole.hexdigest(), count


_BATCH = 5000
_OWNERS = 500
_SELECT = select(
    SealRecord.owner,
    SealRecord.item,
    SealRecord.number,
    SealRecord.digest,
    SealRecord.marks,
    SealRecord.state,
)


def _by_key(rows: Iterable[Any]) -> dict[Key, Record]:
    return {(row[0], row[1]): Record(*row[2:]) for row in rows}


def _page(tx: Tx) -> str:
    mark = "?" if tx.dialect == "sqlite" else "%s"
    return (
        "SELECT book, owner, item, digest, marks, state, upto FROM seal_records "  # noqa: S608 - a place mark
        f"WHERE number = {mark} AND (book, owner, item) > ({mark}, {mark}, {mark}) "
        f"ORDER BY book, owner, item LIMIT {_BATCH}"
    )


def _line(row: Sequence[Any]) -> bytes:
    return (json.dumps(list(row), ensure_ascii=False) + "\n").encode()
