"""What the programme owes, read from the ledger month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import case, func, select, text
from sqlalchemy.sql.elements import ColumnElement

from loyalty.expiry import add_months
from loyalty.kernel.tx import Tx
from loyalty.liability import (
    BackTest,
    Entry,
    Estimate,
    Flow,
    Month,
    back_test,
    cohorts_of,
    estimate,
    journal,
    month_of,
    months_between,
    schedule,
)
from loyalty.models import Give, Posting, Purchase, PurchaseLine, PurchaseReturn, ReturnLine, Take
from loyalty.models import Wallet as WalletRow
from loyalty.programme import Programme, Ratio
from loyalty.queries.programme import current_programme
from loyalty.values import LineKind
from loyalty.words import Contra

REVENUE_KINDS = (LineKind.ARTICLE, LineKind.DELIVERY, LineKind.SERVICE_FEE)
"""What the retailer sells; deposits and stored value are not revenue."""


@dataclass(frozen=True, slots=True)
class Liability:
    """What is owed now in the default wallet, and how it came about.

    ``outstanding`` grains are worth ``gross_minor``; ``expected_minor`` is what is expected to be
    used. ``months`` is the IFRS 15 schedule, oldest first; ``tested`` holds last year's estimate
    against what came.
    """

    unit: str
    currency: str
    outstanding: int
    gross_minor: int
    expected: int
    expected_minor: int
    said: Estimate
    tested: BackTest | None
    months: tuple[Month, ...]


def liability(tx: Tx) -> Liability:
    """Return the liability as of ``tx.now``, from every posting since the first.

    Raises:
        NoProgramme: none is in force.
    """
    programme = current_programme(tx)
    unit, today = programme.default_wallet, programme.local_day(tx.now)
    value = _value(programme)
    flows = _flows(tx, programme, unit, today)
    cohorts = cohorts_of(flows, until=today)
    said = estimate(cohorts, on=today)
    outstanding = _outstanding(tx, unit)
    expected = sum(said.used_later(one.left(one.age), one.age) for one in cohorts)
    expected = min(outstanding, expected)
    return Liability(
        unit=unit,
        currency=programme.currency,
        outstanding=outstanding,
        gross_minor=outstanding * value[0] // value[1],
        expected=expected,
        expected_minor=expected * value[0] // value[1],
        said=said,
        tested=back_test(flows, on=today),
        months=tuple(schedule(flows, _paid(tx), value=value, until=today)),
    )


def liability_journal(found: Liability) -> list[Entry]:
    """Return the bookings of every month of a liability; debits and credits are equal."""
    return journal(found.months)


def _value(programme: Programme) -> Ratio:
    """Return the minor units that one grain is worth; a currency wallet's grains are money."""
    if programme.redemption is not None:
        return programme.redemption.value_minor, programme.redemption.points
    rule = programme.wallets.get(programme.default_wallet)
    return (1, 1) if rule is not None and rule.unit == "currency" else (0, 1)


def _outstanding(tx: Tx, unit: str) -> int:
    """Return what members hold; one member's debt does not lower what another is owed."""
    held = select(func.coalesce(func.sum(WalletRow.balance), 0)).where(
        WalletRow.unit == unit, WalletRow.balance > 0
    )
    return int(tx.run(held).scalar_one())


def _flows(tx: Tx, programme: Programme, unit: str, today: date) -> list[Flow]:
    """Return every month of every cohort, read month by month along the time of posting."""
    first = tx.run(select(func.min(Posting.posted_at)).where(Posting.unit == unit)).scalar()
    if first is None:
        return []
    flows: list[Flow] = []
    for month in months_between(programme.local_day(first), today):
        flows.extend(_month(tx, programme, unit, month))
    return flows


