"""The stages of a seal: the heads of wallets, the places of postings in lots, the rows of books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, literal, select

from loyalty.commands.sql import insert_rows, table_of
from loyalty.kernel.ids import oldest_id
from loyalty.kernel.tx import Tx
from loyalty.models import SealLeaf, SealRecord, Wallet
from loyalty.queries.sealed import (
    BOOKS,
    GONE,
    STRETCHES,
    Book,
    Cut,
    Found,
    Key,
    Record,
    Span,
    attached_since,
    cut_of,
    judge,
    latest_records,
    next_span,
    part,
    read_page,
    records_of,
    spell,
    stretches_between,
)
from loyalty.queries.sealed.rows import instant_as_whole

OVERLAP = timedelta(days=1)
"""How far before the last seal is looked for rows that it may not have seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """How many rows a step has sealed and looked at, and after whom the next one begins."""

    sealed: int
    looked: int
    after: str
    done: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of a seal; ``run`` takes the seal's number, whom to begin after, and how many."""

    name: str
    run: Callable[[Tx, int, str, int], Step]


def seal_heads(tx: Tx, number: int, after: str, limit: int) -> Step:
    """Write leaves for wallets with postings that no leaf holds."""
    leaf = table_of(SealLeaf)
    sealed = (
        select(func.coalesce(func.max(leaf.c.to_seq), 0))
        .where(leaf.c.member_id == Wallet.member_id, leaf.c.unit == Wallet.unit)
        .correlate(table_of(Wallet))
        .scalar_subquery()
    )
    rows = _wallets(
        tx,
        sealed,
        after,
        limit,
        literal(number).label("number"),
        (sealed + 1).label("from_seq"),
        Wallet.seq.label("to_seq"),
        Wallet.head,
    )
    insert_rows(tx, SealLeaf, rows)
    return _stepped(rows, limit)


def seal_stretches(tx: Tx, number: int, after: str, limit: int) -> Step:
    """Write records of what postings granted into lots and took from them."""
    record = table_of(SealRecord)
    sealed = (
        select(func.coalesce(func.max(record.c.upto), 0))
        .where(
            record.c.book == STRETCHES,
            record.c.owner == Wallet.member_id,
            record.c.item == Wallet.unit,
        )
        .correlate(table_of(Wallet))
        .scalar_subquery()
    )
    rows = _wallets(tx, sealed, after, limit, sealed.label("before"), Wallet.seq)
    if not rows:
        return _stepped(rows, limit)
    known = stretches_between(tx, Span(after, rows[-1]["member_id"]))
    records = []
    for row in rows:
        tables = known.get((row["member_id"], row["unit"]), ([], [], []))
        stretch = part(tables, row["before"] + 1, row["seq"])
        records.append(
            _record(number, STRETCHES, (row["member_id"], row["unit"]), stretch.digest)
            | {"marks": stretch.marks, "upto": row["seq"]}
        )
    insert_rows(tx, SealRecord, records)
    return _stepped(rows, limit)


def seal_book(book: Book, tx: Tx, number: int, after: str, limit: int) -> Step:
    """Write records of the rows of a book that are new, have moved or have gone, all rightly.

    What is wrong gets none: it stays wrong until somebody has looked at it.
    """
    cut = cut_of(tx)
    since = _look_from(cut, book)
    if book.grows and not after and since is not None and cut.since is not None:
        after = oldest_id(book.grows, cut.since - OVERLAP)
    span = next_span(tx, book, after, limit=max(1, limit), since=since)
    found = read_page(tx, book, span, since=since)
    if since is not None and book.steady and not book.grows:
        records = records_of(tx, book.name, sorted({owner for owner, _ in found}))
        records = {key: one for key, one in records.items() if key in found}
    else:
        records = latest_records(tx, book.name, span)
    if book.later and since is not None and span.upto is None:
        _add_attached(tx, book, number, found, records)
    judged = judge(tx, book, found, records, cut)
    rows = [
        *(_row_record(number, book, key, one) for key, one in _sorted(judged.new)),
        *(_row_record(number, book, key, one) for key, one in _sorted(judged.moved)),
        *(_record(number, book.name, key, GONE) for key in sorted(judged.gone)),
    ]
    insert_rows(tx, SealRecord, rows)
    return Step(len(rows), len(found), span.upto or "", done=span.upto is None)


STAGES = (
    Stage("", seal_heads),
    Stage(STRETCHES, seal_stretches),
    *(Stage(book.name, partial(seal_book, book)) for book in BOOKS),
)
"""Every stage, in order."""


def _add_attached(
    tx: Tx, book: Book, number: int, found: dict[Key, Found], records: dict[Key, Record]
) -> None:
    """Look as well at old purchases that were given to a member since the last seal."""
    for owner in attached_since(tx, cut_of(tx)):
        key = (owner, "")
        last = records_of(tx, book.name, [owner]).get(key)
        row = read_page(tx, book, Span(owner[:-1], owner)).get(key)
        if key not in found and row is not None and last is not None and last.number < number:
            found[key], records[key] = row, last


def _look_from(cut: Cut, book: Book) -> int | None:
    """Return from when on a book's rows are looked at; ``None``: all of them."""
    if cut.since is None or book.name not in cut.books or not (book.steady or book.grows):
        return None
    return instant_as_whole(cut.since - OVERLAP)


def _wallets(tx: Tx, sealed: Any, after: str, limit: int, *columns: Any) -> list[dict[str, Any]]:
    """Return wallets beyond what is sealed of them: of whole members, about ``limit``."""
    statement = (
        select(Wallet.member_id, Wallet.unit, *columns)
        .where(Wallet.member_id > after, Wallet.seq > sealed)
        .order_by(Wallet.member_id, Wallet.unit)
    )
    rows = [row._asdict() for row in tx.run(statement.limit(limit))]
    if len(rows) == limit:
        last = rows[-1]
        more = statement.where(Wallet.member_id == last["member_id"], Wallet.unit > last["unit"])
        rows += [row._asdict() for row in tx.run(more)]
    return rows


def _stepped(rows: list[dict[str, Any]], limit: int) -> Step:
    after = rows[-1]["member_id"] if rows else ""
    return Step(len(rows), len(rows), after, done=len(rows) < limit)


def _sorted(rows: Mapping[Key, Found]) -> list[tuple[Key, Found]]:
    return sorted(rows.items())


def _row_record(number: int, book: Book, key: Key, row: Found) -> dict[str, Any]:
    state = spell(row.state) if book.moves else ""
    return _record(number, book.name, key, row.digest) | {"marks": row.marks, "state": state}


def _record(number: int, book: str, key: Key, digest: str) -> dict[str, Any]:
    return {
        "number": number,
        "book": book,
        "owner": key[0],
        "item": key[1],
        "digest": digest,
        "marks": "",
        "state": "",
        "upto": 0,
    }
