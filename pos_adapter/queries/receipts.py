"""What was on a receipt, for a return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loyalty.errors import UnknownPurchase
from loyalty.kernel.tx import Tx
from loyalty.queries import code_ok, explain_purchase, purchase_detail, purchase_id_of
from loyalty.values import PurchaseId, SaleKey
from pos_adapter.basket import key_text
from pos_adapter.errors import UnknownReceipt
from pos_adapter.receipts import purchase_of_receipt, receipt_code
from pos_adapter.wedge import read_scan


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a recorded sale; ``quantity`` and ``returned`` in thousandths."""

    line_no: int
    sku: str
    name: str
    quantity: int
    returned: int
    unit_price_minor: int
    gross_minor: int
    paid_minor: int


@dataclass(frozen=True, slots=True)
class Sold:
    """A recorded sale, as a return needs it. Nothing of the member but that a card was shown.

    ``explained`` says which rules gave which points on which line, and which did not and why.
    """

    key: SaleKey
    purchase_id: PurchaseId
    receipt_code: str
    occurred_at: datetime
    currency: str
    total_minor: int
    due_minor: int
    points: int
    with_card: bool
    lines: tuple[SoldLine, ...]
    explained: tuple[str, ...] = ()


def sold(tx: Tx, key: SaleKey, *, language: str) -> Sold:
    """Return the sale with this identity.

    Raises:
        UnknownPurchase: nobody has sent it.
    """
    return _sold(tx, purchase_of(tx, key), language)


def sold_by_code(tx: Tx, code: str, *, language: str) -> Sold:
    """Return the sale whose receipt carries ``code``, as it was scanned.

    Raises:
        UnknownReceipt: it is not the code of a receipt.
        UnknownPurchase: no such sale was recorded.
    """
    return _sold(tx, purchase_of_code(code), language)


def purchase_of(tx: Tx, key: SaleKey) -> PurchaseId:
    """Return the purchase with this identity.

    Raises:
        UnknownPurchase: nobody has sent it; the refusal names the identity.
    """
    found = purchase_id_of(tx, key)
    if found is None:
        raise UnknownPurchase(PurchaseId(key_text(key)))
    return found


def purchase_of_code(code: str) -> PurchaseId:
    """Return the purchase that a receipt's code names, whatever the keyboard made of it.

    Raises:
        UnknownReceipt: it is not the code of a receipt.
    """
    found = purchase_of_receipt(read_scan(code, code_ok).code)
    if found is None:
        raise UnknownReceipt
    return found


def _sold(tx: Tx, purchase_id: PurchaseId, language: str) -> Sold:
    found = purchase_detail(tx, purchase_id)
    told = explain_purchase(tx, purchase_id, language=language)
    purchase = found.purchase
    return Sold(
        key=found.key,
        purchase_id=purchase_id,
        receipt_code=receipt_code(purchase_id),
        occurred_at=purchase.occurred_at,
        currency=purchase.currency,
        total_minor=purchase.total_minor,
        due_minor=purchase.due_minor,
        points=purchase.points,
        with_card=found.member_id is not None,
        lines=tuple(
            SoldLine(
                line_no=line.line_no,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity_milli,
                returned=line.returned_milli,
                unit_price_minor=line.unit_price_minor,
                gross_minor=line.gross_minor,
                paid_minor=line.paid_minor,
            )
            for line in found.lines
        ),
        explained=told.rules if told is not None else (),
    )
