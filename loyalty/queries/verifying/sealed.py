"""Whether rows are still those that were sealed, and stretches of lots too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import SealRecord
from loyalty.queries.sealed import (
    BOOKS,
    STRETCHES,
    TABLES,
    Book,
    Cut,
    Span,
    cut_of,
    judge,
    latest_records,
    named_line,
    next_span,
    part,
    read_page,
    stretches_between,
)
from loyalty.queries.verifying.rule import Finding
from loyalty.queries.verifying.streams import Progress, next_members

BATCH = 2000


def first_untrue_row(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first row that is not as it was sealed, or that no seal holds though it is old."""
    cut = cut_of(tx)
    for number, book in enumerate(BOOKS, start=1):
        found = first_untrue_of(tx, book, cut)
        if found is not None:
            return found
        progress("sealed-rows", number, len(BOOKS))
    return None


def first_untrue_of(tx: Tx, book: Book, cut: Cut, within: Span | None = None) -> Finding | None:
    """Return the first such row of one book, of the owners ``within`` a span."""
    if cut.since is None:
        return None
    within = within or Span()
    after = within.after
    while True:
        span = next_span(tx, book, after, limit=BATCH, upto=within.upto)
        records = latest_records(tx, book.name, span)
        wrong = judge(tx, book, read_page(tx, book, span), records, cut).wrong
        if wrong:
            row, detail = wrong[min(wrong)]
            return Finding("sealed-rows", row, detail)
        if span.upto == within.upto:
            return None
        after = span.upto or ""


def first_untrue_stretch(tx: Tx, progress: Progress, within: Span | None = None) -> Finding | None:
    """Return the first place in a lot, granted or taken, that is not as it was sealed."""
    within, done = within or Span(), 0
    after = within.after
    while True:
        span = next_members(tx, after, BATCH, within.upto)
        seals = _seals(tx, span)
        wallets = stretches_between(tx, span) if seals else {}
        for owner in sorted(seals):
            found = _untrue(owner, wallets.get(owner, ([], [], [])), seals[owner])
            if found is not None:
                return found
        done += len(seals)
        progress("sealed-stretches", done, done)
        if span.upto == within.upto:
            return None
        after = span.upto or ""


def _seals(tx: Tx, span: Span) -> Mapping[tuple[str, str], list[Any]]:
    statement = select(
        SealRecord.owner, SealRecord.item, SealRecord.upto, SealRecord.digest, SealRecord.marks
    ).where(SealRecord.book == STRETCHES, SealRecord.owner > span.after)
    if span.upto is not None:
        statement = statement.where(SealRecord.owner <= span.upto)
    found: dict[tuple[str, str], list[Any]] = {}
    for row in tx.run(statement.order_by(SealRecord.owner, SealRecord.item, SealRecord.number)):
        found.setdefault((row.owner, row.item), []).append(row)
    return found


def _untrue(owner: tuple[str, str], tables: Any, seals: list[Any]) -> Finding | None:
    before = 0
    for seal in seals:
        now = part(tables, before + 1, seal.upto)
        if now.digest != seal.digest:
            return Finding("sealed-stretches", _named(owner, now, seal.marks), "is not as sealed")
        before = seal.upto
    return None


def _named(owner: tuple[str, str], now: Any, marks: str) -> str:
    """Return the table and key of the first row that differs."""
    pairs = zip(TABLES, now.tables, now.marks.split("|"), marks.split("|"), strict=False)
    for table, lines, here, there in pairs:
        if here != there:
            keys = tuple("/".join(filter(None, (str(one[0]), one[1]))) for one in lines)
            return f"{table} {'/'.join(owner)}{named_line(keys, here.split(), there.split())}"
    return f"seal_records {STRETCHES}/{'/'.join(owner)}"
