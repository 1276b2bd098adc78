"""The rows of a return."""

from __future__ import annotations

from typing import Any

from loyalty.commands.return_effects import Coming
from loyalty.kernel.tx import Tx
from loyalty.receipts import return_document
from loyalty.returning import Back, fee_back, refunded
from loyalty.values import ReturnReceipt

Rows = list[dict[str, Any]]


def return_row(
    tx: Tx, coming: Coming, receipt: ReturnReceipt, voucher_spend_minor: int
) -> dict[str, Any]:
    """Return the columns of a return; it belongs to the member who had earned."""
    key, member_id = coming.returned.key, coming.purchase.member_id
    main = coming.programme.default_wallet
    return {
        "id": coming.return_id,
        "purchase_id": coming.purchase.id,
        "store_id": key.store_id,
        "till": key.till,
        "business_on": key.business_on,
        "sequence": key.sequence,
        "member_id": coming.earner_id if member_id else None,
        "staff_id": coming.returned.staff_id,
        "occurred_at": coming.returned.occurred_at,
        "posted_at": tx.now,
        "request_hash": coming.returned.request_hash,
        "value_minor": coming.goods.value(coming.back) - coming.before.value_minor,
        "refund_minor": receipt.refund_minor,
        "basis_minor": coming.basis_minor,
        "voucher_spend_minor": voucher_spend_minor if member_id else 0,
        "points": coming.points_due,
        "points_taken": -receipt.points,
        "pending_taken": -receipt.pending.get(main, 0),
        "void": coming.returned.void,
        "receipt": return_document(receipt),
    }


def line_rows(coming: Coming) -> Rows:
    """Return one row for each line that came back, with the money that was paid for it."""
    rows = []
    for line_no, now in sorted(coming.back.quantities.items()):
        before = coming.had_back.quantities.get(line_no, 0)
        if now == before:
            continue
        line = coming.goods.lines[line_no]
        with_goods = Back(coming.back.quantities, coming.had_back.amounts)
        paid = refunded(line, with_goods) - refunded(line, coming.had_back)
        fee = fee_back(line, coming.back) - fee_back(line, coming.had_back)
        rows.append(
            {
                "return_id": coming.return_id,
                "line_no": line_no,
                "quantity_milli": now - before,
                "paid_minor": paid + fee,
            }
        )
    return rows


def amount_rows(coming: Coming) -> Rows:
    """Return one row for each line for which money went back and nothing of it came back."""
    return [
        {"return_id": coming.return_id, "line_no": line_no, "amount_minor": amount}
        for line_no, now in sorted(coming.back.amounts.items())
        if (amount := now - coming.had_back.amounts.get(line_no, 0)) > 0
    ]
