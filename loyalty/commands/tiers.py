"""Reviewing levels when they are due, and assigning one by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update

from loyalty.commands.credits import Moved, settle_level, standing_facts
from loyalty.commands.recrediting import spread_years
from loyalty.commands.resetting import reset_wallets
from loyalty.commands.sql import insert_rows, table_of
from loyalty.commands.wallets import open_wallets
from loyalty.errors import UnknownMember
from loyalty.events import TierReached
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import TierChange, TierStanding
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.queries.standings import STATE_FACTS, facts_of, settled
from loyalty.tiers import Event, has_ends, is_plain
from loyalty.values import NO_TIER, MemberId


def review_tiers(
    tx: Tx, *, limit: int = 500, as_of: datetime | None = None, on_request: bool = False
) -> int:
    """Settle the level of up to ``limit`` members whose review is due; return how many.

    Zero means that everybody has been reviewed; whoever buys meanwhile is settled by the purchase.
    ``as_of`` reviews as on another day. ``on_request`` also reviews members whose windows have no
    end of their own, once a day, when the programme names no day for it.
    """
    programme = current_programme(tx)
    today = programme.local_day(as_of or tx.now)
    event = Event.REQUESTED if on_request else Event.REVIEW
    due = tuple(
        tx.run(
            select(TierStanding.member_id)
            .where(_is_due(programme, today, event))
            .order_by(TierStanding.member_id)
            .limit(limit)
        ).scalars()
    )
    if due:
        open_wallets(tx, due)
        _review(tx, programme, due, today, event)
    return len(due)


def assign_level(
    tx: Tx, *, member_id: MemberId, level: str, until: date | None = None, by: str = ""
) -> Moved:
    """Give a member a level by hand until ``until`` inclusive, or for good.

    The programme says whether it is a floor, holds whatever she does, or only stands written.
    ``none`` takes it away. ``by`` names who decided, where it is not who acts. Repeating changes
    nothing.

    Raises:
        UnknownMember: nobody has this id.
        ValueError: the programme has no such level.
    """
    programme = current_programme(tx)
    if level != NO_TIER and programme.tiers.level(level) is None:
        raise ValueError(level)
    if not open_wallets(tx, [member_id]):
        raise UnknownMember(member_id)
    tx.run(
        update(TierStanding)
        .where(TierStanding.member_id == member_id)
        .values(assigned_level=level, assigned_until=None if level == NO_TIER else until)
    )
    details = {"level": level, "until": until.isoformat() if until else None}
    if by:
        details["by"] = by
    record_audit(tx, action="assign-level", subject=member_id, details=details)
    return settle_level(tx, member_id, programme, cause="assigned")


def _is_due(programme: Programme, today: date, event: Event) -> ColumnElement[bool]:
    """Return the condition under which a standing is to be looked at."""
    rule, key = programme.tiers, programme.tiers.key
    due = [
        TierStanding.next_check_on <= today,
        TierStanding.rule_key < key,
        TierStanding.rule_key > key,
    ]
    if event is Event.REQUESTED and not has_ends(rule) and rule.review_on is None:
        due.append(TierStanding.reviewed_on < today)
    return or_(*due)


def _review(
    tx: Tx, programme: Programme, due: Sequence[MemberId], today: date, event: Event
) -> None:
    """Settle many members: what decides is read at once, and what changed is written at once."""
    rule, key = programme.tiers, programme.tiers.key
    rows = tx.run(select(TierStanding).where(TierStanding.member_id.in_(due))).all()
    if not is_plain(rule):
        spread_years(tx, programme, [row.member_id for row in rows if row.rule_key != key])
    facts = facts_of(tx, programme, due)
    written: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    resets: list[MemberId] = []
    for row in rows:
        state = settled(rule, row, facts[row.member_id], today, event)
        wanted = standing_facts(rule, state, facts[row.member_id], today)
        moved = state.level != row.level
        wanted |= {"for_member": row.member_id, "since_at": tx.now if moved else row.since_at}
        written.append(wanted)
        if moved:
            steps.append(_step(row, state.level, tx.now, f"review:{today.isoformat()}"))
        if state.credits_from != row.credits_from:
            resets.append(row.member_id)
    tx.run(_UPDATE, written)
    _note_steps(tx, steps)
    reset_wallets(tx, programme, resets, today)


def _step(row: Any, level: str, at: datetime, cause: str) -> dict[str, Any]:
    return {
        "member_id": row.member_id,
        "from_level": row.level,
        "to_level": level,
        "cause": cause,
        "at": at,
    }


def _note_steps(tx: Tx, steps: list[dict[str, Any]]) -> None:
    """Append a step to each member's history, and announce it."""
    members = [step["member_id"] for step in steps]
    rows = tx.run(
        select(TierChange.member_id, func.max(TierChange.seq).label("last"))
        .where(TierChange.member_id.in_(members))
        .group_by(TierChange.member_id)
    )
    last = {row.member_id: row.last for row in rows}
    fresh = [step | {"seq": last.get(step["member_id"], 0) + 1} for step in steps]
    insert_rows(tx, TierChange, fresh)
    for step in steps:
        tx.announce(
            TierReached(
                member_id=step["member_id"],
                level=step["to_level"],
                previous=step["from_level"],
            )
        )


_WRITTEN = (*STATE_FACTS, "since_at", "rule_key", "next_check_on")
_UPDATE = (
    update(table_of(TierStanding))
    .where(TierStanding.member_id == bindparam("for_member"))
    .values({name: bindparam(name) for name in _WRITTEN})
)
