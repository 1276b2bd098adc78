"""From the body of a request to what a till claims: a basket, a sale, a return."""

from __future__ import annotations

from typing import Any

from loyalty.values import LineKind, ReturnedLine, SaleKey, Sku, StoreId, Tender
from pos_adapter.callers import Till
from pos_adapter.errors import OwnPriceRefused
from pos_adapter.queries import purchase_of_code
from pos_adapter.values import (
    BasketClaim,
    CardShown,
    LooseClaim,
    OwnFacts,
    ReturnClaim,
    SaleClaim,
    TillLine,
)


def basket(till: Till, body: dict[str, Any]) -> BasketClaim:
    """Return the basket that a till sent.

    Raises:
        OtherTill: it speaks for another till.
        OwnPriceRefused: the browser till brings its own price.
    """
    till.must_be(body.get("store_id"), body.get("till"))
    own = [line["line_no"] for line in body["lines"] if "own" in line]
    if own and not till.signed:
        raise OwnPriceRefused(lines=own)
    card = body.get("card")
    return BasketClaim(
        store_id=till.store_id,
        business_on=body["business_on"],
        currency=body["currency"],
        lines=tuple(_line(line) for line in body["lines"]),
        card=CardShown(**card) if card else None,
        voucher_codes=tuple(body["vouchers"]),
    )


def sale(till: Till, body: dict[str, Any]) -> SaleClaim:
    """Return the sale that a till sent; refusals as for ``basket``."""
    return SaleClaim(
        key=_key(till, body),
        basket=basket(till, body),
        occurred_at=body["occurred_at"],
        tenders=tuple(Tender(**tender) for tender in body["tenders"]),
        quote_hash=body.get("quote_hash"),
        staff_id=till.staff_id,
    )


def returned(till: Till, body: dict[str, Any]) -> ReturnClaim:
    """Return the return that a till sent.

    Raises:
        OtherTill: it speaks for another till.
        UnknownReceipt: the code on the receipt is not one.
    """
    till.must_be(body.get("store_id"), body.get("till"))
    code, sold = body.get("receipt_code"), body.get("sale")
    return ReturnClaim(
        key=_key(till, body),
        occurred_at=body["occurred_at"],
        lines=tuple(ReturnedLine(**line) for line in body["lines"]),
        purchase_id=purchase_of_code(code) if code else body.get("purchase_id"),
        sold=SaleKey(**sold) if sold else None,
        staff_id=till.staff_id,
    )


def loose(till: Till, body: dict[str, Any], approved_by: str) -> LooseClaim:
    """Return the return without a receipt that a till sent; ``approved_by`` was checked.

    Raises:
        OtherTill: it speaks for another till.
        OwnPriceRefused: the browser till brings its own price.
    """
    till.must_be(body.get("store_id"), body.get("till"))
    own = [line["line_no"] for line in body["lines"] if "own" in line]
    if own and not till.signed:
        raise OwnPriceRefused(lines=own)
    card = body.get("card")
    return LooseClaim(
        key=_key(till, body),
        occurred_at=body["occurred_at"],
        currency=body["currency"],
        lines=tuple(_line(line) for line in body["lines"]),
        card=CardShown(**card) if card else None,
        staff_id=till.staff_id,
        approved_by=approved_by,
        reason=body["reason"],
        gift_card=body["gift_card"],
    )


def _key(till: Till, body: dict[str, Any]) -> SaleKey:
    return SaleKey(StoreId(till.store_id), till.name, body["business_on"], body["sequence"])


def _line(line: dict[str, Any]) -> TillLine:
    own = line.get("own")
    return TillLine(
        line_no=line["line_no"],
        quantity_milli=line["quantity_milli"],
        sku=Sku(line["sku"]) if "sku" in line else None,
        ean=line.get("ean"),
        kind=line.get("kind", LineKind.ARTICLE),
        own=OwnFacts(**own) if own else None,
    )
