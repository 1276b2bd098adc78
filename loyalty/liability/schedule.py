"""The contract liability month by month, and its journal.

Of what members pay, the part that belongs to the points they get is deferred, in proportion to
stand-alone selling prices; it becomes revenue as the points are used, what will never be used in
the same proportion, and the rest when they run out. A changed estimate is caught up at once.

Source: IFRS 15, paragraphs 74, B39 to B47 and illustrative example 52 (IE267 to IE270).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loyalty.expiry import add_months
from loyalty.kernel.values import split_evenly
from loyalty.liability.breakage import Estimate, estimate
from loyalty.liability.cohorts import Cohort, Flow, cohorts_of, months_between
from loyalty.programme import Ratio


class Account(StrEnum):
    """The accounts that the journal names; the retailer maps them to its own numbers."""

    SALES = "sales"
    LIABILITY = "contract-liability"
    REDEMPTION = "revenue-from-points-used"
    BREAKAGE = "revenue-from-breakage"


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the liability, in minor units: opening + deferred - used - broken = closing."""

    month: date
    opening_minor: int
    deferred_minor: int
    used_minor: int
    broken_minor: int

    @property
    def closing_minor(self) -> int:
        """Return the liability at the end of the month."""
        return self.opening_minor + self.deferred_minor - self.used_minor - self.broken_minor


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal: an amount above zero on one side of an account."""

    on: date
    account: Account
    debit_minor: int
    credit_minor: int


def allocate(paid_minor: int, points_price_minor: int) -> int:
    """Return the part of what was paid that belongs to the points, half up.

    ``points_price_minor`` is the stand-alone selling price of the points: their value, less what
    will never be used. What was paid is the price of the goods.
    """
    both = paid_minor + points_price_minor
    if both <= 0:
        return 0
    return (2 * paid_minor * points_price_minor + both) // (2 * both)


def recognised(deferred_minor: int, used: int, expected: int) -> int:
    """Return what of a deferral is earned once ``used`` of the ``expected`` points are used."""
    if expected <= 0:
        return deferred_minor
    return (2 * deferred_minor * min(used, expected) + expected) // (2 * expected)


def schedule(
    flows: Sequence[Flow], paid_minor: Mapping[date, int], *, value: Ratio, until: date
) -> list[Month]:
    """Return every month from the first flow to the month of ``until``.

    ``paid_minor`` is what members paid by month, net of tax and of what came back in the same
    month; ``value`` the minor units that a grain is worth, as a fraction.
    """
    if not flows:
        return []
    deferred: dict[date, int] = defaultdict(int)
    rows: list[Month] = []
    opening, used_so_far, broken_so_far = 0, 0, 0
    for month in months_between(min(flow.month for flow in flows), until):
        cohorts = cohorts_of(flows, until=month)
        on = add_months(month, 1)
        said = estimate(cohorts, on=on)
        fresh = _deferred_now(cohorts, said, month, paid_minor.get(month, 0), value)
        fresh |= _taken_back(cohorts, deferred, month)
        for expires_on, amount in fresh.items():
            deferred[expires_on] += amount
        used, broken = _earned(cohorts, said, deferred, on)
        row = Month(month, opening, sum(fresh.values()), used - used_so_far, broken - broken_so_far)
        rows.append(row)
        opening, used_so_far, broken_so_far = row.closing_minor, used, broken
    return rows


def journal(rows: Iterable[Month]) -> list[Entry]:
    """Return the bookings of each month, on its last day; debits and credits are equal."""
    entries: list[Entry] = []
    for row in rows:
        on = add_months(row.month, 1) - timedelta(days=1)
        entries += _booking(on, Account.SALES, Account.LIABILITY, row.deferred_minor)
        entries += _booking(on, Account.LIABILITY, Account.REDEMPTION, row.used_minor)
        entries += _booking(on, Account.LIABILITY, Account.BREAKAGE, row.broken_minor)
    return entries


def _deferred_now(
    cohorts: Sequence[Cohort], said: Estimate, month: date, paid_minor: int, value: Ratio
) -> dict[date, int]:
    """Return what the month's sales defer, shared over the cohorts that they filled."""
    granted = {one.expires_on: _granted_in(one, month) for one in cohorts}
    granted = {day: points for day, points in granted.items() if points > 0}
    expected = [said.used_later(points, 0) for points in granted.values()]
    worth = sum(expected) * value[0] // value[1]
    deferred = allocate(max(0, paid_minor), worth)
    return dict(zip(granted, split_evenly(deferred, expected), strict=True))


def _taken_back(
    cohorts: Sequence[Cohort], deferred: Mapping[date, int], month: date
) -> dict[date, int]:
    """Return what returns of earlier sales undo: the same part of the deferral as of the points."""
    back: dict[date, int] = {}
    for one in cohorts:
        points = -_granted_in(one, month)
        if points > 0:
            before = one.granted[-1] + points
            back[one.expires_on] = -recognised(deferred.get(one.expires_on, 0), points, before)
    return back


def _granted_in(cohort: Cohort, month: date) -> int:
    """Return what the last month that is known, ``month``, granted."""
    before = cohort.granted[-2] if cohort.age else 0
    return cohort.granted[-1] - before if cohort.first <= month else 0


def _earned(
    cohorts: Sequence[Cohort], said: Estimate, deferred: Mapping[date, int], on: date
) -> tuple[int, int]:
    """Return what has become revenue so far: through points used, and through breakage."""
    used_minor, all_minor = 0, 0
    for one in cohorts:
        held, used = deferred.get(one.expires_on, 0), max(0, one.redeemed[-1])
        by_use = recognised(held, used, max(0, one.granted[-1]))
        used_minor += by_use
        if one.closed(on):
            all_minor += held
            continue
        left = said.used_later(one.left(one.age), one.age)
        all_minor += max(by_use, recognised(held, used, used + left)) if used + left else held
    return used_minor, all_minor - used_minor


def _booking(on: date, debit: Account, credit: Account, amount: int) -> list[Entry]:
    """Return both sides of a booking; an amount below zero turns them round."""
    if amount == 0:
        return []
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    return [Entry(on, debit, amount, 0), Entry(on, credit, 0, amount)]
