"""Earning, spending and reversing points."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from loyalty.commands.wallets import ensure_lots, open_wallet, write_wallets
from loyalty.errors import NotEnoughPoints, ReversalTooLarge, SourceReused, UnknownPosting
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.lots import POOL, Interval, Into, LotKey, give_back
from loyalty.models import Posting, Take
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.values import Fired, MemberId
from loyalty.words import Contra, PostingKind

_BY_SOURCE = select(Posting.seq, Posting.points, Posting.balance, Posting.request_hash).where(
    Posting.member_id == bindparam("member_id"), Posting.source == bindparam("source")
)


@dataclass(frozen=True, slots=True)
class PostingReceipt:
    """The answer to a movement: its number in the ledger, what it moved, the balance after it."""

    seq: int
    points: int
    balance: int
    replayed: bool = False


def earn_points(
    tx: Tx,
    *,
    member_id: MemberId,
    points: int,
    source: str,
    reasons: tuple[Fired, ...] = (),
    occurred_at: datetime | None = None,
    unit: str | None = None,
) -> PostingReceipt:
    """Give a member ``points``, in the lot that the programme's expiry names.

    The same ``source`` with the same content answers with the first receipt.

    Raises:
        UnknownMember, MemberBlocked, SourceReused: nothing was given.
    """
    whole(points, "points", at_least=1)
    programme = current_programme(tx)
    happened = occurred_at or tx.now
    unit = unit or programme.main_unit
    request_hash = request_digest("earn", unit, points, reasons)
    journal = open_wallet(tx, member_id, unit=unit)
    if earlier := replayed_posting(tx, member_id, source, request_hash):
        return earlier
    cause = Cause(source, request_hash, programme.version_id, happened, tx.now, reasons)
    lot_on = journal.rule.expiry.expires_on(programme.local_day(happened))
    row = journal.grant(PostingKind.EARN, Contra.ISSUED, [(lot_on, points)], cause)
    write_wallets(tx, [journal])
    return receipt_of(row)


def spend_points(
    tx: Tx,
    *,
    member_id: MemberId,
    points: int,
    source: str,
    reasons: tuple[Fired, ...] = (),
    unit: str | None = None,
) -> PostingReceipt:
    """Take ``points`` from what a member may spend, the earliest to expire first.

    What has lapsed is posted as expired before. The same ``source`` with the same content answers
    with the first receipt.

    Raises:
        NotEnoughPoints: fewer are free; nothing was taken.
        UnknownMember, MemberBlocked, SourceReused: nothing was taken.
    """
    whole(points, "points", at_least=1)
    programme = current_programme(tx)
    unit = unit or programme.main_unit
    request_hash = request_digest("spend", unit, points, reasons)
    journal = open_wallet(tx, member_id, unit=unit)
    if earlier := replayed_posting(tx, member_id, source, request_hash):
        return earlier
    refuse_short(journal, programme, tx.now, points)
    expire_lapsed(journal, programme, tx.now)
    cause = Cause(source, request_hash, programme.version_id, tx.now, tx.now, reasons)
    row = journal.take(PostingKind.SPEND, Contra.REDEEMED, points, cause)
    write_wallets(tx, [journal])
    return receipt_of(row)


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
    where one reversal would; a lot that has lapsed meanwhile lapses again. Earned points are
    taken back down to the wallet's floor.

    Raises:
        UnknownPosting: there is no such posting, or it is a reversal or an expiry itself.
        ReversalTooLarge: more than earlier reversals left of it.
        NotEnoughPoints: taking back would pass the wallet's floor.
        UnknownMember, MemberBlocked, SourceReused: nothing was reversed.
    """
    programme = current_programme(tx)
    unit = unit or programme.main_unit
    request_hash = request_digest("reverse", unit, seq, points)
    journal = open_wallet(tx, member_id, unit=unit)
    if earlier := replayed_posting(tx, member_id, source, request_hash):
        return earlier
    original = _reversible(tx, member_id, unit, seq)
    already = _already_reversed(tx, member_id, unit, seq)
    amount = _amount_left(original, already, points)
    cause = Cause(
        source=source,
        request_hash=request_hash,
        programme_version_id=programme.version_id,
        occurred_at=tx.now,
        posted_at=tx.now,
        purchase_id=original.purchase_id,
        reverses_seq=seq,
    )
    if original.points > 0:
        refuse_below_floor(journal, amount)
        filled = [LotKey(original.lot_on, original.lot_no or POOL)] if original.lot_on else []
        row = journal.take(PostingKind.REVERSAL, original.contra, amount, cause, first=filled)
    else:
        fallback = journal.rule.expiry.expires_on(programme.local_day(tx.now))
        into = _where_back(tx, journal, original, already=already, points=amount, fresh=fallback)
        row = journal.grant(PostingKind.REVERSAL, original.contra, into, cause)
    write_wallets(tx, [journal])
    return receipt_of(row)


