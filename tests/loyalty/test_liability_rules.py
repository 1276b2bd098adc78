"""The contract liability: IFRS 15's own example, what is learned from finished cohorts, balance."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from loyalty.expiry import NEVER, add_months
from loyalty.liability import (
    Estimate,
    Flow,
    allocate,
    back_test,
    cohorts_of,
    estimate,
    journal,
    months_between,
    recognised,
    schedule,
)

JANUARY = date(2024, 1, 1)
VALUE = (1, 2)
"""Two points are worth one minor unit."""


def test_the_standards_own_example():
    """Source: IFRS 15, example 52, in the currency of the example, without its cents."""
    points = allocate(100_000, 9_500)
    assert points == 8_676
    first = recognised(points, 4_500, 9_500)
    assert first == 4_110
    second = recognised(points, 8_500, 9_700)
    assert second - first == 3_493


def year_of_cohorts(*, used_each_month: int, granted: int = 1200, months: int = 30) -> list[Flow]:
    """Return monthly cohorts that live a year; the same number of points is used every month."""
    flows = []
    for start in months_between(JANUARY, add_months(JANUARY, months - 1)):
        gone = add_months(start, 13)
        for age in range(13):
            month = add_months(start, age)
            flows.append(Flow(gone, month, granted if age == 0 else 0, used_each_month, 0))
        rest = granted - 13 * used_each_month
        flows.append(Flow(gone, gone, 0, 0, rest))
    return flows


def test_what_is_left_is_used_as_finished_cohorts_used_it():
    flows = year_of_cohorts(used_each_month=60)
    on = add_months(JANUARY, 24)
    said = estimate(cohorts_of(flows, until=on), on=on)
    assert said.closed == 12
    assert said.used_later(1140, 0) == 12 * 60
    assert said.used_later(1200 - 13 * 60, 12) == 0


def test_nothing_is_estimated_before_enough_cohorts_have_finished():
    flows = year_of_cohorts(used_each_month=60)
    on = add_months(JANUARY, 17)
    assert estimate(cohorts_of(flows, until=on), on=on) == Estimate((), 5)
    assert estimate(cohorts_of(flows, until=on), on=on).used_later(100, 3) == 100
    assert back_test(flows, on=on) is None


def test_nothing_is_estimated_before_anybody_used_any():
    on = add_months(JANUARY, 30)
    flows = year_of_cohorts(used_each_month=0)
    assert estimate(cohorts_of(flows, until=on), on=on).by_age == ()


def test_points_that_never_expire_never_break():
    flows = [Flow(NEVER, JANUARY, 1000, 0, 0)]
    cohorts = cohorts_of(flows, until=date(2040, 1, 1))
    assert estimate(cohorts, on=date(2040, 1, 1)).used_later(1000, 191) == 1000
    rows = schedule(flows, {JANUARY: 50_000}, value=VALUE, until=date(2026, 1, 1))
    assert rows[-1].closing_minor == rows[0].deferred_minor > 0


def test_an_estimate_made_a_year_ago_is_held_against_what_came():
    steady = back_test(year_of_cohorts(used_each_month=60), on=add_months(JANUARY, 36))
    assert steady is not None
    assert (steady.cohorts, steady.predicted) == (12, steady.used)
    fading = year_of_cohorts(used_each_month=60, months=24)
    late = add_months(JANUARY, 24)
    fading = [
        Flow(one.expires_on, one.month, one.granted, 0 if one.month >= late else one.redeemed, 0)
        for one in fading
    ]
    missed = back_test(fading, on=add_months(JANUARY, 36))
    assert missed is not None
    assert missed.predicted > missed.used


MONEY = st.integers(0, 50_000)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.lists(st.integers(0, 60), max_size=6)), max_size=9),
    st.lists(MONEY, min_size=9, max_size=9),
)
def test_the_liability_ends_at_zero_and_every_booking_balances(cohorts, paid):
    flows = []
    for number, (granted, uses) in enumerate(cohorts):
        start = add_months(JANUARY, number)
        gone, left = add_months(start, 7), granted
        flows.append(Flow(gone, start, granted, 0, 0))
        for age, use in enumerate(uses, start=1):
            used = min(use, left)
            left -= used
            flows.append(Flow(gone, add_months(start, age), 0, used, 0))
        flows.append(Flow(gone, gone, 0, 0, left))
    months = {add_months(JANUARY, number): amount for number, amount in enumerate(paid)}
    rows = schedule(flows, months, value=VALUE, until=add_months(JANUARY, 18))
    assert all(row.closing_minor >= 0 for row in rows)
    assert not rows or rows[-1].closing_minor == 0
    entries = journal(rows)
    assert sum(one.debit_minor for one in entries) == sum(one.credit_minor for one in entries)
