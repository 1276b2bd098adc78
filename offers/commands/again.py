"""Counting the offers of a purchase once more, when it is confirmed again after a void."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.values import MemberId
from offers.commands.uses import OffersUsed, use_offers
from offers.models import OfferUse
from offers.values import Applied


def use_offers_again(
    tx: Tx, *, member_id: MemberId | None, purchase_id: str, of: str, at: datetime
) -> OffersUsed:
    """Count for ``purchase_id`` the offers that the voided purchase ``of`` had used.

    Raises:
        LimitReached, BudgetExceeded: somebody else has used them up in the meantime.
    """
    rows = tx.run(select(OfferUse).where(OfferUse.purchase_id == of).order_by(OfferUse.offer_id))
    applied = [
        Applied(
            offer_id=row.offer_id,
            slug="",
            name="",
            discount_minor=row.discount_minor,
            points=row.points,
            uses=row.uses,
            line_nos=(),
        )
        for row in rows
    ]
    return use_offers(tx, member_id=member_id, purchase_id=purchase_id, applied=applied, at=at)