def request_digest(*parts: Any) -> str:
    """Return a hash of what was asked for, to tell a repeat from another request."""
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def replayed_posting(
    tx: Tx, member_id: MemberId, source: str, request_hash: str
) -> PostingReceipt | None:
    """Return the receipt of the posting that ``source`` brought about before, if any.

    Raises:
        SourceReused: the source stands for another request.
    """
    row = tx.run(_BY_SOURCE, {"member_id": member_id, "source": source}).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise SourceReused(source)
    return PostingReceipt(row.seq, row.points, row.balance, replayed=True)


def receipt_of(row: dict[str, Any]) -> PostingReceipt:
    """Return the receipt of a posting that was just made."""
    return PostingReceipt(row["seq"], row["points"], row["balance"])


def refuse_short(journal: Journal, programme: Programme, now: datetime, points: int) -> None:
    """Refuse to take more than may be spent now.

    Raises:
        NotEnoughPoints: with what is available.
    """
    available = journal.usable(lapse_day=lapse_day_of(journal, programme, now))
    if available < points:
        raise NotEnoughPoints(journal.member_id, available=available, required=points)


def refuse_below_floor(journal: Journal, points: int) -> None:
    """Refuse to take back more than the wallet's floor allows.

    Raises:
        NotEnoughPoints: with what may be taken.
    """
    floor = journal.rule.floor
    if floor is None:
        return
    available = max(0, journal.balance - journal.held - floor)
    if available < points:
        raise NotEnoughPoints(journal.member_id, available=available, required=points)


def expire_lapsed(journal: Journal, programme: Programme, now: datetime) -> int:
    """Post what has lapsed in this wallet; return how many points."""
    cause = Cause(
        source="expiry",
        request_hash="",
        programme_version_id=programme.version_id,
        occurred_at=now,
        posted_at=now,
    )
    rows = journal.expire(lapse_day=lapse_day_of(journal, programme, now), cause=cause)
    return sum(-int(row["points"]) for row in rows)


def lapse_day_of(journal: Journal, programme: Programme, now: datetime) -> date:
    """Return the latest expiry day that is over for this wallet's unit."""
    return journal.lapse_day(programme.local_day(now))


def _reversible(tx: Tx, member_id: MemberId, unit: str, seq: int) -> Any:
    row = tx.run(
        select(Posting).where(
            Posting.member_id == member_id, Posting.unit == unit, Posting.seq == seq
        )
    ).first()
    if row is None or row.kind in {PostingKind.REVERSAL, PostingKind.RETURN, PostingKind.EXPIRY}:
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
    tx: Tx, journal: Journal, original: Any, *, already: int, points: int, fresh: date
) -> list[Into]:
    """Return the lots into which a spending goes back.

    What was spent on credit has no lot to go back to: it comes first, as it was taken last, and
    goes where points earned today go.
    """
    rows = tx.run(
        select(Take.expires_on, Take.lo, Take.hi, Take.lot_no)
        .where(
            Take.member_id == original.member_id,
            Take.unit == original.unit,
            Take.seq == original.seq,
        )
        .order_by(Take.expires_on, Take.lot_no)
    )
    taken = [Interval(*row) for row in rows]
    credit = -original.points - sum(one.points for one in taken)
    from_credit = min(points, max(0, credit - already))
    back = give_back(taken, already=max(0, already - credit), points=points - from_credit)
    ensure_lots(tx, journal, [key for key, _ in back])
    into = [Into(key.expires_on, share, lot_no=key.lot_no) for key, share in back]
    if not from_credit:
        return into
    pooled = next((one for one in into if (one.expires_on, one.lot_no) == (fresh, POOL)), None)
    if pooled is None or journal.rule.individual:
        return [*into, Into(fresh, from_credit)]
    into.remove(pooled)
    return [*into, Into(fresh, pooled.points + from_credit)]
