"""Builders: a line, a sale, a return, a member, in as few words as a test needs."""

from __future__ import annotations

import hashlib
import itertools
from datetime import date, datetime

from loyalty.commands import Enrolled, enrol_member, record_purchase, record_return
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.values import (
    BroughtBack,
    Channel,
    Identity,
    LineKind,
    MemberId,
    OfferShare,
    PointsEffect,
    PurchaseId,
    Returned,
    ReturnedLine,
    Sale,
    SaleKey,
    SaleLine,
    Sku,
    StoreId,
    Tender,
    VoucherId,
)

KEYS = Keys("only-for-tests-0123456789-abcdefghijklmnop")
_numbers = itertools.count(1)


def enrol(tx: Tx, name: str, **facts) -> Enrolled:
    """Enrol a member of the cast in store."""
    return enrol_member(
        tx,
        keys=KEYS,
        identity=Identity(given_name=name, **facts),
        channel=Channel.STORE,
        language="en",
    )


def line(
    line_no: int = 1,
    *,
    price: int = 1000,
    quantity_milli: int = 1000,
    sku: str = "bread",
    kind: LineKind = LineKind.ARTICLE,
    category: str = "bakery",
    shares: tuple[OfferShare, ...] = (),
    tax_bp: int = 550,
) -> SaleLine:
    """A line of a basket: ``price`` is for one unit or kilo, in cents."""
    gross = price * quantity_milli // 1000
    return SaleLine(
        line_no=line_no,
        sku=Sku(sku),
        name=sku.title(),
        category=category,
        brand="maison",
        kind=kind,
        quantity_milli=quantity_milli,
        unit_price_minor=price,
        gross_minor=gross,
        paid_minor=gross - sum(share.amount_minor for share in shares),
        tax_bp=tax_bp,
        shares=shares,
    )


def sale(
    member_id: MemberId | None,
    *lines: SaleLine,
    occurred_at: datetime,
    sequence: int | None = None,
    till: str = "t1",
    store: str = "lyon-1",
    effects: tuple[PointsEffect, ...] = (),
    vouchers: tuple[VoucherId, ...] = (),
    currency: str = "EUR",
    business_on: date | None = None,
) -> Sale:
    """A settled basket. Each has a receipt number of its own unless ``sequence`` is given."""
    number = next(_numbers) if sequence is None else sequence
    content = repr((member_id, lines, effects, vouchers, occurred_at))
    return Sale(
        key=SaleKey(StoreId(store), till, business_on or occurred_at.date(), number),
        occurred_at=occurred_at,
        currency=currency,
        lines=lines or (line(),),
        request_hash=hashlib.sha256(content.encode()).hexdigest(),
        member_id=member_id,
        points_effects=effects,
        voucher_ids=vouchers,
        tenders=(Tender("card", sum(one.paid_minor for one in lines)),),
    )


def returned(
    purchase_id: PurchaseId,
    *lines: tuple[int, int],
    occurred_at: datetime,
    sequence: int | None = None,
    till: str = "t1",
) -> Returned:
    """A return of ``(line_no, quantity_milli)`` pairs."""
    number = next(_numbers) if sequence is None else sequence
    return Returned(
        key=SaleKey(StoreId("lyon-1"), till, occurred_at.date(), number),
        purchase_id=purchase_id,
        occurred_at=occurred_at,
        lines=tuple(ReturnedLine(*one) for one in lines),
        request_hash=hashlib.sha256(repr((purchase_id, lines)).encode()).hexdigest(),
    )


def brought_back(member_id: MemberId | None, *lines: SaleLine, occurred_at: datetime):
    """Articles that come back without a receipt, under a number of their own."""
    return BroughtBack(
        key=SaleKey(StoreId("lyon-1"), "t1", occurred_at.date(), next(_numbers)),
        occurred_at=occurred_at,
        currency="EUR",
        lines=lines,
        request_hash=hashlib.sha256(repr((member_id, lines)).encode()).hexdigest(),
        member_id=member_id,
    )


def ring(tx: Tx, member_id, *lines, **facts):
    """Record a sale that happens now."""
    one = sale(member_id, *lines, occurred_at=tx.now, **facts)
    return record_purchase(tx, keys=KEYS, sale=one)


def give_back(tx: Tx, purchase, *lines, **facts):
    """Record a return that happens now."""
    one = returned(purchase.purchase_id, *lines, occurred_at=tx.now, **facts)
    return record_return(tx, returned=one)
