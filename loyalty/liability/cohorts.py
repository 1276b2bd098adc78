"""Points that expire together, followed month by month from the first grant to the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from loyalty.expiry import NEVER, add_months


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened in one month to the points that expire on ``expires_on``.

    ``granted`` is net of what was taken back otherwise than by use or expiry; ``redeemed`` and
    ``expired`` are net of what was given back. ``month`` is its first day.
    """

    expires_on: date
    month: date
    granted: int
    redeemed: int
    expired: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """The running totals of a cohort at the end of each month since its first, oldest first."""

    expires_on: date
    first: date
    granted: tuple[int, ...]
    redeemed: tuple[int, ...]
    expired: tuple[int, ...]

    @property
    def age(self) -> int:
        """Return the age in months at the last month that is known; the first month is 0."""
        return len(self.granted) - 1

    def left(self, age: int) -> int:
        """Return what was neither used nor expired at the end of the month of ``age``."""
        at = min(age, self.age)
        return max(0, self.granted[at] - self.redeemed[at] - self.expired[at])

    def closed(self, day: date) -> bool:
        """Tell whether the points have run out on ``day``; without an expiry they never do."""
        return self.expires_on != NEVER and self.expires_on <= day


def month_of(day: date) -> date:
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of the months from ``first`` to ``last``, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [add_months(month_of(first), number) for number in range(count + 1)]


def cohorts_of(flows: Iterable[Flow], *, until: date) -> list[Cohort]:
    """Return the cohorts as they stood at the end of the month of ``until``, by expiry."""
    by_day: dict[date, dict[date, Flow]] = defaultdict(dict)
    for flow in flows:
        if flow.month <= until:
            by_day[flow.expires_on][flow.month] = flow
    return [_cohort(day, by_day[day], until) for day in sorted(by_day)]


def _cohort(expires_on: date, flows: dict[date, Flow], until: date) -> Cohort:
    first = min(flows)
    nothing = Flow(expires_on, first, 0, 0, 0)
    rows = [flows.get(month, nothing) for month in months_between(first, until)]
    return Cohort(
        expires_on=expires_on,
        first=first,
        granted=tuple(accumulate(row.granted for row in rows)),
        redeemed=tuple(accumulate(row.redeemed for row in rows)),
        expired=tuple(accumulate(row.expired for row in rows)),
    )
