"""Earning and spending points."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from loyalty.commands.wallets import open_member, write_wallets
from loyalty.errors import NotEnoughPoints, SourceReused
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.models import Posting
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.settling import grant_now, lapse, note_activity, settle
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
    journals = open_member(tx, member_id, [unit])
    if earlier := replayed_posting(tx, member_id, source, request_hash):
        return earlier
    cause = Cause(source, request_hash, programme.version_id, happened, tx.now, reasons)
    day = programme.local_day(happened)
    note_activity(journals, programme, day, tx.now)
    row = grant_now(journals, unit=unit, points=points, day=day, cause=cause)
    write_wallets(tx, journals.values())
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
    journals = open_member(tx, member_id, [unit])
    if earlier := replayed_posting(tx, member_id, source, request_hash):
        return earlier
    settle(journals, programme, tx.now)
    journal = journals[unit]
    refuse_short(journal, programme, tx.now, points)
    note_activity(journals, programme, programme.local_day(tx.now), tx.now)
    cause = Cause(source, request_hash, programme.version_id, tx.now, tx.now, reasons)
    row = journal.take(PostingKind.SPEND, Contra.REDEEMED, points, cause)
    write_wallets(tx, journals.values())
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
    return lapse(journal, programme, now)


def lapse_day_of(journal: Journal, programme: Programme, now: datetime) -> date:
    """Return the latest expiry day that is over for this wallet's unit."""
    return journal.lapse_day(programme.local_day(now))
