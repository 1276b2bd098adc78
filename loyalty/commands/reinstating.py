"""Confirming a voided purchase again: the same amounts, under a receipt number of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from loyalty.commands.purchases import record_purchase
from loyalty.errors import NotVoided, UnknownPurchase
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseReturn
from loyalty.queries.purchases import settled_lines
from loyalty.queries.sales import find_sale
from loyalty.sales import KEPT_TENDERS
from loyalty.values import PurchaseId, PurchaseReceipt, Sale, SaleKey, Tender, VoucherId


def reinstate_purchase(
    tx: Tx,
    *,
    keys: Keys,
    purchase_id: PurchaseId,
    key: SaleKey,
    occurred_at: datetime,
    request_hash: str,
    staff_id: str | None = None,
) -> PurchaseReceipt:
    """Record a voided purchase once more: it earns, spends and counts now what it did then.

    The same ``key`` with the same content answers with the first receipt.

    Raises:
        UnknownPurchase: there is no such purchase.
        NotVoided: it was not voided, or was reinstated already.
        NotEnoughPoints, VoucherNotUsable: what it had spent is not there any more.
        SaleConflict: the key stands for other content.
    """
    earlier = find_sale(tx, key, keys=keys, request_hash=request_hash)
    if earlier is not None:
        return earlier
    purchase = tx.run(select(Purchase).where(Purchase.id == purchase_id).with_for_update()).first()
    if purchase is None:
        raise UnknownPurchase(purchase_id)
    void = _void_of(tx, purchase_id)
    return record_purchase(
        tx,
        keys=keys,
        sale=Sale(
            key=key,
            occurred_at=occurred_at,
            currency=purchase.currency,
            lines=settled_lines(tx, purchase_id),
            request_hash=request_hash,
            member_id=purchase.member_id,
            card_id=purchase.card_id,
            staff_id=staff_id,
            voucher_ids=tuple(VoucherId(one) for one in void["restored_vouchers"]),
            tenders=tuple(_tenders(purchase)),
            beneficiary_id=purchase.earner_id,
            reinstates=purchase_id,
        ),
    )


def _void_of(tx: Tx, purchase_id: PurchaseId) -> dict[str, Any]:
    """Return the receipt of the void of a purchase that nobody has confirmed again.

    Raises:
        NotVoided: there is none.
    """
    void = tx.run(
        select(PurchaseReturn.receipt).where(
            PurchaseReturn.purchase_id == purchase_id, PurchaseReturn.void
        )
    ).scalar()
    again = tx.run(select(Purchase.id).where(Purchase.reinstates_id == purchase_id)).first()
    if void is None or again is not None:
        raise NotVoided(purchase_id)
    return dict(void)


def _tenders(purchase: Any) -> list[Tender]:
    """Return what paid: the till's own tenders, and what the programme's came to."""
    own = [
        Tender(one["kind"], one["amount_minor"])
        for one in purchase.tenders
        if "paid_minor" not in one and one["kind"] not in KEPT_TENDERS
    ]
    kept = [
        Tender(
            one["kind"],
            one["paid_minor"],
            wallet=one.get("wallet", ""),
            gift_card=one.get("gift_card", ""),
        )
        for one in purchase.tenders
        if "paid_minor" in one
    ]
    return [*own, *kept]
