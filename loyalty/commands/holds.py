"""Keeping points back for a while, then taking them or setting them free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.ledger import (
    PostingReceipt,
    expire_lapsed,
    lapse_day_of,
    receipt_of,
    refuse_short,
    replayed_posting,
    request_digest,
)
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import (
    Journals,
    open_member,
    open_members,
    open_wallets,
    write_wallets,
)
from loyalty.errors import HoldEnded, NotEnoughPoints, SourceReused, UnknownHold
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.models import Hold
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import HoldId, MemberId
from loyalty.words import Contra, HoldState, PostingKind

LONGEST_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class HoldReceipt:
    """A hold as a command left it. ``available`` is what may be spent besides."""

    hold_id: HoldId
    points: int
    state: HoldState
    expires_at: datetime
    available: int
    replayed: bool = False


def place_hold(
    tx: Tx,
    *,
    member_id: MemberId,
    points: int,
    source: str,
    seconds: int = 900,
    unit: str | None = None,
) -> HoldReceipt:
    """Keep ``points`` back for ``seconds``. The same ``source`` answers with the first hold.

    What has lapsed is posted as expired before: a hold spares what lapses from now on, and brings
    nothing back.

    Raises:
        NotEnoughPoints: fewer are free; nothing is held.
        UnknownMember, MemberBlocked, SourceReused: nothing is held.
    """
    whole(points, "points", at_least=1)
    whole(seconds, "seconds", at_least=1, at_most=LONGEST_SECONDS)
    programme = current_programme(tx)
    unit = unit or programme.main_unit
    request_hash = request_digest("hold", unit, points, seconds)
    journals = open_member(tx, member_id, [unit])
    journal = journals[unit]
    found = tx.run(select(Hold).where(Hold.member_id == member_id, Hold.source == source)).first()
    if found is not None:
        if found.request_hash != request_hash:
            raise SourceReused(source)
        return _receipt(found, journal, programme, tx.now, replayed=True)
    settle(journals, programme, tx.now)
    refuse_short(journal, programme, tx.now, points)
    journal.hold(points)
    row: dict[str, Any] = {
        "member_id": member_id,
        "id": HoldId(tx.new_id("hld")),
        "unit": unit,
        "points": points,
        "captured": 0,
        "state": HoldState.OPEN,
        "placed_at": tx.now,
        "expires_at": tx.now + timedelta(seconds=seconds),
        "source": source,
        "request_hash": request_hash,
    }
    write_wallets(tx, journals.values())
    insert_rows(tx, Hold, [row])
    available = _available(journal, programme, tx.now)
    return HoldReceipt(row["id"], points, HoldState.OPEN, row["expires_at"], available)


def capture_hold(
    tx: Tx, *, member_id: MemberId, hold_id: HoldId, points: int | None = None
) -> PostingReceipt:
    """Spend what is held, or up to that many ``points``; the rest is set free. Ends the hold.

    A hold whose time is up is not captured. Capturing the same again answers with the first
    receipt.

    Raises:
        UnknownHold: the member has no such hold.
        HoldEnded: it was released, its time was up, or another amount was captured.
        NotEnoughPoints: more than is held.
    """
    programme = current_programme(tx)
    journals, hold = _open(tx, member_id, hold_id)
    journal = journals[hold.unit]
    amount = hold.points if points is None else whole(points, "points", at_least=1)
    request_hash = request_digest("capture", hold_id, amount)
    if hold.state is HoldState.CAPTURED and hold.captured == amount:
        earlier = replayed_posting(tx, member_id, f"hold:{hold_id}", request_hash)
        assert earlier is not None, "a captured hold has its posting"
        return earlier
    if hold.state is not HoldState.OPEN:
        raise HoldEnded(hold_id, hold.state)
    if hold.expires_at <= tx.now:
        raise HoldEnded(hold_id, HoldState.EXPIRED)
    if amount > hold.points:
        raise NotEnoughPoints(member_id, available=hold.points, required=amount)
    settle(journals, programme, tx.now)
    journal.hold(-hold.points)
    cause = Cause(f"hold:{hold_id}", request_hash, programme.version_id, tx.now, tx.now)
    last = lapse_day_of(journal, programme, tx.now)
    spared = [lot.key for lot in journal.lots.values() if lot.expires_on <= last]
    row = journal.take(PostingKind.SPEND, Contra.REDEEMED, amount, cause, first=spared)
    expire_lapsed(journal, programme, tx.now)
    journal.note_active(programme.local_day(tx.now))
    write_wallets(tx, journals.values())
    _end(tx, hold, HoldState.CAPTURED, captured=amount)
    return receipt_of(row)


def release_hold(tx: Tx, *, member_id: MemberId, hold_id: HoldId) -> HoldReceipt:
    """Set the held points free. Releasing again changes nothing.

    Raises:
        UnknownHold: the member has no such hold.
        HoldEnded: it was captured.
    """
    programme = current_programme(tx)
    journals, hold = _open(tx, member_id, hold_id)
    journal = journals[hold.unit]
    if hold.state in {HoldState.RELEASED, HoldState.EXPIRED}:
        return _receipt(hold, journal, programme, tx.now, replayed=True)
    if hold.state is HoldState.CAPTURED:
        raise HoldEnded(hold_id, hold.state)
    journal.hold(-hold.points)
    write_wallets(tx, [journal])
    _end(tx, hold, HoldState.RELEASED)
    return HoldReceipt(
        hold_id=hold_id,
        points=hold.points,
        state=HoldState.RELEASED,
        expires_at=hold.expires_at,
        available=_available(journal, programme, tx.now),
    )


def expire_holds(tx: Tx, *, limit: int = 500) -> int:
    """Set free the points of up to ``limit`` holds whose time is up; return how many holds."""
    due = tx.run(
        select(Hold.member_id, Hold.id)
        .where(Hold.state == HoldState.OPEN, Hold.expires_at <= tx.now)
        .order_by(Hold.member_id, Hold.id)
        .limit(limit)
    ).all()
    if not due:
        return 0
    member_ids = sorted({row.member_id for row in due})
    units = tx.run(
        select(Hold.unit).where(Hold.id.in_([row.id for row in due])).distinct()
    ).scalars()
    ended = 0
    for unit in sorted(units):
        journals = open_wallets(tx, member_ids, unit=unit)
        still = tx.run(
            select(Hold)
            .where(
                Hold.id.in_([row.id for row in due]),
                Hold.unit == unit,
                Hold.state == HoldState.OPEN,
            )
            .order_by(Hold.member_id, Hold.id)
        ).all()
        for hold in still:
            journals[hold.member_id].hold(-hold.points)
        write_wallets(tx, journals.values())
        tx.run(
            update(Hold)
            .where(Hold.id.in_([hold.id for hold in still]))
            .values(state=HoldState.EXPIRED, ended_at=tx.now)
        )
        ended += len(still)
    return ended


def _open(tx: Tx, member_id: MemberId, hold_id: HoldId) -> tuple[Journals, Any]:
    """Hold the wallets, then read the hold."""
    unit = tx.run(select(Hold.unit).where(Hold.member_id == member_id, Hold.id == hold_id)).scalar()
    if unit is None:
        raise UnknownHold(hold_id)
    journals = open_members(tx, [member_id], [unit])[member_id]
    hold = tx.run(select(Hold).where(Hold.member_id == member_id, Hold.id == hold_id)).one()
    return journals, hold


def _end(tx: Tx, hold: Any, state: HoldState, *, captured: int = 0) -> None:
    tx.run(
        update(Hold)
        .where(Hold.member_id == hold.member_id, Hold.id == hold.id)
        .values(state=state, captured=captured, ended_at=tx.now)
    )


def _available(journal: Journal, programme: Programme, now: datetime) -> int:
    return journal.usable(lapse_day=lapse_day_of(journal, programme, now))


def _receipt(
    hold: Any, journal: Journal, programme: Programme, now: datetime, *, replayed: bool
) -> HoldReceipt:
    return HoldReceipt(
        hold_id=hold.id,
        points=hold.points,
        state=hold.state,
        expires_at=hold.expires_at,
        available=_available(journal, programme, now),
        replayed=replayed,
    )
