"""The rows beneath a purchase: lines, offer shares, earnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loyalty.earning import LineEarning
from loyalty.values import PurchaseId, SaleLine

Rows = list[dict[str, Any]]


def detail_rows(
    purchase_id: PurchaseId, lines: Sequence[SaleLine], earnings: Sequence[LineEarning]
) -> tuple[Rows, Rows, Rows]:
    """Return the rows of lines, of shares and of earnings, in that order."""
    return (
        [_line(purchase_id, line) for line in lines],
        [share for line in lines for share in _shares(purchase_id, line)],
        [_earning(purchase_id, one) for one in earnings],
    )


def _line(purchase_id: PurchaseId, line: SaleLine) -> dict[str, Any]:
    return {
        "purchase_id": purchase_id,
        "line_no": line.line_no,
        "sku": line.sku,
        "name": line.name,
        "category": line.category,
        "brand": line.brand,
        "kind": line.kind,
        "quantity_milli": line.quantity_milli,
        "unit_price_minor": line.unit_price_minor,
        "gross_minor": line.gross_minor,
        "paid_minor": line.paid_minor,
        "tax_bp": line.tax_bp,
    }


def _shares(purchase_id: PurchaseId, line: SaleLine) -> Rows:
    return [
        {
            "purchase_id": purchase_id,
            "line_no": line.line_no,
            "offer_id": share.offer_id,
            "amount_minor": share.amount_minor,
            "unit_shares": list(share.unit_shares),
        }
        for share in line.shares
    ]


def _earning(purchase_id: PurchaseId, one: LineEarning) -> dict[str, Any]:
    return {
        "purchase_id": purchase_id,
        "line_no": one.line_no,
        "rule": one.rule,
        "is_offer": one.is_offer,
        "weight": one.weight,
        "basis_minor": one.basis_minor,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "points": one.points,
    }
