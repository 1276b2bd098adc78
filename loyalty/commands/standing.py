"""Where members stand who are brought in from elsewhere: level, what counts, earlier purchases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select, update

from loyalty.commands.credits import add_credit, note_change, standing_facts
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import open_wallets
from loyalty.errors import UnknownMember
from loyalty.kernel.tx import Tx
from loyalty.models import Member, TierOpening, TierStanding
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.queries.standings import facts_of
from loyalty.tiers import State, begin, credit_key, has_ends, open_at, settle, window_at
from loyalty.values import NO_TIER, MemberId


@dataclass(frozen=True, slots=True)
class History:
    """What a member did before she was brought in, as far as it counts.

    ``earned`` are grains of the wallet of the stairs. Where no visits are told, each purchase was
    one.
    """

    spend_minor: int = 0
    earned: int = 0
    visits: int = 0
    purchases: int = 0


NO_HISTORY = History()


def open_standing(
    tx: Tx,
    *,
    member_id: MemberId,
    on: date,
    level: str | None = None,
    assigned: tuple[str, date | None] | None = None,
    history: History = NO_HISTORY,
) -> None:
    """Have a new member stand on local day ``on`` where she stood elsewhere, once.

    What she did counts in the window that runs on that day. A ``level`` is kept until the next
    review, whatever she deserves; without one she stands where her history takes her. ``assigned``
    is a level given by hand, and the last day of it.

    Raises:
        UnknownMember: nobody has this id.
    """
    programme = current_programme(tx)
    if not open_wallets(tx, [member_id]):
        raise UnknownMember(member_id)
    if tx.run(select(TierOpening.at).where(TierOpening.member_id == member_id)).first():
        return
    joined_on = tx.run(select(Member.joined_on).where(Member.id == member_id)).scalar_one()
    state = begin(programme.tiers, joined_on=joined_on, day=on)
    day = _counted_on(programme, state, on)
    _bring_in(tx, programme, member_id, day, history=history, level=level)
    if level is not None:
        state = open_at(programme.tiers, state, level, on)
    if assigned is not None:
        state = replace(state, assigned_level=assigned[0], assigned_until=assigned[1])
    _write(tx, programme, member_id, state, on, brought=level is not None)


def _counted_on(programme: Programme, state: State, on: date) -> date:
    """Return the day on which what was done before counts: the eve, if it is of the same window."""
    eve = on - timedelta(days=1)
    if not has_ends(programme.tiers):
        return eve
    return max(eve, window_at(programme.tiers, on, anchor=state.anchor_on).first)


def _bring_in(
    tx: Tx,
    programme: Programme,
    member_id: MemberId,
    day: date,
    *,
    history: History,
    level: str | None,
) -> None:
    """Credit what was done before, and keep what was told."""
    counted = {
        "spend_minor": history.spend_minor,
        "earned": history.earned,
        "visits": history.visits or history.purchases,
    }
    if any(counted.values()):
        add_credit(tx, member_id, programme, on=day, **counted)
    told = {
        "member_id": member_id,
        "period": credit_key(programme.tiers, day),
        "level": level or NO_TIER,
        "purchases": history.purchases,
        "at": tx.now,
    }
    insert_rows(tx, TierOpening, [told | counted])


def _write(
    tx: Tx, programme: Programme, member_id: MemberId, state: State, on: date, *, brought: bool
) -> None:
    """Write the standing; a level that was brought in is settled by what happens next."""
    facts = facts_of(tx, programme, [member_id])[member_id]
    settled = settle(programme.tiers, state, facts, on)
    if not brought:
        state = settled
    elif state.assigned_level != NO_TIER:
        state = replace(state, level=settled.level)
    wanted = standing_facts(programme.tiers, state, facts, on)
    standing = TierStanding.member_id == member_id
    before = tx.run(select(TierStanding.level).where(standing)).scalar_one()
    if before != state.level:
        note_change(tx, member_id, before, state.level, cause="opening", at=tx.now)
        wanted["since_at"] = tx.now
    tx.run(update(TierStanding).where(standing).values(**wanted))
