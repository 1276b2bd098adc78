"""Credits of whole years told by day, when the stairs come to need the days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, select

from loyalty.commands.sql import insert_rows, table_of
from loyalty.kernel.tx import Tx
from loyalty.models import LooseReturn, Purchase, PurchaseReturn, TierCredit
from loyalty.programme import Programme
from loyalty.values import MemberId

YEAR = 4
"""Letters in the name of a year."""

Sums = tuple[int, int, int]
"""Spend, points issued and visits."""


def spread_years(tx: Tx, programme: Programme, member_ids: Sequence[MemberId]) -> None:
    """Replace the credits of whole years by credits of the days of their purchases.

    Nothing happens when there are none. What no purchase explains was brought in: it stands on
    the last day that the year knows. The members' wallets are held.
    """
    wanted = {"member_ids": list(member_ids)}
    rows = tx.run(_YEARS, wanted).all()
    if not rows:
        return
    years: dict[tuple[MemberId, str], list[Any]] = defaultdict(list)
    for row in rows:
        years[row.member_id, row.period[:YEAR]].append(row)
    bought = _by_day(tx, programme, sorted({row.member_id for row in rows}))
    tx.run(delete(TierCredit).where(_OF_A_YEAR), wanted)
    fresh: list[dict[str, Any]] = []
    for (member_id, year), told in years.items():
        days = {day: sums for day, sums in bought[member_id].items() if f"{day.year:04d}" == year}
        fresh += _days_of(member_id, told, days)
    insert_rows(tx, TierCredit, fresh)


def _days_of(
    member_id: MemberId, told: Sequence[Any], days: dict[date, Sums]
) -> list[dict[str, Any]]:
    """Return the credits of one year by day, adding up to what was told before."""
    left = (
        sum(row.spend_minor for row in told),
        sum(row.earned for row in told),
        sum(row.visits for row in told),
    )
    for sums in days.values():
        left = _plus(left, sums, -1)
    last = max(row.last_on for row in told)
    if any(left):
        days[last] = _plus(days.get(last, (0, 0, 0)), left, 1)
    return [_credit(member_id, day, sums) for day, sums in days.items()]


def _by_day(
    tx: Tx, programme: Programme, member_ids: Sequence[MemberId]
) -> dict[MemberId, dict[date, Sums]]:
    """Return what each day's purchases come to, less what came back of them."""
    days: dict[MemberId, dict[date, Sums]] = defaultdict(dict)
    back = {
        row.purchase_id: (row.spend, row.points)
        for row in tx.run(_RETURNED, {"member_ids": list(member_ids)})
    }
    for row in tx.run(_BOUGHT, {"member_ids": list(member_ids)}):
        spend, points = back.get(row.id, (0, 0))
        day = programme.local_day(row.occurred_at)
        bought = (row.basis_minor - spend, row.points - points, 1)
        sums = days[row.member_id].get(day, (0, 0, 0))
        days[row.member_id][day] = _plus(sums, bought, 1)
    for row in tx.run(_LOOSE, {"member_ids": list(member_ids)}):
        day = programme.local_day(row.occurred_at)
        sums = days[row.member_id].get(day, (0, 0, 0))
        days[row.member_id][day] = _plus(sums, (row.basis_minor, 0, 0), -1)
    return days


def _plus(one: Sums, other: Sums, sign: int) -> Sums:
    return one[0] + sign * other[0], one[1] + sign * other[1], one[2] + sign * other[2]


def _credit(member_id: MemberId, day: date, sums: Sums) -> dict[str, Any]:
    return {
        "member_id": member_id,
        "period": day.isoformat(),
        "spend_minor": sums[0],
        "earned": sums[1],
        "visits": max(0, sums[2]),
        "last_on": day,
    }


_WANTED: Any = bindparam("member_ids", expanding=True)
_YEAR = table_of(TierCredit).alias()
_OF_A_YEAR = TierCredit.member_id.in_(_WANTED) & exists().where(
    _YEAR.c.member_id == TierCredit.member_id,
    func.length(_YEAR.c.period) == YEAR,
    _YEAR.c.period == func.substr(TierCredit.period, 1, YEAR),
)
_YEARS = select(TierCredit).where(_OF_A_YEAR)
_BOUGHT = select(
    Purchase.id, Purchase.member_id, Purchase.occurred_at, Purchase.basis_minor, Purchase.points
).where(Purchase.member_id.in_(_WANTED))
_LOOSE = select(LooseReturn.member_id, LooseReturn.occurred_at, LooseReturn.basis_minor).where(
    LooseReturn.member_id.in_(_WANTED), LooseReturn.basis_minor > 0
)
_RETURNED = (
    select(
        PurchaseReturn.purchase_id,
        func.sum(PurchaseReturn.basis_minor).label("spend"),
        func.sum(PurchaseReturn.points).label("points"),
    )
    .join(Purchase, Purchase.id == PurchaseReturn.purchase_id)
    .where(Purchase.member_id.in_(_WANTED))
    .group_by(PurchaseReturn.purchase_id)
)
