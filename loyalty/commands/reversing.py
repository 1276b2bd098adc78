"""Undoing what was posted: earned points leave again, spent ones go back to their lots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select

from loyalty.commands.filled_lots import lots_with
from loyalty.commands.ledger import (
    PostingReceipt,
    receipt_of,
    refuse_below_floor,
    replayed_posting,
    request_digest,
)
from loyalty.commands.wallets import Journals, ensure_lots, open_member, write_wallets
from loyalty.errors import ReversalTooLarge, UnknownPosting
from loyalty.journal import Cause, Journal, Row
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.lots import POOL, Back, Interval, Into, LotKey, give_back, pooled, where_back
from loyalty.models import Lot, Posting, Take
from loyalty.programme import Consumption, LapsedLots, Programme
from loyalty.queries.programme import current_programme
from loyalty.settling import lapse, settle
from loyalty.values import MemberId
from loyalty.words import PostingKind

_REVERSIBLE = {
    PostingKind.EARN,
    PostingKind.SPEND,
    PostingKind.REDEEM,
    PostingKind.TENDER,
    PostingKind.TOP_UP,
    PostingKind.ADJUSTMENT,
    PostingKind.OPENING,
}
"""What may be undone by itself; the rest is undone by what brought it about, or never."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What went back to its lots, what was lost because its lot had lapsed, and the posting."""

    points: int
    lost: int
    row: Row | None


def reverse_posting(
    tx: Tx,
    *,
    member_id: MemberId,
    seq: int,
    source: str,
    points: int | None = None,
    unit: str | None = None,
) -> PostingReceipt:
    """Undo an earning or a spending, whole or in part; ``points`` counts upwards.

    Spent points go back to the lots they came from, last taken first, so that any pieces end
    where one reversal would; of a lot that has lapsed meanwhile, as the programme's returns say.
    Earned points are taken back down to the wallet's floor.

    Raises:
        UnknownPosting: there is no such posting, or it is a reversal or an expiry itself.
        ReversalTooLarge: more than earlier reversals left of it.
        NotEnoughPoints: taking back would pass the wallet's floor.
        UnknownMember, MemberBlocked, SourceReused: nothing was reversed.
    """
    programme = current_programme(tx)
    unit = unit or programme.main_unit
    request_hash = request_digest("reverse", unit, seq, points)
    journals = open_member(tx, member_id, [unit])
    if earlier := replayed_posting(tx, member_id, source, request_hash):
        return earlier
    original = _reversible(tx, member_id, unit, seq)
    already = _already_reversed(tx, member_id, unit, seq)
    amount = _amount_left(original, already, points)
    cause = replace(
        Cause(source, request_hash, programme.version_id, tx.now, tx.now),
        purchase_id=original.purchase_id,
        reverses_seq=seq,
    )
    journal = journals[unit]
    if original.points > 0:
        settle(journals, programme, tx.now)
        refuse_below_floor(journal, amount)
        filled = lots_with(journal, original.lot_on, original.lot_no, original.occurred_at)
        row = journal.take(PostingKind.REVERSAL, original.contra, amount, cause, first=filled)
        write_wallets(tx, journals.values())
        return receipt_of(row)
    back = give_back_taken(
        tx, journals, programme=programme, unit=unit, original=original, points=amount, cause=cause
    )
    write_wallets(tx, journals.values())
    return PostingReceipt(seq, 0, journal.balance) if back.row is None else receipt_of(back.row)


