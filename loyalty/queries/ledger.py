"""What a member holds, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from loyalty.errors import UnknownMember
from loyalty.expiry import NEVER, lapse_day
from loyalty.journal import read_reasons
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.lots import usable_points
from loyalty.models import Lot, Posting, Wallet
from loyalty.queries.cursors import day_cursor, page_size, read_day_cursor
from loyalty.queries.programme import current_programme
from loyalty.queries.reasons import posting_title, reason_texts
from loyalty.values import POINTS, Fired, MemberId, PurchaseId
from loyalty.words import PostingKind


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's points. ``available`` may be spent now; ``value_minor`` is what that is worth.

    ``lapsing_points`` are the next to lapse; they are gone from ``lapsing_on``.
    """

    balance: int
    available: int
    held: int
    lapsing_points: int
    lapsing_on: date | None
    value_minor: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting, as a member reads it: a title and the reasons, in her language."""

    seq: int
    points: int
    balance: int
    kind: PostingKind
    title: str
    reasons: tuple[str, ...]
    fired: tuple[Fired, ...]
    occurred_at: datetime
    purchase_id: PurchaseId | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Lapsing:
    """Points of a member that lapse soon."""

    member_id: MemberId
    points: int
    expires_on: date


def balance(tx: Tx, member_id: MemberId) -> Balance:
    """Return what a member holds and may spend.

    Raises:
        UnknownMember: nobody has this id.
    """
    programme = current_programme(tx)
    last = lapse_day(programme.local_day(tx.now), inclusive=programme.points.last_day_usable)
    row = tx.run(
        select(Wallet.balance, Wallet.held).where(
            Wallet.member_id == member_id, Wallet.unit == POINTS
        )
    ).first()
    if row is None:
        raise UnknownMember(member_id)
    lots = tx.run(
        select(Lot.expires_on, Lot.granted - Lot.consumed)
        .where(Lot.member_id == member_id, Lot.unit == POINTS, Lot.granted > Lot.consumed)
        .order_by(Lot.expires_on)
    ).all()
    lapsed = sum(left for expires_on, left in lots if expires_on <= last)
    coming = next((one for one in lots if last < one[0] < NEVER), (None, 0))
    available = usable_points(row.balance, held=row.held, lapsed=lapsed)
    return Balance(
        balance=row.balance,
        available=available,
        held=row.held,
        lapsing_points=coming[1],
        lapsing_on=coming[0],
        value_minor=programme.redemption.value_of(available) if programme.redemption else 0,
    )


def statement(
    tx: Tx,
    member_id: MemberId,
    *,
    language: str,
    before: int | None = None,
    limit: int = 50,
) -> Page[StatementLine]:
    """Return a member's postings, newest first, each with its reasons as sentences.

    For the next page pass ``int(page.after)`` as ``before``: a page stays where it was even
    while new lines are being posted.
    """
    lines = (
        select(Posting)
        .where(Posting.member_id == member_id, Posting.unit == POINTS)
        .order_by(Posting.seq.desc())
        .limit(page_size(limit) + 1)
    )
    if before is not None:
        lines = lines.where(Posting.seq < before)
    rows = tx.run(lines).all()
    page = rows[: page_size(limit)]
    return Page(
        items=tuple(_line(tx, row, language) for row in page),
        after=str(page[-1].seq) if len(rows) > len(page) else None,
    )


def lapsing_members(
    tx: Tx, *, on_or_before: date, after: str | None = None, limit: int = 1000
) -> Page[Lapsing]:
    """Return members with points that lapse from tomorrow up to ``on_or_before``, by day."""
    programme = current_programme(tx)
    statement_ = (
        select(Lot.member_id, func.sum(Lot.granted - Lot.consumed).label("points"), Lot.expires_on)
        .where(
            Lot.unit == POINTS,
            Lot.granted > Lot.consumed,
            Lot.expires_on > programme.local_day(tx.now),
            Lot.expires_on <= on_or_before,
        )
        .group_by(Lot.expires_on, Lot.member_id)
        .order_by(Lot.expires_on, Lot.member_id)
        .limit(page_size(limit) + 1)
    )
    if after is not None:
        day, id_ = read_day_cursor(after)
        later = (Lot.expires_on > day) | and_(Lot.expires_on == day, Lot.member_id > id_)
        statement_ = statement_.where(later)
    rows = tx.run(statement_).all()
    page = rows[: page_size(limit)]
    return Page(
        items=tuple(Lapsing(row.member_id, int(row.points), row.expires_on) for row in page),
        after=day_cursor(page[-1].expires_on, page[-1].member_id)
        if len(rows) > len(page)
        else None,
    )


def _line(tx: Tx, row: Any, language: str) -> StatementLine:
    fired = read_reasons(row.reasons)
    return StatementLine(
        seq=row.seq,
        points=row.points,
        balance=row.balance,
        kind=row.kind,
        title=posting_title(row.kind, language),
        reasons=reason_texts(tx, row, fired, language),
        fired=fired,
        occurred_at=row.occurred_at,
        purchase_id=row.purchase_id,
        expires_on=None if row.lot_on == NEVER else row.lot_on,
    )
