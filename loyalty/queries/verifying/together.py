"""Proving large books with several processes: each rule, and each part of the long ones, alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from sqlalchemy import func, select

from loyalty.kernel.db import Database
from loyalty.kernel.tx import Tx
from loyalty.models import Member, Posting, Purchase
from loyalty.queries.sealed import BOOKS, Span, cut_of
from loyalty.queries.verifying.books import RULES, SQL_RULES, first_offender, verify_books
from loyalty.queries.verifying.levels import first_wrong_level
from loyalty.queries.verifying.rule import Finding
from loyalty.queries.verifying.sealed import first_untrue_of, first_untrue_stretch
from loyalty.queries.verifying.seals import first_broken_day
from loyalty.queries.verifying.streams import (
    Progress,
    first_broken_head,
    first_broken_seal,
    silent,
)

LARGE = 50_000
"""Books of more postings are proven by several processes."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that one process proves: a rule, of a book or a span where it is a long one."""

    rule: str
    place: int = 0
    book: int = 0
    span: Span = Span()


def verify_together(
    database: Database, *, processes: int | None = None, progress: Progress = silent
) -> tuple[Finding, ...]:
    """Prove every rule of the books as ``verify_books`` does, with several processes.

    Returns the first offending row of each rule that is broken. Without ``processes`` small books
    are proven by this one, large ones by as many as there are cores. Sales may go on meanwhile:
    each rule is a statement, or reads what is sealed before it reads what may move.
    """
    with database.look(actor="verify") as tx:
        many = _many(tx) if processes is None else processes
        if many == 1:
            return verify_books(tx, progress=progress)
        parts, now = _parts(tx, many), tx.now
    url = database.url.render_as_string(hide_password=False)
    with get_context("spawn").Pool(many, _open, (url, now)) as pool:
        work = pool.imap_unordered(_prove, parts)
        return _gathered(work, len(parts), progress)


def _many(tx: Tx) -> int:
    """Return how many processes are worth starting."""
    large = tx.run(select(Posting.seq).offset(LARGE).limit(1)).first() is not None
    return os.cpu_count() or 1 if large else 1


def _gathered(
    work: Iterable[tuple[Part, Finding | None]], total: int, progress: Progress
) -> tuple[Finding, ...]:
    """Return of each rule the finding that comes first in the books."""
    found: dict[str, tuple[int, Finding]] = {}
    for done, (part, finding) in enumerate(work, start=1):
        progress(part.rule, done, total)
        if finding is not None and part.place < found.get(part.rule, (sys.maxsize,))[0]:
            found[part.rule] = (part.place, finding)
    return tuple(found[rule][1] for rule in RULES if rule in found)


def _parts(tx: Tx, processes: int) -> list[Part]:
    """Return all that is to be proven, what takes longest first."""
    members = _spans(tx, Member.id, 4 * processes)
    receipts = _spans(tx, Purchase.id, 4 * processes)
    coarse = _spans(tx, Member.id, processes)
    parts = [
        *(Part("chain", place, span=span) for place, span in enumerate(members)),
        *(Part("sealed-stretches", place, span=span) for place, span in enumerate(members)),
    ]
    parts += [Part(rule.name) for rule in SQL_RULES]
    parts += [Part(rule) for rule in _WHOLE]
    for number, book in enumerate(BOOKS):
        first = number * 10_000
        spans = receipts if book.grows == "pur" else [Span()]
        if book.key[0] == "member_id":
            spans = coarse
        parts += [Part("sealed-rows", first + at, number, span) for at, span in enumerate(spans)]
    return parts


def _spans(tx: Tx, column: Any, count: int) -> list[Span]:
    """Return the owners in so many spans, of about the same number of them each."""
    total = tx.run(select(func.count(column))).scalar_one()
    ends = [
        tx.run(select(column).order_by(column).offset(total * at // count).limit(1)).scalar()
        for at in range(1, count)
    ]
    known = sorted({end for end in ends if end is not None})
    return [Span(a, b) for a, b in zip(["", *known], [*known, None], strict=True)]


_DATABASES: list[Database] = []
"""The books, as a process that proves parts of them has opened them."""


def _open(url: str, now: datetime) -> None:
    _DATABASES.append(Database(url, clock=lambda: now, pool_size=1))


def _prove(part: Part) -> tuple[Part, Finding | None]:
    with _DATABASES[-1].look(actor="verify") as tx:
        return part, _first(tx, part)


def _first(tx: Tx, part: Part) -> Finding | None:
    if part.rule == "chain":
        return first_broken_seal(tx, silent, part.span)
    if part.rule == "sealed-stretches":
        return first_untrue_stretch(tx, silent, part.span)
    if part.rule == "sealed-rows":
        return first_untrue_of(tx, BOOKS[part.book], cut_of(tx), part.span)
    if part.rule in _WHOLE:
        return _WHOLE[part.rule](tx, silent)
    return first_offender(tx, next(rule for rule in SQL_RULES if rule.name == part.rule))


_WHOLE: dict[str, Callable[[Tx, Progress], Finding | None]] = {
    "tier-level": first_wrong_level,
    "chain-head": first_broken_head,
    "seal-days": first_broken_day,
}
