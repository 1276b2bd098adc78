"""Confirming again what was voided."""

from __future__ import annotations

from datetime import datetime

from loyalty.commands import reinstate_purchase
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.values import PurchaseId, SaleKey
from offers.commands import use_offers_again
from pos_adapter.basket import reinstating_hash
from pos_adapter.receipts import receipt_code
from pos_adapter.values import Settled


def reinstate_sale(
    tx: Tx, *, keys: Keys, key: SaleKey, voided: PurchaseId, occurred_at: datetime
) -> Settled:
    """Record a voided sale once more, with the amounts of its first receipt.

    The same key again answers with the first receipt.

    Raises:
        UnknownPurchase, NotVoided: there is nothing to confirm again.
        NotEnoughPoints, VoucherNotUsable: what it had spent is not there any more.
        LimitReached, BudgetExceeded: an offer of it was used up in the meantime.
        SaleConflict: the key stands for something else.
    """
    receipt = reinstate_purchase(
        tx,
        keys=keys,
        purchase_id=voided,
        key=key,
        occurred_at=occurred_at,
        request_hash=reinstating_hash(voided),
    )
    if not receipt.replayed:
        use_offers_again(
            tx,
            member_id=receipt.member_id,
            purchase_id=receipt.purchase_id,
            of=voided,
            at=occurred_at,
        )
    return Settled(key, receipt, receipt_code(receipt.purchase_id))
