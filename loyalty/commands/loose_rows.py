"""The rows of a return without a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from loyalty.commands.sql import insert, insert_rows
from loyalty.errors import UnknownStore
from loyalty.kernel.tx import Tx
from loyalty.models import LooseLine, LooseReturn, Store
from loyalty.programme import Programme
from loyalty.queries.sales import conflict
from loyalty.receipts import return_document
from loyalty.tiers import credit_key
from loyalty.values import BroughtBack, ReturnReceipt


@dataclass(frozen=True, slots=True)
class Brought:
    """A return without a receipt, worked out. ``points_due`` counts upwards, whatever the balance.

    ``voucher_spend_minor`` went off the spend that earns vouchers.
    """

    brought: BroughtBack
    programme: Programme
    receipt: ReturnReceipt
    day: date
    points_due: int = 0
    voucher_spend_minor: int = 0


def insert_loose_return(tx: Tx, found: Brought) -> None:
    """Write the return and its lines.

    Raises:
        UnknownStore: there is no such store.
        SaleConflict: somebody else took the number meanwhile.
    """
    brought, receipt, key = found.brought, found.receipt, found.brought.key
    if tx.run(select(Store.id).where(Store.id == key.store_id)).first() is None:
        raise UnknownStore(key.store_id)
    row = {
        "id": receipt.return_id,
        "store_id": key.store_id,
        "till": key.till,
        "business_on": key.business_on,
        "sequence": key.sequence,
        "occurred_at": brought.occurred_at,
        "posted_at": tx.now,
        "request_hash": brought.request_hash,
        "programme_version_id": found.programme.version_id,
        "period": credit_key(found.programme.tiers, found.day),
        "value_minor": sum(line.paid_minor for line in brought.lines),
        "refund_minor": receipt.refund_minor,
        "basis_minor": receipt.spend_minor,
        "voucher_spend_minor": found.voucher_spend_minor,
        "points": found.points_due,
        "points_taken": -receipt.points,
        "approved_by": brought.approved_by,
        "reason": brought.reason,
        "gift_card": brought.gift_card,
        "receipt": return_document(receipt),
        "member_id": brought.member_id,
        "staff_id": brought.staff_id,
    }
    new = insert(tx.dialect, LooseReturn).on_conflict_do_nothing().returning(LooseReturn.id)
    if tx.run(new, row).first() is None:
        raise conflict(key)
    insert_rows(tx, LooseLine, _lines(found))


def _lines(found: Brought) -> list[dict[str, Any]]:
    """Return one row for each article, with what it costs today."""
    return [
        {
            "return_id": found.receipt.return_id,
            "line_no": line.line_no,
            "sku": line.sku,
            "name": line.name,
            "category": line.category,
            "quantity_milli": line.quantity_milli,
            "paid_minor": line.paid_minor,
            "tax_bp": line.tax_bp,
        }
        for line in found.brought.lines
    ]
