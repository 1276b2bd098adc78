"""Where members stand on the stairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loyalty.errors import UnknownMember
from loyalty.kernel.tx import Tx
from loyalty.models import TierChange, TierCredit, TierStanding
from loyalty.queries.programme import current_programme
from loyalty.tiers import Spend, period_of, previous_period, progress_on
from loyalty.values import MemberId, TierProgress


@dataclass(frozen=True, slots=True)
class TierStep:
    """One step up or down, and its cause (``purchase:pur_...``, ``return:ret_...``, ``review``)."""

    from_level: str
    to_level: str
    cause: str
    at: datetime


def tier_progress(tx: Tx, member_id: MemberId) -> TierProgress:
    """Return a member's level today, the next one, and what is missing to reach or keep them.

    Raises:
        UnknownMember: nobody has this id.
    """
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    period = period_of(today)
    standing = tx.run(
        select(TierStanding.assigned_level, TierStanding.assigned_until).where(
            TierStanding.member_id == member_id
        )
    ).first()
    if standing is None:
        raise UnknownMember(member_id)
    rows = tx.run(
        select(TierCredit.period, TierCredit.spend_minor).where(
            TierCredit.member_id == member_id,
            TierCredit.period.in_([period, previous_period(period)]),
        )
    )
    spends = {row.period: row.spend_minor for row in rows}
    spend = Spend(
        spends.get(period, 0),
        spends.get(previous_period(period), 0),
        standing.assigned_level,
        standing.assigned_until,
    )
    return progress_on(programme.tiers, today, spend)


def tier_steps(tx: Tx, member_id: MemberId) -> tuple[TierStep, ...]:
    """Return how a member's level has changed, the newest step first."""
    rows = tx.run(
        select(TierChange.from_level, TierChange.to_level, TierChange.cause, TierChange.at)
        .where(TierChange.member_id == member_id)
        .order_by(TierChange.seq.desc())
    )
    return tuple(TierStep(*row) for row in rows)
