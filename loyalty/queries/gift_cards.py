"""What gift cards hold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import GiftCard


def gift_card_balances(tx: Tx, ids: Sequence[str] | None = None) -> dict[str, int]:
    """Return what the named gift cards hold, in minor units; all of them when none are named."""
    statement = select(GiftCard.id, GiftCard.balance_minor).order_by(GiftCard.id)
    if ids is not None:
        statement = statement.where(GiftCard.id.in_(ids))
    return {row.id: row.balance_minor for row in tx.run(statement)}
