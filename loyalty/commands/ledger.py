"""Earning and spending points."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, select

from loyalty.commands.kernels import burn, earn, hold, is_plain
from loyalty.commands.movements import Movement, Posted
from loyalty.commands.wallets import open_member, write_wallets
from loyalty.errors import NotEnoughPoints, SourceReused
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.models import Posting
from loyalty.programme import Programme
from loyalty.queries.programme import book_rules, current_programme
from loyalty.settling import catch_up, grant_now, lapse, note_activity, settle
from loyalty.values import Fired, MemberId
from loyalty.words import Contra, PostingKind

Kernel: TypeAlias = Callable[[Tx, Movement], Posted | None]
"""The short way of one kind of movement."""

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


@dataclass(frozen=True, slots=True)
class Earning:
    """Points to be given to a member. ``source`` is unique within the member.

    ``occurred_at`` is now and ``unit`` the default wallet unless told.
    """

    member_id: MemberId
    points: int
    source: str
    reasons: tuple[Fired, ...] = ()
    occurred_at: datetime | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no number of points."""
        whole(self.points, "points", at_least=1)


@dataclass(frozen=True, slots=True)
class Spending:
    """Points to be taken from a member. ``source`` is unique within the member."""

    member_id: MemberId
    points: int
    source: str
    reasons: tuple[Fired, ...] = ()
    unit: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no number of points."""
        whole(self.points, "points", at_least=1)


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
    return earn_asked(tx, Earning(member_id, points, source, reasons, occurred_at, unit))


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
    return spend_asked(tx, Spending(member_id, points, source, reasons, unit))


def earn_asked(tx: Tx, asked: Earning) -> PostingReceipt:
    """Give points: ``earn_points`` of what stands in one value."""
    move = earning_movement(tx, asked)
    return quickly(tx, move, earn) or _earn_at_length(tx, move)


def spend_asked(tx: Tx, asked: Spending) -> PostingReceipt:
    """Take points: ``spend_points`` of what stands in one value."""
    move = spending_movement(tx, asked)
    return quickly(tx, move, burn) or _spend_at_length(tx, move)


def earning_movement(tx: Tx, asked: Earning) -> Movement:
    """Return what moves when points are given."""
    return _movement(tx, asked, "earn", asked.occurred_at or tx.now)


def spending_movement(tx: Tx, asked: Spending) -> Movement:
    """Return what moves when points are taken."""
    return _movement(tx, asked, "spend", tx.now)


def _movement(tx: Tx, asked: Earning | Spending, verb: str, happened: datetime) -> Movement:
    programme, rules = current_programme(tx), book_rules(tx)
    unit = asked.unit or programme.main_unit
    return Movement(
        member_id=asked.member_id,
        unit=unit,
        points=asked.points,
        rule=rules.rule(unit),
        day=programme.local_day(happened),
        cause=Cause(
            source=asked.source,
            request_hash=request_digest(verb, unit, asked.points, asked.reasons),
            programme_version_id=programme.version_id,
            occurred_at=happened,
            posted_at=tx.now,
            reasons=asked.reasons,
        ),
        plain=is_plain(programme, rules, unit),
        waiting=bool(rules.shadows),
    )


def quickly(tx: Tx, move: Movement, kernel: Kernel) -> PostingReceipt | None:
    """Post the short way; ``None``: nothing was done, go the long way.

    Among other statements the wallet is held before, so that a source which somebody else brings
    at the same instant is known when the kernel looks for it.

    Raises:
        IntegrityError: somebody did, and this is a transaction of one statement.
    """
    if not move.plain:
        return None
    among_others = tx.dialect == "postgresql" and not tx.alone
    if among_others and hold(tx, move.member_id, move.unit) is None:
        return None
    posted = kernel(tx, move)
    if posted is None:
        return None
    points = move.points if kernel is earn else -move.points
    return PostingReceipt(posted.seq, points, posted.balance)


def _earn_at_length(tx: Tx, move: Movement) -> PostingReceipt:
    """Give points whatever state the member's books are in."""
    journals = open_member(tx, move.member_id, [move.unit])
    if earlier := _replayed(tx, move):
        return earlier
    programme = current_programme(tx)
    catch_up(journals, programme, tx.now)
    note_activity(journals, programme, move.day, tx.now)
    row = grant_now(journals, unit=move.unit, points=move.points, day=move.day, cause=move.cause)
    write_wallets(tx, journals.values())
    return receipt_of(row)


def _spend_at_length(tx: Tx, move: Movement) -> PostingReceipt:
    """Take points whatever state the member's books are in."""
    programme = current_programme(tx)
    journals = open_member(tx, move.member_id, [move.unit])
    if earlier := _replayed(tx, move):
        return earlier
    settle(journals, programme, tx.now)
    journal = journals[move.unit]
    refuse_short(journal, programme, tx.now, move.points)
    note_activity(journals, programme, move.day, tx.now)
    row = journal.take(PostingKind.SPEND, Contra.REDEEMED, move.points, move.cause)
    write_wallets(tx, journals.values())
    return receipt_of(row)


def _replayed(tx: Tx, move: Movement) -> PostingReceipt | None:
    return replayed_posting(tx, move.member_id, move.cause.source, move.cause.request_hash)


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
