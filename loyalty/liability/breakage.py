"""How much of what is outstanding will ever be used, learned from points that have run out.

For each age in months: of what the finished cohorts still held at that age, which part was used
later. Nothing is assumed about points without an expiry, before enough cohorts have finished, or
before anybody used any: then everything is expected to be used, so that no income comes too early.

Source: IFRS 15, paragraphs B44 to B47 and 56 to 58.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from loyalty.expiry import add_months
from loyalty.liability.cohorts import Cohort, Flow, cohorts_of
from loyalty.programme import Ratio

FEWEST_CLOSED = 6
"""Finished cohorts below which nothing is estimated: half a year of monthly cohorts."""
MOST_CLOSED = 24
"""The newest finished cohorts that count: habits of more than two years ago do not."""
BACK = 12
"""How many months back the test of an estimate stands."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The part of outstanding points that is used later, by their age in months.

    ``closed`` says from how many finished cohorts; without enough of them ``by_age`` is empty.
    """

    by_age: tuple[Ratio, ...]
    closed: int

    def used_later(self, points: int, age: int) -> int:
        """Return how many of ``points`` outstanding at ``age`` will be used, half up."""
        if not self.by_age:
            return points
        part, whole = self.by_age[min(age, len(self.by_age) - 1)]
        return (2 * points * part + whole) // (2 * whole)


@dataclass(frozen=True, slots=True)
class BackTest:
    """What the estimate of ``month`` said of the cohorts that have finished since, and the truth.

    Points; ``outstanding`` is what those cohorts held then.
    """

    month: date
    outstanding: int
    predicted: int
    used: int
    cohorts: int


def estimate(cohorts: Iterable[Cohort], *, on: date) -> Estimate:
    """Return the estimate from the cohorts that had run out on ``on``."""
    closed = [one for one in cohorts if one.closed(on) and one.granted[-1] > 0][-MOST_CLOSED:]
    if len(closed) < FEWEST_CLOSED or not any(one.redeemed[-1] > 0 for one in closed):
        return Estimate((), len(closed))
    by_age: list[Ratio] = []
    for age in range(max(one.age for one in closed) + 1):
        held = sum(one.left(age) for one in closed if age <= one.age)
        later = sum(_used_after(one, age) for one in closed if age <= one.age)
        if held > 0:
            by_age.append((min(held, later), held))
    return Estimate(tuple(by_age), len(closed))


def back_test(flows: Sequence[Flow], *, on: date) -> BackTest | None:
    """Return how the estimate made ``BACK`` months before ``on`` has fared.

    ``None`` when there was nothing to estimate from then, or no cohort has finished since.
    """
    then = add_months(on, -BACK)
    as_known = cohorts_of(flows, until=then)
    said = estimate(as_known, on=then)
    if not said.by_age:
        return None
    now = {one.expires_on: one for one in cohorts_of(flows, until=on)}
    judged = [one for one in as_known if not one.closed(then) and now[one.expires_on].closed(on)]
    judged = [one for one in judged if one.left(one.age) > 0]
    if not judged:
        return None
    return BackTest(
        month=then,
        outstanding=sum(one.left(one.age) for one in judged),
        predicted=sum(said.used_later(one.left(one.age), one.age) for one in judged),
        used=sum(_used_after(now[one.expires_on], one.age, one.left(one.age)) for one in judged),
        cohorts=len(judged),
    )


def _used_after(cohort: Cohort, age: int, most: int | None = None) -> int:
    """Return what was used after ``age`` of what was left then; later grants are not counted."""
    held = cohort.left(age) if most is None else most
    return min(held, max(0, cohort.redeemed[-1] - cohort.redeemed[age]))
