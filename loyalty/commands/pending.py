"""Letting waiting points arrive: when their day has come, or the event they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from loyalty.commands.wallets import open_member, open_members, write_wallets
from loyalty.kernel.tx import Tx
from loyalty.lots import POOL, LotKey
from loyalty.models import Lot, Posting
from loyalty.programme import shadow_of
from loyalty.queries.programme import book_rules, current_programme
from loyalty.settling import activate, settle
from loyalty.values import MemberId, PurchaseId


@dataclass(frozen=True, slots=True)
class Released:
    """How many waiting points an event let arrive, by wallet."""

    points: Mapping[str, int]


def release_pending(tx: Tx, *, limit: int = 500, as_of: datetime | None = None) -> int:
    """Let the points of up to ``limit`` members arrive whose day has come.

    Returns how many postings were made; zero means that nothing is left to do. ``as_of`` decides
    which day it is, by default now.
    """
    at = as_of or tx.now
    programme, rules = current_programme(tx), book_rules(tx)
    members = _with_arrivals(tx, rules.shadows, programme.local_day(at), limit)
    opened = open_members(tx, members)
    for journals in opened.values():
        settle(journals, programme, at)
    moved = [journal for journals in opened.values() for journal in journals.values()]
    posted = sum(len(journal.postings) for journal in moved)
    write_wallets(tx, moved)
    return posted


def release_for_event(
    tx: Tx, *, member_id: MemberId, event: str, purchase_id: PurchaseId | None = None
) -> Released:
    """Let the points arrive that wait for ``event``: of one purchase, or of all of a member's.

    Nothing happens when the programme's points do not wait for this event, or have arrived.

    Raises:
        UnknownMember, MemberBlocked: nothing was moved.
    """
    programme = current_programme(tx)
    if programme.pending is None or programme.pending.until_event != event:
        return Released({})
    unit = programme.main_unit
    journals = open_member(tx, member_id)
    shadow = journals[shadow_of(unit)]
    keys = [key for key, lot in shadow.lots.items() if lot.left]
    if purchase_id is not None:
        keys = [key for key in keys if key in _of_purchase(tx, member_id, purchase_id)]
    settle(journals, programme, tx.now)
    points = activate(journals, programme, unit=unit, keys=keys, now=tx.now)
    settle(journals, programme, tx.now)
    write_wallets(tx, journals.values())
    return Released({unit: points} if points else {})


def _with_arrivals(tx: Tx, shadows: tuple[str, ...], today: date, limit: int) -> list[MemberId]:
    """Return members with waiting points whose day has come, lowest id first."""
    if not shadows:
        return []
    statement = (
        select(Lot.member_id)
        .where(Lot.unit.in_(shadows), Lot.expires_on <= today, Lot.granted > Lot.consumed)
        .distinct()
        .order_by(Lot.member_id)
        .limit(limit)
    )
    return list(tx.run(statement).scalars())


def _of_purchase(tx: Tx, member_id: MemberId, purchase_id: PurchaseId) -> set[LotKey]:
    rows = tx.run(
        select(Posting.lot_on, Posting.lot_no).where(
            Posting.member_id == member_id,
            Posting.purchase_id == purchase_id,
            Posting.lot_on.is_not(None),
        )
    )
    return {LotKey(lot_on, lot_no or POOL) for lot_on, lot_no in rows}
