"""What was bought, what of it came back, and what can still come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from loyalty.errors import UnknownPurchase
from loyalty.identity import display_name
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import (
    MemberIdentity,
    Purchase,
    PurchaseLine,
    PurchaseReturn,
    PurchaseShare,
    ReturnAmount,
    ReturnLine,
    Store,
)
from loyalty.queries.cursors import instant_cursor, page_size, read_instant_cursor
from loyalty.queries.sales import purchase_id_of
from loyalty.queries.sold import sale_line
from loyalty.values import (
    LineKind,
    MemberId,
    OfferShare,
    PurchaseId,
    ReturnId,
    SaleKey,
    SaleLine,
    Sku,
    StoreId,
)


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase in a list."""

    purchase_id: PurchaseId
    store_id: StoreId
    store_name: str
    till: str
    occurred_at: datetime
    total_minor: int
    discount_minor: int
    due_minor: int
    points: int
    currency: str


@dataclass(frozen=True, slots=True)
class DetailLine:
    """A line of a purchase; ``left_milli`` of it has not come back yet."""

    line_no: int
    sku: Sku
    name: str
    category: str
    brand: str
    kind: LineKind
    quantity_milli: int
    returned_milli: int
    unit_price_minor: int
    gross_minor: int
    paid_minor: int
    tax_bp: int
    shares: tuple[OfferShare, ...] = ()
    fee_minor: int = 0

    @property
    def left_milli(self) -> int:
        """Return what can still come back, in thousandths."""
        return self.quantity_milli - self.returned_milli


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return of a purchase."""

    return_id: ReturnId
    occurred_at: datetime
    refund_minor: int
    points_taken: int


@dataclass(frozen=True, slots=True)
class PurchaseDetail:
    """A purchase with its lines and returns; ``display_name`` is a first name and an initial."""

    purchase: PurchaseRow
    key: SaleKey
    member_id: MemberId | None
    display_name: str
    voucher_minor: int
    lines: tuple[DetailLine, ...]
    returns: tuple[ReturnRow, ...]


def purchases_of(
    tx: Tx, member_id: MemberId, *, after: str | None = None, limit: int = 25
) -> Page[PurchaseRow]:
    """Return a member's purchases, the newest first."""
    statement = (
        _rows()
        .where(Purchase.member_id == member_id)
        .order_by(Purchase.occurred_at.desc(), Purchase.id.desc())
        .limit(page_size(limit) + 1)
    )
    if after is not None:
        instant, id_ = read_instant_cursor(after)
        statement = statement.where(
            or_(
                Purchase.occurred_at < instant,
                and_(Purchase.occurred_at == instant, Purchase.id < id_),
            )
        )
    rows = tx.run(statement).all()
    page = rows[: page_size(limit)]
    return Page(
        items=tuple(PurchaseRow(*row) for row in page),
        after=instant_cursor(page[-1].occurred_at, page[-1].id) if len(rows) > len(page) else None,
    )


def purchase_detail(tx: Tx, purchase: PurchaseId | SaleKey) -> PurchaseDetail:
    """Return a purchase, found by its id or by the till's own key.

    Raises:
        UnknownPurchase: there is none.
    """
    if isinstance(purchase, SaleKey):
        found = purchase_id_of(tx, purchase)
        if found is None:
            raise UnknownPurchase(PurchaseId(f"{purchase.store_id}/{purchase.till}"))
        purchase = found
    row = tx.run(_rows(*_KEY).where(Purchase.id == purchase)).first()
    if row is None:
        raise UnknownPurchase(purchase)
    facts = tuple(row)
    return PurchaseDetail(
        purchase=PurchaseRow(*facts[: -len(_KEY)]),
        key=SaleKey(row.store_id, row.till, row.business_on, row.sequence),
        member_id=row.member_id,
        display_name=_name(tx, row.member_id),
        voucher_minor=row.voucher_minor,
        lines=_lines(tx, purchase),
        returns=_returns(tx, purchase),
    )


def returned_quantities(tx: Tx, purchase_id: PurchaseId) -> dict[int, int]:
    """Return how much of each line has come back, in thousandths."""
    rows = tx.run(
        select(ReturnLine.line_no, func.sum(ReturnLine.quantity_milli))
        .join(PurchaseReturn, PurchaseReturn.id == ReturnLine.return_id)
        .where(PurchaseReturn.purchase_id == purchase_id)
        .group_by(ReturnLine.line_no)
    )
    return {line_no: int(milli) for line_no, milli in rows}


