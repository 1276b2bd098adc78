"""What was sold, line by line, for those who learn or calculate from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import Article, Purchase, PurchaseLine, TierStanding
from loyalty.queries.cursors import read_text_cursor, text_cursor
from loyalty.values import LineKind, MemberId, PurchaseId, Sku, StoreId

MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """An article that a member bought."""

    sku: Sku
    category: str
    brand: str
    occurred_at: datetime
    quantity_milli: int
    purchase_id: PurchaseId
    paid_minor: int


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a receipt with what an offer would look at; ``level`` is today's."""

    purchase_id: PurchaseId
    member_id: MemberId | None
    level: str | None
    store_id: StoreId
    business_on: date
    line_no: int
    sku: Sku
    name: str
    category: str
    brand: str
    labels: tuple[str, ...]
    kind: LineKind
    quantity_milli: int
    unit_price_minor: int
    gross_minor: int
    tax_bp: int


def purchase_lines_of(
    tx: Tx, member_id: MemberId, *, since: datetime | None = None, limit: int = 5000
) -> tuple[BoughtLine, ...]:
    """Return the articles that a member bought, the newest first, at most ``limit`` lines."""
    statement = (
        select(
            PurchaseLine.sku,
            PurchaseLine.category,
            PurchaseLine.brand,
            Purchase.occurred_at,
            PurchaseLine.quantity_milli,
            PurchaseLine.purchase_id,
            PurchaseLine.paid_minor,
        )
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(Purchase.member_id == member_id, PurchaseLine.kind == LineKind.ARTICLE)
        .order_by(Purchase.occurred_at.desc(), Purchase.id.desc(), PurchaseLine.line_no)
        .limit(limit)
    )
    if since is not None:
        statement = statement.where(Purchase.occurred_at >= since)
    return tuple(BoughtLine(*row) for row in tx.run(statement))


def sold_lines(
    tx: Tx,
    *,
    since_on: date,
    until_on: date,
    skus: Sequence[str] | None = None,
    categories: Sequence[str] | None = None,
    brands: Sequence[str] | None = None,
    after: str | None = None,
    limit: int = MOST_LINES,
) -> Page[SoldLine]:
    """Return the lines sold on business days from ``since_on`` to ``until_on``, both included.

    Ordered by purchase and line; each filter that is given must match.
    """
    size = max(1, min(limit, MOST_LINES))
    statement = (
        _sold_statement()
        .where(Purchase.business_on.between(since_on, until_on))
        .order_by(PurchaseLine.purchase_id, PurchaseLine.line_no)
        .limit(size + 1)
    )
    for column, wanted in (
        (PurchaseLine.sku, skus),
        (PurchaseLine.category, categories),
        (PurchaseLine.brand, brands),
    ):
        if wanted is not None:
            statement = statement.where(column.in_(wanted))
    if after is not None:
        statement = statement.where(_later_than(after))
    rows = tx.run(statement).all()
    page = rows[:size]
    return Page(
        items=tuple(_sold(row) for row in page),
        after=text_cursor(page[-1].purchase_id, str(page[-1].line_no))
        if len(rows) > size
        else None,
    )


def _sold_statement() -> Select[*tuple[Any, ...]]:
    """Return the statement of sold lines, with the tier of who bought and the labels of what."""
    return (
        select(
            PurchaseLine.purchase_id,
            Purchase.member_id,
            TierStanding.level,
            Purchase.store_id,
            Purchase.business_on,
            PurchaseLine.line_no,
            PurchaseLine.sku,
            PurchaseLine.name,
            PurchaseLine.category,
            PurchaseLine.brand,
            Article.labels,
            PurchaseLine.kind,
            PurchaseLine.quantity_milli,
            PurchaseLine.unit_price_minor,
            PurchaseLine.gross_minor,
            PurchaseLine.tax_bp,
        )
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .outerjoin(TierStanding, TierStanding.member_id == Purchase.member_id)
        .outerjoin(Article, Article.sku == PurchaseLine.sku)
    )


def sold_baskets(tx: Tx, *, since_on: date, until_on: date) -> int:
    """Return how many purchases were made on business days in that span, both days included."""
    count = tx.run(
        select(func.count())
        .select_from(Purchase)
        .where(Purchase.business_on.between(since_on, until_on))
    ).scalar_one()
    return int(count)


def _later_than(after: str) -> Any:
    purchase_id, line_no = read_text_cursor(after)
    return tuple_(PurchaseLine.purchase_id, PurchaseLine.line_no) > (purchase_id, int(line_no))


def _sold(row: Any) -> SoldLine:
    return SoldLine(**{**row._asdict(), "labels": tuple(row.labels or ())})
