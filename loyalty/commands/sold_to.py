"""Whose a purchase is now: the member who bought, or the one that she was merged into."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from loyalty.errors import UnknownPurchase
from loyalty.kernel.tx import Tx
from loyalty.models import Merge, Purchase
from loyalty.values import MemberId, PurchaseId


def purchase_now(tx: Tx, purchase_id: PurchaseId) -> Any:
    """Return a purchase with the members whose wallets it moves today.

    ``member_id`` and ``earner_id`` are those who hold the wallets now; ``buyer_id`` is who bought,
    ``first_earner_id`` who got the points.

    Raises:
        UnknownPurchase: there is none.
    """
    row = tx.run(select(Purchase).where(Purchase.id == purchase_id)).first()
    if row is None:
        raise UnknownPurchase(purchase_id)
    facts = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's columns
    holders = {
        who: holder_now(tx, who) for who in {row.member_id, row.earner_id} if who is not None
    }
    for name in ("member_id", "earner_id"):
        facts[name] = holders.get(facts[name])
    first = row.earner_id or row.member_id
    return SimpleNamespace(**facts, buyer_id=row.member_id, first_earner_id=first)


def holder_now(tx: Tx, member_id: MemberId) -> MemberId:
    """Return the member into whom somebody was merged, however often, or herself."""
    while True:
        into = tx.run(
            select(Merge.member_id).where(Merge.other_id == member_id, Merge.undone_at.is_(None))
        ).scalar()
        if into is None:
            return member_id
        member_id = into
