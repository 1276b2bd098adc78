"""Local windows, quiet hours, holidays and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.timing import (
    EMAIL_WINDOW,
    SMS_WINDOW,
    Window,
    french_holidays,
    lawful,
    may_leave,
    next_allowed,
    to_utc,
)
from campaigns.values import Channel

PARIS = "Europe/Paris"
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)


def paris(text):
    return to_utc(datetime.fromisoformat(text), PARIS)


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2026-07-01T10:00", "2026-07-01T08:00+00:00"),
        ("2026-12-01T10:00", "2026-12-01T09:00+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:30+00:00"),  # skipped by the clocks: 03:30
        ("2026-03-29T01:59", "2026-03-29T00:59+00:00"),
        ("2026-03-29T03:00", "2026-03-29T01:00+00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30+00:00"),  # shown twice: the first
        ("2026-10-25T01:59", "2026-10-24T23:59+00:00"),
        ("2026-10-25T03:00", "2026-10-25T02:00+00:00"),
    ],
)
def test_wall_time_becomes_an_instant_once_on_every_day(wall, instant):
    assert paris(wall) == datetime.fromisoformat(instant)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),  # Monday, the window opens
        ("2026-11-23T19:59", "2026-11-23T19:59"),
        ("2026-11-23T20:00", "2026-11-24T10:00"),  # closed is closed
        ("2026-11-23T09:59", "2026-11-23T10:00"),
        ("2026-11-21T21:00", "2026-11-23T10:00"),  # Saturday night waits over Sunday
        ("2026-11-10T21:00", "2026-11-12T10:00"),  # Armistice Day in between
        ("2026-12-24T20:00", "2026-12-26T10:00"),  # Christmas
        ("2026-04-04T20:30", "2026-04-07T10:00"),  # Easter Sunday and Monday
        ("2026-10-24T23:00", "2026-10-26T10:00"),  # the night of 25 hours
        ("2026-03-28T22:00", "2026-03-30T10:00"),  # the night of 23 hours
    ],
)
def test_an_sms_leaves_between_ten_and_eight_on_working_days(now, leaves):
    assert next_allowed(paris(now), SMS_WINDOW, PARIS) == paris(leaves)


def test_an_email_waits_for_the_morning_but_not_for_monday():
    assert next_allowed(paris("2026-11-21T23:30"), EMAIL_WINDOW, PARIS) == paris("2026-11-22T08:00")


@pytest.mark.parametrize("night", ["2026-10-25T00:00", "2026-03-29T00:00"])
def test_a_window_inside_the_changed_hour_stays_inside_it(night):
    window = Window(opens=time(2), closes=time(4))
    start = paris(night)
    for minutes in range(0, 8 * 60, 5):
        now = start + timedelta(minutes=minutes)
        leaves = next_allowed(now, window, PARIS)
        wall = leaves.astimezone(ZoneInfo(PARIS)).time()
        assert leaves >= now
        assert time(2) <= wall < time(4)


@given(
    now=st.datetimes(
        min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2032, 1, 1),  # noqa: DTZ001 - the same
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(ZONES),
    window=st.sampled_from([SMS_WINDOW, EMAIL_WINDOW]),
)
def test_nothing_ever_leaves_outside_its_window_and_nothing_waits_longer_than_needed(
    now, zone, window
):
    leaves = next_allowed(now, window, zone)
    wall = leaves.astimezone(ZoneInfo(zone))

    assert leaves >= now
    assert window.opens <= wall.time() < window.closes
    assert wall.weekday() in window.days
    assert window.on_holidays or wall.date() not in french_holidays(wall.year)
    if leaves > now:
        assert not may_leave(now, window, zone)
        assert not may_leave(leaves - timedelta(seconds=1), window, zone)


def test_no_window_lifts_the_night_the_sunday_or_the_holiday_for_sms():
    always = Window(opens=time(0), closes=time(23, 59))

    cut = lawful(always, Channel.SMS)

    assert (cut.opens, cut.closes) == (time(8), time(22))
    assert 6 not in cut.days
    assert not cut.on_holidays
    assert lawful(always, Channel.EMAIL) == always


def test_a_window_only_at_night_is_refused_for_sms():
    with pytest.raises(ValueError, match="opens before it closes"):
        lawful(Window(opens=time(1), closes=time(5)), Channel.SMS)


def test_a_window_that_never_opens_is_an_error_and_not_an_endless_wait():
    closed = Window(opens=time(10), closes=time(11), days=frozenset({6}), on_holidays=True)
    with pytest.raises(ValueError, match="opens before it closes"):
        lawful(closed, Channel.SMS)


@pytest.mark.parametrize(
    ("year", "easter_monday"),
    [
        (2024, "2024-04-01"),
        (2025, "2025-04-21"),
        (2026, "2026-04-06"),
        (2027, "2027-03-29"),
        (2038, "2038-04-26"),  # the latest Easter there is
        (2285, "2285-03-23"),  # the earliest
    ],
)
def test_eleven_holidays_with_easter_where_the_church_puts_it(year, easter_monday):
    days = french_holidays(year)
    assert date.fromisoformat(easter_monday) in days
    assert date(year, 7, 14) in days
    assert len(days) in {10, 11}  # Ascension may fall on 1 or 8 May
