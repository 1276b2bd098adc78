"""The stairs, whatever happens on them: laziness, idempotence, and models to agree with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from loyalty.programme import Downgrade, TierRule, WindowKind
from loyalty.tiers import (
    is_plain,
    next_check,
    progress_of,
    settle,
    window_at,
)
from tests.loyalty.stairs import JOINED, STAIRS, Story, stairs
from tests.loyalty.yearly import Spend, progress_on, standing_on

ENDLESS = (WindowKind.ROLLING, WindowKind.LIFETIME)
days = st.integers(0, 1500).map(lambda number: JOINED + timedelta(days=number))
credits_ = st.lists(st.tuples(days, st.integers(1, 400)), max_size=12)
rules = st.builds(
    stairs,
    st.sampled_from(list(WindowKind)),
    rolling_months=st.sampled_from([1, 6, 12]),
    downgrade=st.sampled_from([Downgrade.REQUALIFY, Downgrade.NEVER, Downgrade.ONE_STEP]),
    review_on=st.sampled_from([None, (1, 1), (3, 1), (12, 31), (2, 29)]),
    grace_days=st.sampled_from([0, 20]),
    only_at_review=st.booleans(),
    reset_after_review=st.booleans(),
)

SLOW_FALL = stairs(
    WindowKind.ROLLING, rolling_months=12, downgrade=Downgrade.ONE_STEP, grace_days=20
)
TWO_DAYS = [(JOINED, 1), (JOINED + timedelta(days=1), 299)]
"""Gold is lost a day before silver is: on the day that gold's grace ends, silver's still runs."""


@settings(max_examples=40, deadline=None)
@given(rule=rules, told=credits_, day=days)
@example(rule=SLOW_FALL, told=TWO_DAYS, day=date(2026, 3, 30))
def test_settling_again_changes_nothing(rule, told, day):
    member = _told(rule, told, until=day)
    again = settle(rule, member.state, member.facts, day)

    assert again == member.state


@settings(max_examples=40, deadline=None)
@given(rule=rules, told=credits_, day=days)
def test_before_the_next_check_nothing_changes_by_itself(rule, told, day):
    member = _told(rule, told, until=day)
    check = next_check(rule, member.state, member.facts, day)
    assume(check is None or check > day)
    last = (check or day + timedelta(days=800)) - timedelta(days=1)

    assert settle(rule, member.state, member.facts, last).level == member.state.level


@settings(max_examples=40, deadline=None)
@given(
    window=st.sampled_from([one for one in WindowKind if one is not WindowKind.TIER_ANNIVERSARY]),
    told=credits_,
    day=days,
)
def test_straight_falls_follow_from_the_windows_alone(window, told, day):
    rule = stairs(window, rolling_months=7)
    member = _told(rule, told, until=day)

    assert member.state.level == _deserved(rule, told, day)


@settings(max_examples=100, deadline=None)
@given(
    told=st.lists(st.tuples(days, st.integers(0, 400)), max_size=12),
    day=days,
    assigned=st.sampled_from(["none", "silver", "gold", "lost"]),
    until=st.none() | days,
)
def test_the_plain_rule_is_two_calendar_years(told, day, assigned, until):
    rule = stairs(review_on=(1, 1))
    assert is_plain(rule)
    member = Story(rule)
    member.state = replace(member.state, assigned_level=assigned, assigned_until=until)
    for on, amount in sorted(told, key=lambda one: one[0]):
        if on <= day:
            member.adds(on.isoformat(), amount)
    member.on(day.isoformat())

    this, previous = (member.credits.get(str(year), 0) for year in (day.year, day.year - 1))
    spend = Spend(this, previous, assigned, until)
    standing, progress = standing_on(rule, day, spend), progress_on(rule, day, spend)
    state = member.state
    assert (state.level, state.kept_level, state.kept_until) == (
        standing.level,
        standing.kept_level,
        standing.kept_until,
    )
    assert progress_of(rule, state, member.facts, day) == progress


def _told(rule: TierRule, told: list[tuple[date, int]], *, until: date) -> Story:
    member = Story(rule)
    for day, amount in sorted(told):
        if day <= until:
            member.adds(day.isoformat(), amount)
    member.on(until.isoformat())
    return member


def _deserved(rule: TierRule, told: list[tuple[date, int]], today: date) -> str:
    """Return the level that this window and the one before deserve, read off the days."""

    def level_of(first: date, last: date) -> int:
        amount = sum(amount for day, amount in told if first <= day <= min(last, today))
        return max((rank for rank, one in enumerate(STAIRS) if amount >= one.from_minor), default=0)

    window = window_at(rule, today, anchor=JOINED)
    ranks = [level_of(window.first, window.last)]
    if rule.window not in ENDLESS:
        before = window_at(rule, window.first - timedelta(days=1), anchor=JOINED)
        ranks.append(level_of(before.first, before.last))
    return STAIRS[max(ranks)].id
