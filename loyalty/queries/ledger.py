"""What a member holds, and how it came about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from loyalty.errors import UnknownMember
from loyalty.expiry import NEVER
from loyalty.journal import read_reasons
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import Lot, Member, Posting
from loyalty.queries.balances import WalletBalance, balances_of
from loyalty.queries.cursors import day_cursor, page_size, read_day_cursor
from loyalty.queries.explaining import Explanation, explain_purchases
from loyalty.queries.programme import current_programme
from loyalty.queries.reasons import posting_title, reason_texts
from loyalty.queries.telling import told_besides
from loyalty.values import Fired, MemberId, ProgrammeVersionId, PurchaseId
from loyalty.words import PostingKind

ONE_DAY = timedelta(days=1)


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
    """One posting, as a member reads it: a title and the reasons, in her language.

    A purchase's reasons also tell what nearly gave more, what was capped, and what it did to her
    level.
    ``points`` and ``balance`` are grains of ``unit``. ``programme_version_id`` names the rules
    that it used.
    """

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
    unit: str
    posted_at: datetime
    programme_version_id: ProgrammeVersionId


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a statement is wanted: all of the default wallet, unless something is named.

    ``first_on`` and ``last_on`` are local days, both included.
    """

    wallet: str = ""
    kinds: Collection[PostingKind] = ()
    first_on: date | None = None
    last_on: date | None = None


ALL_OF_IT = Wanted()

KIND_GROUPS: dict[str, tuple[PostingKind, ...]] = {
    "earned": (PostingKind.EARN, PostingKind.PENDING, PostingKind.ACTIVATION, PostingKind.TOP_UP),
    "spent": (PostingKind.SPEND, PostingKind.REDEEM, PostingKind.TENDER),
    "returned": (PostingKind.RETURN, PostingKind.REVERSAL),
    "lapsed": (PostingKind.EXPIRY, PostingKind.RESET),
    "corrected": (PostingKind.ADJUSTMENT, PostingKind.OPENING),
    "moved": (PostingKind.TRANSFER, PostingKind.MERGE),
}
"""What people look for on a statement, and the kinds of movement that it means."""


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
    known = tx.run(select(Member.id).where(Member.id == member_id)).first()
    if known is None:
        raise UnknownMember(member_id)
    wallets = balances_of(tx, [member_id])[member_id]
    main = wallets.get(programme.default_wallet) or WalletBalance(programme.main_unit)
    return Balance(
        balance=main.posted,
        available=main.usable,
        held=main.held,
        lapsing_points=main.lapsing,
        lapsing_on=main.lapsing_on,
        value_minor=programme.redemption.value_of(main.usable) if programme.redemption else 0,
    )


def statement(
    tx: Tx,
    member_id: MemberId,
    *,
    language: str,
    before: int | None = None,
    limit: int = 50,
    wanted: Wanted = ALL_OF_IT,
) -> Page[StatementLine]:
    """Return a member's postings in one wallet, newest first, each with its reasons as sentences.

    For the next page pass ``int(page.after)`` as ``before``: a page stays where it was even
    while new lines are being posted.
    """
    lines = (
        select(Posting)
        .where(Posting.member_id == member_id, *_conditions(tx, wanted))
        .order_by(Posting.seq.desc())
        .limit(page_size(limit) + 1)
    )
    if before is not None:
        lines = lines.where(Posting.seq < before)
    rows = tx.run(lines).all()
    page = rows[: page_size(limit)]
    bought = [row.purchase_id for row in page if row.purchase_id and row.kind in _EARNED]
    explained = explain_purchases(tx, bought, language=language)
    besides = told_besides(tx, current_programme(tx), member_id, page, language)
    return Page(
        items=tuple(_line(tx, row, language, besides.get(row.seq, ()), explained) for row in page),
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
            Lot.unit == programme.main_unit,
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


def _conditions(tx: Tx, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what a posting must be to stand in the wanted part of a statement."""
    programme = current_programme(tx)
    found = [Posting.unit == (wanted.wallet or programme.main_unit)]
    if wanted.kinds:
        found.append(Posting.kind.in_(wanted.kinds))
    if wanted.first_on is not None:
        start = datetime.combine(wanted.first_on, time.min, tzinfo=programme.zone)
        found.append(Posting.occurred_at >= start)
    if wanted.last_on is not None:
        end = datetime.combine(wanted.last_on + ONE_DAY, time.min, tzinfo=programme.zone)
        found.append(Posting.occurred_at < end)
    return found


_EARNED = frozenset({PostingKind.EARN, PostingKind.PENDING})


def _line(
    tx: Tx,
    row: Any,
    language: str,
    besides: tuple[str, ...],
    explained: Mapping[PurchaseId, Explanation],
) -> StatementLine:
    fired = read_reasons(row.reasons)
    reasons = (*besides, *reason_texts(tx, row, fired, language))
    told = explained.get(row.purchase_id) if row.kind in _EARNED else None
    if told is not None:
        reasons = (*reasons, *(one for one in told.shopper if one not in reasons))
    return StatementLine(
        seq=row.seq,
        points=row.points,
        balance=row.balance,
        kind=row.kind,
        title=posting_title(row, language),
        reasons=reasons,
        fired=fired,
        occurred_at=row.occurred_at,
        purchase_id=row.purchase_id,
        expires_on=None if row.lot_on == NEVER else row.lot_on,
        unit=row.unit,
        posted_at=row.posted_at,
        programme_version_id=row.programme_version_id,
    )
