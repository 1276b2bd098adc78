"""Where members stand on the stairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from loyalty.errors import UnknownMember
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, TierChange, TierOpening
from loyalty.programme import Manual, Metric
from loyalty.queries.programme import current_programme
from loyalty.queries.standings import Stood, standings_of
from loyalty.sales import counting_basis
from loyalty.tiers import level_for, progress_of
from loyalty.values import MemberId, SaleLine, TierProgress


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
    stood = standings_of(tx, current_programme(tx), [member_id]).get(member_id)
    if stood is None:
        raise UnknownMember(member_id)
    return _progress(tx, stood)


def qualifying_of(tx: Tx, member_ids: Sequence[MemberId]) -> dict[MemberId, int]:
    """Return what each member has come to in her running window, in the unit of the metric.

    That is minor units of spend, grains of the wallet of the stairs, or visits.
    """
    stood = standings_of(tx, current_programme(tx), member_ids)
    return {member_id: _progress(tx, one).spend_minor for member_id, one in stood.items()}


def _progress(tx: Tx, stood: Stood) -> TierProgress:
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    return progress_of(programme.tiers, stood.state, stood.facts, today)


def rated_level(tx: Tx, tier: TierProgress, lines: Sequence[SaleLine], *, points: int = 0) -> str:
    """Return the level by which a sale of ``lines`` is rated, where ``tier`` is the buyer's.

    A purchase that counts for itself is rated by the level that it lifts to; ``points`` is what it
    earns at the level before, in grains of the wallet of the stairs.
    """
    programme = current_programme(tx)
    rule = programme.tiers
    if not rule.current_purchase_counts or rule.manual is Manual.FIXED:
        return tier.level
    more = {
        Metric.SPEND: sum(counting_basis(programme, lines).values()),
        Metric.VISITS: 1,
        Metric.EARNED: points,
        Metric.ACTIVE_BALANCE: 0 if programme.pending else points,
    }
    reached = level_for(rule, tier.spend_minor + more[rule.metric])
    return max(tier.level, reached, key=rule.rank)


def purchases_before(tx: Tx, member_id: MemberId) -> int:
    """Return how many purchases a member made, those she was brought in with included."""
    own = select(func.count()).select_from(Purchase).where(Purchase.member_id == member_id)
    brought = select(TierOpening.purchases).where(TierOpening.member_id == member_id)
    return int(tx.run(own).scalar_one()) + int(tx.run(brought).scalar() or 0)


def tier_steps(tx: Tx, member_id: MemberId) -> tuple[TierStep, ...]:
    """Return how a member's level has changed, the newest step first."""
    rows = tx.run(
        select(TierChange.from_level, TierChange.to_level, TierChange.cause, TierChange.at)
        .where(TierChange.member_id == member_id)
        .order_by(TierChange.seq.desc())
    )
    return tuple(TierStep(*row) for row in rows)
