"""Where and for how much: what a member's history says beside the points of a purchase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, Store
from loyalty.values import MemberId, PurchaseId


@dataclass(frozen=True, slots=True)
class Visit:
    """A purchase in a few words. ``total_minor`` is what the basket came to, offers taken off."""

    purchase_id: PurchaseId
    store_name: str
    total_minor: int


def visits(
    tx: Tx, member_id: MemberId, purchase_ids: Iterable[PurchaseId]
) -> dict[PurchaseId, Visit]:
    """Return these purchases of a member, in one statement; those of others are missing.

    Ask for at most a page of them at a time.
    """
    wanted = set(purchase_ids)
    if not wanted:
        return {}
    rows = tx.run(
        select(Purchase.id, Store.name, Purchase.total_minor)
        .join(Store, Store.id == Purchase.store_id)
        .where(Purchase.id.in_(wanted), Purchase.member_id == member_id)
    )
    return {row.id: Visit(row.id, row.name, row.total_minor) for row in rows}
