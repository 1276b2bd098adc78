"""Confirming a voided purchase again: the same amounts, under a receipt number of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from loyalty.commands.purchases import record_purchase
from loyalty.errors import NotVoided, UnknownPurchase
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseLine, PurchaseReturn
from loyalty.queries.purchases import shares_of
from loyalty.queries.sales import find_sale
from loyalty.queries.sold import sale_line
from loyalty.sales import KEPT_TENDERS
from loyalty.values import PurchaseId, PurchaseReceipt, Sale, SaleKey, SaleLine, Tender, VoucherId


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
            lines=_lines(tx, purchase_id),
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


def _lines(tx: Tx, purchase_id: PurchaseId) -> tuple[SaleLine, ...]:
    """Return the lines of a receipt as they were settled."""
    shares = shares_of(tx, purchase_id)
    rows = tx.run(
        select(PurchaseLine)
        .where(PurchaseLine.purchase_id == purchase_id)
        .order_by(PurchaseLine.line_no)
    )
    return tuple(sale_line(row, shares.get(row.line_no, ())) for row in rows)


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