def returned_amounts(tx: Tx, purchase_id: PurchaseId) -> dict[int, int]:
    """Return how much money went back for each line without any of it coming back."""
    rows = tx.run(
        select(ReturnAmount.line_no, func.sum(ReturnAmount.amount_minor))
        .join(PurchaseReturn, PurchaseReturn.id == ReturnAmount.return_id)
        .where(PurchaseReturn.purchase_id == purchase_id)
        .group_by(ReturnAmount.line_no)
    )
    return {line_no: int(minor) for line_no, minor in rows}


def settled_lines(tx: Tx, purchase_id: PurchaseId) -> tuple[SaleLine, ...]:
    """Return the lines of a purchase as they were settled, with what was taken off each."""
    shares = shares_of(tx, purchase_id)
    rows = tx.run(
        select(PurchaseLine)
        .where(PurchaseLine.purchase_id == purchase_id)
        .order_by(PurchaseLine.line_no)
    )
    return tuple(sale_line(row, shares.get(row.line_no, ())) for row in rows)


def shares_of(tx: Tx, purchase_id: PurchaseId) -> dict[int, tuple[OfferShare, ...]]:
    """Return the offers' shares of each line of a purchase."""
    shares: dict[int, tuple[OfferShare, ...]] = {}
    for row in tx.run(
        select(PurchaseShare)
        .where(PurchaseShare.purchase_id == purchase_id)
        .order_by(PurchaseShare.line_no, PurchaseShare.offer_id)
    ):
        units = tuple(row.unit_shares)
        share = OfferShare(row.offer_id, row.amount_minor, units, row.scope)
        shares[row.line_no] = (*shares.get(row.line_no, ()), share)
    return shares


def _rows(*more: Any) -> Any:
    return select(
        Purchase.id,
        Purchase.store_id,
        func.coalesce(Store.name, Purchase.store_id),
        Purchase.till,
        Purchase.occurred_at,
        Purchase.total_minor,
        Purchase.discount_minor,
        Purchase.due_minor,
        Purchase.points,
        Purchase.currency,
        *more,
    ).outerjoin(Store, Store.id == Purchase.store_id)


_KEY: Sequence[Any] = (
    Purchase.business_on,
    Purchase.sequence,
    Purchase.member_id,
    Purchase.voucher_minor,
)


def _lines(tx: Tx, purchase_id: PurchaseId) -> tuple[DetailLine, ...]:
    returned, shares = returned_quantities(tx, purchase_id), shares_of(tx, purchase_id)
    rows = tx.run(
        select(PurchaseLine)
        .where(PurchaseLine.purchase_id == purchase_id)
        .order_by(PurchaseLine.line_no)
    )
    return tuple(
        DetailLine(
            line_no=row.line_no,
            sku=row.sku,
            name=row.name,
            category=row.category,
            brand=row.brand,
            kind=row.kind,
            quantity_milli=row.quantity_milli,
            returned_milli=returned.get(row.line_no, 0),
            unit_price_minor=row.unit_price_minor,
            gross_minor=row.gross_minor,
            paid_minor=row.paid_minor,
            tax_bp=row.tax_bp,
            shares=shares.get(row.line_no, ()),
            fee_minor=row.fee_minor,
        )
        for row in rows
    )


def _returns(tx: Tx, purchase_id: PurchaseId) -> tuple[ReturnRow, ...]:
    rows = tx.run(
        select(
            PurchaseReturn.id,
            PurchaseReturn.occurred_at,
            PurchaseReturn.refund_minor,
            PurchaseReturn.points_taken,
        )
        .where(PurchaseReturn.purchase_id == purchase_id)
        .order_by(PurchaseReturn.id)
    )
    return tuple(ReturnRow(*row) for row in rows)


def _name(tx: Tx, member_id: MemberId | None) -> str:
    if member_id is None:
        return ""
    row = tx.run(
        select(MemberIdentity.given_name, MemberIdentity.family_name).where(
            MemberIdentity.member_id == member_id
        )
    ).first()
    return display_name(row.given_name, row.family_name) if row else ""
