"""What takes more than SQL to prove: the seals of the chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select

from loyalty.chain import SEALED_FIELDS, genesis, plain_digest, seal
from loyalty.kernel.tx import Tx
from loyalty.models import Member, Posting, Wallet
from loyalty.queries.sealed import Span
from loyalty.queries.verifying.rule import Finding

BATCH = 5000

Progress = Callable[[str, int, int], None]
"""Hears the rule, how many rows are done and how many there are."""


def silent(rule: str, done: int, total: int) -> None:
    """Report nothing."""
    del rule, done, total


def first_broken_seal(tx: Tx, progress: Progress, within: Span | None = None) -> Finding | None:
    """Return the first posting whose seal does not follow from its content and the one before.

    There may be millions, so the rows come past SQLAlchemy, as the driver reads them. ``within``
    narrows it to some members.
    """
    total = 0
    if progress is not silent:
        total = tx.run(select(func.count()).select_from(Posting)).scalar_one()
    plain = _plain_of_sqlite if tx.dialect == "sqlite" else _plain_of_postgresql
    owner: tuple[str, str] | None = None
    head, done = "", 0
    for rows in _in_batches(tx, within or Span()):
        for row in rows:
            if (row[0], row[1]) != owner:
                owner = (row[0], row[1])
                head = genesis(*owner)
            head = _seal_of(row, head, plain)
            if head != row[_HASH]:
                return Finding("chain", f"{row[0]}/{row[1]}/{row[_SEQ]}", "the seal is broken")
        done += len(rows)
        progress("chain", done, total)
    return None


def first_broken_head(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first wallet whose head is not the seal of its last posting."""
    last = and_(
        Posting.member_id == Wallet.member_id,
        Posting.unit == Wallet.unit,
        Posting.seq == Wallet.seq,
    )
    rows = tx.run(
        select(Wallet.member_id, Wallet.unit, Wallet.head, Posting.hash)
        .outerjoin(Posting, last)
        .order_by(Wallet.member_id, Wallet.unit)
    )
    done = 0
    for member_id, unit, head, hash_ in rows:
        done += 1
        if head != (hash_ or genesis(member_id, unit)):
            return Finding("chain-head", f"{member_id}/{unit}", "the head is not the last seal")
    progress("chain-head", done, done)
    return None


def next_members(tx: Tx, after: str, limit: int, upto: str | None = None) -> Span:
    """Return the span of so many members that follows ``after``, within ``upto``."""
    statement = select(Member.id).where(Member.id > after)
    if upto is not None:
        statement = statement.where(Member.id <= upto)
    last = tx.run(statement.order_by(Member.id).offset(limit - 1).limit(1)).scalar()
    return Span(after, upto if last is None else last)


_COLUMNS = (*SEALED_FIELDS, "seq", "balance", "hash")
_SEQ, _BALANCE, _HASH = (_COLUMNS.index(name) for name in ("seq", "balance", "hash"))
_LOT_ON, _REASONS, _OCCURRED_AT, _POSTED_AT = (
    SEALED_FIELDS.index(name) for name in ("lot_on", "reasons", "occurred_at", "posted_at")
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _in_batches(tx: Tx, within: Span) -> Iterator[Sequence[Any]]:
    """Yield every posting by member, unit and seq, a bounded number at a time in memory."""
    mark = "?" if tx.dialect == "sqlite" else "%s"
    upto: tuple[str, ...] = () if within.upto is None else (within.upto,)
    page = (
        f"SELECT {', '.join(_COLUMNS)} FROM postings "  # noqa: S608 - names of our columns
        f"WHERE (member_id, unit, seq) > ({mark}, {mark}, {mark}) "
        f"{f'AND member_id <= {mark} ' if upto else ''}"
        f"ORDER BY member_id, unit, seq LIMIT {BATCH}"
    )
    after: tuple[str, str, int] = (within.after, _LAST_UNIT if within.after else "", 0)
    while rows := tx.connection.exec_driver_sql(page, (*after, *upto)).fetchall():
        yield rows
        after = (rows[-1][0], rows[-1][1], rows[-1][_SEQ])


_LAST_UNIT = "\U0010ffff"


def _seal_of(row: Any, head: str, plain: Callable[[Any], list[Any]]) -> str:
    """Return the seal that a row should have; an empty one when it cannot even be read."""
    try:
        digest = plain_digest(plain(row))
    except (TypeError, ValueError, OverflowError):
        return ""
    return seal(head, seq=row[_SEQ], balance=row[_BALANCE], digest=digest)


def _plain_of_sqlite(row: Any) -> list[Any]:
    """Return the sealed fields of a row: days are text already, instants are microseconds."""
    plain = list(row[: len(SEALED_FIELDS)])
    plain[_REASONS] = json.loads(plain[_REASONS])
    for place in (_OCCURRED_AT, _POSTED_AT):
        instant = _EPOCH + timedelta(microseconds=plain[place])
        plain[place] = instant.isoformat(timespec="microseconds")
    return plain


def _plain_of_postgresql(row: Any) -> list[Any]:
    """Return the sealed fields of a row: documents are read already, days and instants are not."""
    plain = list(row[: len(SEALED_FIELDS)])
    if plain[_LOT_ON] is not None:
        plain[_LOT_ON] = plain[_LOT_ON].isoformat()
    for place in (_OCCURRED_AT, _POSTED_AT):
        plain[place] = plain[place].astimezone(UTC).isoformat(timespec="microseconds")
    return plain
