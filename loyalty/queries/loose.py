"""What is known about returns without a receipt: how often, of what, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from loyalty.kernel.tx import Tx
from loyalty.models import (
    LooseLine,
    LooseReturn,
    Purchase,
    PurchaseLine,
    PurchaseReturn,
    ReturnLine,
)
from loyalty.values import MemberId, StoreId


@dataclass(frozen=True, slots=True)
class LooseByStaff:
    """What one cashier took back without a receipt in a store; money in minor units.

    ``members`` is on how many cards, ``alone`` how many returns nobody else agreed to.
    """

    store_id: StoreId
    staff_id: str | None
    returns: int
    value_minor: int
    members: int
    alone: int


def loose_returns_since(tx: Tx, member_id: MemberId, since: datetime) -> int:
    """Return how often a member brought something back without a receipt from ``since`` on."""
    statement = (
        select(func.count())
        .select_from(LooseReturn)
        .where(LooseReturn.member_id == member_id, LooseReturn.occurred_at > since)
    )
    return int(tx.run(statement).scalar_one())


def still_there(
    tx: Tx, member_id: MemberId, skus: Sequence[str], since: datetime
) -> dict[str, int]:
    """Return how much of each article a member bought from ``since`` on and has not brought back.

    In thousandths; what came back without a receipt counts too. Articles never bought are left out.
    """
    of_her = (Purchase.member_id == member_id, Purchase.occurred_at >= since)
    line = PurchaseLine.sku, func.sum(PurchaseLine.quantity_milli)
    bought = (
        select(*line)
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(*of_her, PurchaseLine.sku.in_(skus))
        .group_by(PurchaseLine.sku)
    )
    returned = (
        select(PurchaseLine.sku, func.sum(ReturnLine.quantity_milli))
        .select_from(ReturnLine)
        .join(PurchaseReturn, PurchaseReturn.id == ReturnLine.return_id)
        .join(Purchase, Purchase.id == PurchaseReturn.purchase_id)
        .join(
            PurchaseLine,
            (PurchaseLine.purchase_id == Purchase.id)
            & (PurchaseLine.line_no == ReturnLine.line_no),
        )
        .where(*of_her, PurchaseLine.sku.in_(skus))
        .group_by(PurchaseLine.sku)
    )
    loose = (
        select(LooseLine.sku, func.sum(LooseLine.quantity_milli))
        .join(LooseReturn, LooseReturn.id == LooseLine.return_id)
        .where(
            LooseReturn.member_id == member_id,
            LooseReturn.occurred_at >= since,
            LooseLine.sku.in_(skus),
        )
        .group_by(LooseLine.sku)
    )
    left = {str(sku): int(milli) for sku, milli in tx.run(bought)}
    for statement in (returned, loose):
        for sku, milli in tx.run(statement):
            left[sku] = left.get(sku, 0) - int(milli)
    return left


def loose_returns_by_staff(tx: Tx, since: datetime) -> tuple[LooseByStaff, ...]:
    """Return who took how much back without a receipt from ``since`` on, the most money first."""
    statement = (
        select(
            LooseReturn.store_id,
            LooseReturn.staff_id,
            func.count().label("returns"),
            func.sum(LooseReturn.value_minor).label("value"),
            func.count(func.distinct(LooseReturn.member_id)).label("members"),
            func.sum(case((LooseReturn.approved_by == "", 1), else_=0)).label("alone"),
        )
        .where(LooseReturn.occurred_at >= since)
        .group_by(LooseReturn.store_id, LooseReturn.staff_id)
        .order_by(func.sum(LooseReturn.value_minor).desc(), LooseReturn.staff_id)
    )
    return tuple(
        LooseByStaff(
            StoreId(row.store_id),
            row.staff_id,
            int(row.returns),
            int(row.value),
            int(row.members),
            int(row.alone),
        )
        for row in tx.run(statement)
    )