def give_back_taken(
    tx: Tx,
    journals: Journals,
    *,
    programme: Programme,
    unit: str,
    original: Any,
    points: int,
    cause: Cause,
    kind: PostingKind = PostingKind.REVERSAL,
    already: int | None = None,
    policy: LapsedLots | None = None,
) -> GivenBack:
    """Post ``points`` of an earlier use back into the lots that it took; nothing is written yet.

    ``original`` is the posting's row (``posting_of``), which ``cause.reverses_seq`` should name.
    ``already`` is how much of it went back or was lost before; by default what was posted. What
    was spent on credit has no lot to go back to: it comes first, as it was taken last, and goes
    where points earned today go. Points of lapsed lots follow ``policy``, by default that of the
    programme's returns; given back to their old date they lapse again at once.
    """
    journal = journals[unit]
    if already is None:
        already = _already_reversed(tx, journal.member_id, unit, original.seq)
    settle(journals, programme, cause.posted_at)
    back = _where_back(
        tx,
        journal,
        original,
        already=already,
        points=points,
        policy=policy or programme.returns.lapsed_lots,
        today=programme.local_day(cause.posted_at),
    )
    row = None
    if back.into:
        row = journal.grant(kind, original.contra, back.into, cause)
        lapse(journal, programme, cause.posted_at)
    return GivenBack(points - back.lost, back.lost, row)


def posting_of(tx: Tx, member_id: MemberId, unit: str, seq: int) -> Any:
    """Return the row of a posting, or ``None``."""
    return tx.run(
        select(Posting).where(
            Posting.member_id == member_id, Posting.unit == unit, Posting.seq == seq
        )
    ).first()


def _reversible(tx: Tx, member_id: MemberId, unit: str, seq: int) -> Any:
    row = posting_of(tx, member_id, unit, seq)
    if row is None or row.kind not in _REVERSIBLE:
        raise UnknownPosting(seq)
    return row


def _amount_left(original: Any, already: int, points: int | None) -> int:
    """Return how much to reverse: what was asked for, or all that earlier reversals left."""
    left: int = abs(original.points) - already
    amount = left if points is None else whole(points, "points", at_least=1)
    if amount > left or amount == 0:
        raise ReversalTooLarge(original.seq, left)
    return amount


def _already_reversed(tx: Tx, member_id: MemberId, unit: str, seq: int) -> int:
    moved = tx.run(
        select(func.coalesce(func.sum(Posting.points), 0)).where(
            Posting.member_id == member_id, Posting.unit == unit, Posting.reverses_seq == seq
        )
    ).scalar_one()
    total: int = abs(int(moved))
    return total


def _where_back(
    tx: Tx,
    journal: Journal,
    original: Any,
    *,
    already: int,
    points: int,
    policy: LapsedLots,
    today: date,
) -> Back:
    """Return the lots into which a spending goes back."""
    taken = _taken(tx, journal, original)
    credit = -original.points - sum(one.points for one in taken)
    from_credit = min(points, max(0, credit - already))
    given = give_back(taken, already=max(0, already - credit), points=points - from_credit)
    fresh_on = journal.rule.expiry.expires_on(today)
    back = where_back(given, policy=policy, lapse_day=journal.lapse_day(today), fresh_on=fresh_on)
    if original.member_id != journal.member_id:
        back = replace(back, into=tuple(Into(one.expires_on, one.points) for one in back.into))
    named = [LotKey(one.expires_on, one.lot_no) for one in back.into if one.lot_no is not None]
    ensure_lots(tx, journal, named)
    into = [*back.into, Into(fresh_on, from_credit)] if from_credit else list(back.into)
    return replace(back, into=tuple(pooled(into, individual=journal.rule.individual)))


def _taken(tx: Tx, journal: Journal, original: Any) -> list[Interval]:
    """Return what a posting took, in the order in which it did."""
    rows = tx.run(
        select(Take.expires_on, Take.lo, Take.hi, Take.lot_no, Lot.earned_at)
        .join(
            Lot,
            and_(
                Lot.member_id == Take.member_id,
                Lot.unit == Take.unit,
                Lot.expires_on == Take.expires_on,
                Lot.lot_no == Take.lot_no,
            ),
        )
        .where(
            Take.member_id == original.member_id,
            Take.unit == original.unit,
            Take.seq == original.seq,
        )
        .order_by(Take.expires_on, Lot.earned_at, Take.lot_no)
    ).all()
    if journal.rule.consumption is Consumption.FIRST_EARNED:
        rows = sorted(rows, key=lambda row: (row.lot_no > POOL, row.earned_at or 0, row.lot_no))
    return [Interval(row.expires_on, row.lo, row.hi, row.lot_no) for row in rows]
