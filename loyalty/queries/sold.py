"""A line of a receipt as it was settled, read back from its row."""

from __future__ import annotations

from typing import Any

from loyalty.values import OfferShare, SaleLine


def sale_line(row: Any, shares: tuple[OfferShare, ...] = ()) -> SaleLine:
    """Return the line that a row of ``purchase_lines`` keeps, with what was taken off it."""
    return SaleLine(
        line_no=row.line_no,
        sku=row.sku,
        name=row.name,
        category=row.category,
        brand=row.brand,
        kind=row.kind,
        quantity_milli=row.quantity_milli,
        unit_price_minor=row.unit_price_minor,
        gross_minor=row.gross_minor,
        paid_minor=row.paid_minor,
        tax_bp=row.tax_bp,
        shares=shares,
        labels=frozenset(row.labels or ()),
        fee_minor=row.fee_minor,
        wallet=row.wallet,
        gift_card=row.gift_card,
    )