def _month(tx: Tx, programme: Programme, unit: str, month: date) -> Iterable[Flow]:
    """Return what one month did to each cohort."""
    within = (
        Posting.unit == unit,
        Posting.posted_at >= _start(programme, month),
        Posting.posted_at < _start(programme, add_months(month, 1)),
    )
    moved: dict[date, dict[Contra, int]] = defaultdict(lambda: defaultdict(int))
    single = (
        select(Posting.lot_on, Posting.contra, func.sum(Posting.points))
        .where(*within, Posting.lot_on.is_not(None))
        .group_by(Posting.lot_on, Posting.contra)
    )
    for expires_on, contra, points in tx.run(single):
        moved[expires_on][contra] += int(points)
    for table, sign in ((Give, 1), (Take, -1)):
        several = (
            select(table.expires_on, _account().label("account"), func.sum(table.hi - table.lo))
            .join(Posting, _of_posting(table))
            .where(*within)
            .group_by(table.expires_on, text("account"))
        )
        for expires_on, contra, points in tx.run(several):
            moved[expires_on][Contra(contra)] += sign * int(points)
    return [_flow(expires_on, month, moved[expires_on]) for expires_on in sorted(moved)]


def _account() -> ColumnElement[str]:
    """Return the account of a stretch; what a grant takes pays a debt, and nobody used it."""
    pays_debt = (Posting.points > 0) & (Posting.contra == Contra.REDEEMED)
    return case((pays_debt, Contra.ISSUED.value), else_=Posting.contra)


def _of_posting(table: type[Give | Take]) -> ColumnElement[bool]:
    return (
        (table.member_id == Posting.member_id)
        & (table.unit == Posting.unit)
        & (table.seq == Posting.seq)
    )


def _flow(expires_on: date, month: date, moved: dict[Contra, int]) -> Flow:
    redeemed, expired = -moved.pop(Contra.REDEEMED, 0), -moved.pop(Contra.EXPIRED, 0)
    return Flow(expires_on, month, sum(moved.values()), redeemed, expired)


def _paid(tx: Tx) -> dict[date, int]:
    """Return what members paid by business month, net of tax.

    What came back in the month in which it was sold is taken off; a later return undoes a part
    of what was deferred instead.
    """
    gross: dict[tuple[date, int], int] = defaultdict(int)
    for sold_on, tax_bp, amount in tx.run(_SOLD):
        gross[month_of(sold_on), tax_bp] += int(amount)
    for sold_on, back_on, tax_bp, amount in tx.run(_BACK):
        if month_of(sold_on) == month_of(back_on):
            gross[month_of(sold_on), tax_bp] -= int(amount)
    paid: dict[date, int] = defaultdict(int)
    for (month, tax_bp), amount in gross.items():
        paid[month] += _net(amount, tax_bp)
    return paid


_OF_MEMBERS = (Purchase.member_id.is_not(None), PurchaseLine.kind.in_(REVENUE_KINDS))
_SOLD = (
    select(Purchase.business_on, PurchaseLine.tax_bp, func.sum(PurchaseLine.paid_minor))
    .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
    .where(*_OF_MEMBERS)
    .group_by(Purchase.business_on, PurchaseLine.tax_bp)
)
_BACK = (
    select(
        Purchase.business_on,
        PurchaseReturn.business_on,
        PurchaseLine.tax_bp,
        func.sum(ReturnLine.paid_minor),
    )
    .join(PurchaseReturn, PurchaseReturn.id == ReturnLine.return_id)
    .join(Purchase, Purchase.id == PurchaseReturn.purchase_id)
    .join(
        PurchaseLine,
        (PurchaseLine.purchase_id == Purchase.id) & (PurchaseLine.line_no == ReturnLine.line_no),
    )
    .where(*_OF_MEMBERS)
    .group_by(Purchase.business_on, PurchaseReturn.business_on, PurchaseLine.tax_bp)
)


def _net(gross_minor: int, tax_bp: int) -> int:
    """Return an amount without its tax, half up; the month's sum of a rate is rounded once."""
    return (gross_minor * 20_000 + 10_000 + tax_bp) // (2 * (10_000 + tax_bp))


def _start(programme: Programme, month: date) -> datetime:
    """Return the first instant of a local month."""
    return datetime.combine(month_of(month), time(), tzinfo=programme.zone)
