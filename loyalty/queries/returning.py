"""A purchase as a return needs it: what was bought, what it gave, what came back before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from loyalty.earning import LineEarning, Stage
from loyalty.kernel.tx import Tx
from loyalty.models import PurchaseEarning, PurchaseLine, PurchaseReturn
from loyalty.programme import Programme
from loyalty.queries.purchases import shares_of
from loyalty.queries.sold import sale_line
from loyalty.returning import Goods, SoldLine
from loyalty.values import LineKind, PurchaseId, VoucherId


@dataclass(frozen=True, slots=True)
class Totals:
    """What earlier returns of a purchase took back; points count upwards."""

    value_minor: int
    basis_minor: int
    voucher_spend_minor: int
    points: int
    restored_vouchers: tuple[VoucherId, ...]


def goods_of(tx: Tx, purchase_id: PurchaseId, programme: Programme) -> Goods:
    """Return the lines of a purchase with their offers' shares and earnings."""
    shares = shares_of(tx, purchase_id)
    rows = tx.run(select(PurchaseLine).where(PurchaseLine.purchase_id == purchase_id)).all()
    lines: dict[int, SoldLine] = {}
    for row in rows:
        lines[row.line_no] = SoldLine(
            line_no=row.line_no,
            quantity_milli=row.quantity_milli,
            gross_minor=row.gross_minor,
            paid_minor=row.paid_minor,
            basis_minor=_basis(row, programme) if row.basis_minor is None else row.basis_minor,
            shares=shares.get(row.line_no, ()),
            fee_minor=row.fee_minor,
            wallet=row.wallet if row.kind is LineKind.WALLET_TOP_UP else "",
            gift_card=row.gift_card if row.kind is LineKind.GIFT_CARD else "",
        )
    return Goods(lines, earnings_of(tx, purchase_id), programme)


def earlier_totals(tx: Tx, purchase_id: PurchaseId) -> Totals:
    """Return the sums over the returns of a purchase."""
    rows = tx.run(
        select(
            PurchaseReturn.value_minor,
            PurchaseReturn.basis_minor,
            PurchaseReturn.voucher_spend_minor,
            PurchaseReturn.points,
            PurchaseReturn.receipt,
        ).where(PurchaseReturn.purchase_id == purchase_id)
    ).all()
    return Totals(
        value_minor=sum(row.value_minor for row in rows),
        basis_minor=sum(row.basis_minor for row in rows),
        voucher_spend_minor=sum(row.voucher_spend_minor for row in rows),
        points=sum(row.points for row in rows),
        restored_vouchers=tuple(
            VoucherId(one) for row in rows for one in row.receipt["restored_vouchers"]
        ),
    )


def _basis(row: Any, programme: Programme) -> int:
    """Return what of a line of an old receipt counts as spend."""
    return programme.basis.minor_of(sale_line(row))


def earnings_of(tx: Tx, purchase_id: PurchaseId) -> tuple[LineEarning, ...]:
    """Return what rules and offers gave for each line of a purchase, in their order."""
    rows = tx.run(
        select(PurchaseEarning)
        .where(PurchaseEarning.purchase_id == purchase_id)
        .order_by(PurchaseEarning.turn, PurchaseEarning.rule, PurchaseEarning.line_no)
    ).all()
    return tuple(
        LineEarning(
            line_no=row.line_no,
            rule=row.rule,
            is_offer=row.is_offer,
            weight=row.weight,
            basis_minor=row.basis_minor,
            numerator=row.numerator,
            denominator=row.denominator,
            points=row.points,
            unit=row.unit,
            stage=Stage.BONUS if row.is_offer and row.stage is Stage.GRANT else row.stage,
        )
        for row in rows
    )
