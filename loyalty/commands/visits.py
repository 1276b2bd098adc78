"""The facts about a member's visit that earning rules ask for."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import exists, or_, select

from loyalty.earning import Visit, earn, same_code
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, TierOpening
from loyalty.programme import Metric, Programme
from loyalty.queries.tiers import rated_level, tier_progress
from loyalty.values import MemberId, PurchaseId, Sale


def visit_of(tx: Tx, sale: Sale, programme: Programme, purchase_id: PurchaseId) -> Visit:
    """Return the facts that rules ask for; the member's wallet is held.

    Where a purchase counts for itself, its rules look at the level that it lifts to.
    """
    asks_tier = any(rule.tiers for rule in programme.earn)
    asks_first = any(rule.first_purchase for rule in programme.earn)
    member_id = sale.beneficiary_id or sale.member_id
    visit = Visit(
        first_purchase=asks_first and _is_first(tx, member_id, purchase_id),
        at=sale.occurred_at.astimezone(programme.zone).time(),
        codes=frozenset(same_code(code) for code in sale.codes),
        extension=sale.extension,
    )
    if not asks_tier or member_id is None:
        return visit
    return replace(visit, tier=_rated(tx, sale, programme, member_id, visit))


def _rated(tx: Tx, sale: Sale, programme: Programme, member_id: MemberId, visit: Visit) -> str:
    """Return the level by which a sale is rated."""
    tier, points = tier_progress(tx, member_id), 0
    if programme.tiers.metric in {Metric.EARNED, Metric.ACTIVE_BALANCE}:
        day = programme.local_day(sale.occurred_at)
        before = replace(visit, tier=tier.level)
        earning = earn(programme, sale.lines, on=day, effects=sale.points_effects, visit=before)
        points = earning.by_unit.get(programme.tier_wallet, 0)
    return rated_level(tx, tier, sale.lines, points=points)


def _is_first(tx: Tx, member_id: MemberId | None, purchase_id: PurchaseId) -> bool:
    """Tell whether a member has no other purchase, here or where she was brought in from."""
    other = exists().where(Purchase.member_id == member_id, Purchase.id != purchase_id)
    brought = exists().where(TierOpening.member_id == member_id, TierOpening.purchases > 0)
    return not tx.run(select(or_(other, brought))).scalar()
