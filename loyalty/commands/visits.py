"""The facts about a member's visit that earning rules ask for."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from loyalty.earning import Visit, same_code
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, TierOpening
from loyalty.programme import Programme
from loyalty.queries.tiers import levels_of
from loyalty.values import NO_TIER, MemberId, PurchaseId, Sale


def visit_of(tx: Tx, sale: Sale, programme: Programme, purchase_id: PurchaseId) -> Visit:
    """Return the facts that rules ask for; the member's wallet is held."""
    asks_tier = any(rule.tiers for rule in programme.earn)
    asks_first = any(rule.first_purchase for rule in programme.earn)
    member_id = sale.beneficiary_id or sale.member_id
    return Visit(
        tier=_tier(tx, member_id) if asks_tier else NO_TIER,
        first_purchase=asks_first and _is_first(tx, member_id, purchase_id),
        at=sale.occurred_at.astimezone(programme.zone).time(),
        codes=frozenset(same_code(code) for code in sale.codes),
        extension=sale.extension,
    )


def _tier(tx: Tx, member_id: MemberId | None) -> str:
    return NO_TIER if member_id is None else levels_of(tx, [member_id])[member_id]


def _is_first(tx: Tx, member_id: MemberId | None, purchase_id: PurchaseId) -> bool:
    """Tell whether a member has no other purchase, here or where she was brought in from."""
    other = exists().where(Purchase.member_id == member_id, Purchase.id != purchase_id)
    brought = exists().where(TierOpening.member_id == member_id, TierOpening.purchases > 0)
    return not tx.run(select(or_(other, brought))).scalar()
