"""When points lapse: calendar arithmetic that survives short months and leap years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.expiry import FOREVER, NEVER, Expiry, MonthDay, Purge, add_months, lapse_day

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
PRESET = Expiry(after_months=12, end_of="month")
IN_FEBRUARY = Expiry(purge=Purge(on=MonthDay(2, 29), earned_before=MonthDay(1, 1)))
AT_ONCE = Expiry(purge=Purge(on=MonthDay(7, 1), earned_before=MonthDay(7, 1)))
LAST_AUTUMN = Expiry(purge=Purge(on=MonthDay(3, 1), earned_before=MonthDay(10, 15)))


@pytest.mark.parametrize(
    ("rule", "earned_on", "gone_on"),
    [
        (PRESET, date(2026, 3, 6), date(2027, 4, 1)),
        (PRESET, date(2026, 3, 1), date(2027, 4, 1)),
        (PRESET, date(2026, 3, 31), date(2027, 4, 1)),
        (PRESET, date(2024, 2, 29), date(2025, 3, 1)),
        (PRESET, date(2026, 12, 31), date(2028, 1, 1)),
        (Expiry(after_months=12), date(2024, 2, 29), date(2025, 2, 28)),
        (Expiry(after_months=1), date(2026, 1, 31), date(2026, 2, 28)),
        (Expiry(after_days=365), date(2024, 2, 29), date(2025, 2, 28)),
        (Expiry(end_of="month"), date(2024, 2, 29), date(2024, 3, 1)),
        (Expiry(end_of="year"), date(2026, 12, 31), date(2027, 1, 1)),
        (FOREVER, date(2026, 1, 1), NEVER),
        (IN_FEBRUARY, date(2025, 12, 31), date(2026, 2, 28)),
        (IN_FEBRUARY, date(2026, 1, 1), date(2027, 2, 28)),
        (IN_FEBRUARY, date(2027, 3, 1), date(2028, 2, 29)),
        (AT_ONCE, date(2026, 6, 30), date(2026, 7, 1)),
        (AT_ONCE, date(2026, 7, 1), date(2027, 7, 1)),
        (LAST_AUTUMN, date(2025, 10, 14), date(2026, 3, 1)),
        (LAST_AUTUMN, date(2025, 10, 15), date(2027, 3, 1)),
        (LAST_AUTUMN, date(2026, 2, 1), date(2027, 3, 1)),
    ],
)
def test_the_first_day_without_the_points(rule, earned_on, gone_on):
    assert rule.expires_on(earned_on) == gone_on


@given(day=days, months=st.integers(0, 120))
def test_adding_months_lands_in_that_month_on_the_same_or_its_last_day(day, months):
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(earlier=days, span=st.integers(0, 400))
def test_points_earned_later_never_lapse_earlier(earlier, span):
    for rule in (PRESET, Expiry(after_days=30), Expiry(end_of="year")):
        later = earlier + timedelta(days=span)
        assert rule.expires_on(earlier) <= rule.expires_on(later)


@given(day=days)
def test_points_of_the_preset_last_at_least_twelve_months(day):
    gone = PRESET.expires_on(day)

    assert add_months(day, 12) < gone <= add_months(day, 14)
    assert gone.day == 1


def test_an_inclusive_end_leaves_the_day_itself_usable():
    today = date(2026, 3, 1)

    assert lapse_day(today, inclusive=False) == today
    assert lapse_day(today, inclusive=True) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("active_on", "gone_on"),
    [(date(2026, 1, 31), date(2026, 4, 30)), (date(2026, 2, 1), date(2026, 5, 1)), (None, NEVER)],
)
def test_the_day_on_which_an_idle_wallet_is_cleared(active_on, gone_on):
    assert Expiry(inactive_months=3).idle_on(active_on) == gone_on
    assert FOREVER.idle_on(active_on) == NEVER


@given(day=days, months=st.integers(1, 40))
def test_who_was_idle_since_then_is_cleared_and_nobody_else(day, months):
    rule = Expiry(inactive_months=months)
    since = rule.idle_since(day)

    assert rule.idle_on(since) <= day < rule.idle_on(since + timedelta(days=1))
    assert FOREVER.idle_since(day) == date.min
