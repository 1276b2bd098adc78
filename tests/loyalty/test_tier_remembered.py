"""What the stairs remember of a member, what is missing on them, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from loyalty.programme import Downgrade, Level, Manual, Metric, TierRule, WindowKind
from loyalty.tiers import (
    Event,
    Facts,
    State,
    begin,
    next_check,
    open_at,
    progress_of,
    rebase,
    settle,
)
from tests.loyalty.stairs import JOINED, Story, stairs

JUNE = (6, 1)


def on(text: str) -> date:
    return date.fromisoformat(text)


def checked(member: Story, text: str) -> date | None:
    return next_check(member.rule, member.state, member.facts, on(text))


def test_all_that_is_remembered_of_somebody_brought_in_at_a_level():
    rule = stairs(WindowKind.ROLLING, rolling_months=12, review_on=JUNE)
    judged = replace(
        begin(rule, joined_on=JOINED, day=JOINED), judged_first=JOINED, judged_last=JOINED
    )

    assert open_at(rule, judged, "gold", on("2026-05-01")) == State(
        anchor_on=JOINED,
        reviewed_on=on("2026-05-01"),
        level="gold",
        own_level="gold",
        before_level="gold",
        kept_level="gold",
        kept_until=on("2026-05-31"),
    )
    assert open_at(rule, judged, "none", on("2026-05-01")).kept_until is None


def test_other_windows_begin_with_the_last_one_that_is_complete():
    member = Story(stairs(WindowKind.LIFETIME, grace_days=5))
    member.adds("2025-04-01", 300)
    member.adds("2026-04-28", -300, on="2025-04-01")
    assert member.state.grace_level == "gold"
    state = replace(member.state, kept_level="top", kept_until=on("2026-12-31"))

    rebased = State(
        anchor_on=JOINED,
        reviewed_on=on("2026-05-01"),
        level="gold",
        own_level="gold",
        before_level="gold",
    )
    assert rebase(stairs(WindowKind.ROLLING), state, on("2026-05-01")) == rebased
    assert rebase(stairs(), state, on("2026-05-01")) == replace(
        rebased, judged_first=on("2025-01-01"), judged_last=on("2025-12-31")
    )
    yearly = stairs(WindowKind.MEMBERSHIP_ANNIVERSARY)
    assert rebase(yearly, state, on("2026-05-01")) == replace(
        rebased, judged_first=JOINED, judged_last=on("2026-03-09")
    )


def test_all_that_is_remembered_of_years_of_her_own():
    member = Story(stairs(WindowKind.TIER_ANNIVERSARY))
    member.adds("2025-04-01", 60)
    member.adds("2025-06-01", 60)

    begun = State(
        anchor_on=on("2025-06-01"),
        reviewed_on=on("2025-06-01"),
        level="silver",
        own_level="silver",
        judged_first=JOINED,
        judged_last=on("2025-06-01"),
        before_level="base",
        kept_level="silver",
        kept_until=on("2026-05-31"),
    )
    assert member.state == begun
    member.adds("2025-06-03", -60, on="2025-06-01")
    undone = member.state
    assert (undone.anchor_on, undone.own_level, undone.kept_until) == (JOINED, "base", None)
    assert (undone.judged_first, undone.judged_last) == (None, None)


def test_a_review_finds_the_higher_of_its_own_day_and_today():
    rule = stairs(WindowKind.ROLLING, rolling_months=12, only_at_review=True, review_on=JUNE)
    member = Story(rule)
    member.adds("2025-06-01", 200)
    member.adds("2025-06-20", 100)

    assert member.on("2026-06-01", Event.REVIEW) == "gold", "silver today, gold the day before"


def test_a_step_a_day_from_the_highest_of_the_day_whatever_it_is_called():
    rule = stairs(WindowKind.ROLLING, rolling_months=12, downgrade=Downgrade.ONE_STEP)
    member = Story(rule)
    member.adds("2025-04-06", 300)

    assert member.on("2026-04-06") == "silver"
    assert (member.state.before_level, member.on("2026-04-06")) == ("gold", "silver")
    assert member.on("2026-04-07") == "base"
    assert member.on("2026-05-07") == "base"


def test_a_step_lands_on_what_is_deserved_where_that_is_higher():
    rule = stairs(WindowKind.ROLLING, rolling_months=12, downgrade=Downgrade.ONE_STEP)
    member = Story(rule)
    member.adds("2025-04-06", 600)
    member.adds("2025-05-06", 300)

    assert member.on("2026-04-06") == "gold"
    assert member.on("2026-04-20") == "gold"


@pytest.mark.parametrize(
    ("rule", "level", "missing", "keep"),
    [
        (stairs(manual=Manual.FIXED), "silver", 0, 0),
        (stairs(manual=Manual.FLOOR), "gold", 600, 0),
    ],
)
def test_what_is_missing_counts_from_the_level_that_is_shown(rule, level, missing, keep):
    member = Story(rule)
    member.state = replace(member.state, assigned_level="silver", assigned_until=on("2025-12-31"))
    member.adds("2025-04-02", 300)
    told = progress_of(rule, member.state, member.facts, on("2025-04-02"))

    assert (told.level, told.to_next_minor, told.to_keep_minor) == (level, missing, keep)


def test_beneath_the_lowest_level_there_is_nothing_to_keep():
    rule = TierRule((Level("first", 100), Level("second", 300)))
    state = begin(rule, joined_on=JOINED, day=JOINED)
    told = progress_of(rule, state, Facts(), JOINED)

    assert (told.level, told.next_level, told.to_next_minor) == ("none", "first", 100)
    assert (told.to_keep_minor, told.kept_until_on) == (0, None)
    state = settle(rule, state, Facts({"2025": 300}), JOINED)
    top = progress_of(rule, state, Facts({"2025": 300}), JOINED)
    assert (top.level, top.next_level, top.to_next_minor) == ("second", None, 0)
    assert next_check(TierRule(()), state, Facts(), JOINED) is None


def test_a_membership_year_is_told_by_her_own_days():
    member = Story(stairs(WindowKind.MEMBERSHIP_ANNIVERSARY))
    member.adds("2025-04-01", 300)
    member.adds("2026-03-10", 100)
    told = progress_of(member.rule, member.state, member.facts, on("2026-03-10"))

    assert (told.level, told.spend_minor, told.to_keep_minor) == ("gold", 100, 200)
    assert told.kept_until_on == on("2027-03-09")
    assert checked(member, "2026-03-10") == on("2027-03-10")


def test_what_runs_now_is_certain_until_the_review_after_it_is_complete():
    member = Story(stairs(review_on=(3, 1)))
    member.adds("2025-04-01", 300)
    told = progress_of(member.rule, member.state, member.facts, on("2025-04-01"))

    assert told.kept_until_on == on("2027-02-28"), "judged on 1 March 2026, lost a year later"


def test_somebody_looks_again_when_what_staff_gave_ends():
    member = Story(stairs(WindowKind.LIFETIME))
    member.state = replace(member.state, assigned_level="gold", assigned_until=on("2025-04-01"))

    assert checked(member, "2025-03-31") == on("2025-04-02")
    assert checked(member, "2025-04-01") == on("2025-04-02")
    assert checked(member, "2025-04-02") is None


def test_somebody_looks_again_when_grace_ends():
    member = Story(
        stairs(WindowKind.ROLLING, rolling_months=12, grace_days=10, only_at_review=True)
    )
    member.adds("2025-04-06", 300)
    member.on("2027-01-01", Event.REVIEW)

    assert member.state.grace_until == on("2027-01-10")
    assert checked(member, "2027-01-10") == on("2027-01-11")


@pytest.mark.parametrize(
    ("switches", "again"),
    [
        ({"only_at_review": True}, on("2026-01-01")),
        ({"reset_after_review": True}, on("2026-01-01")),
        ({"downgrade": Downgrade.NEVER}, None),
        ({}, on("2026-04-06")),
        ({"metric": Metric.ACTIVE_BALANCE}, on("2025-04-07")),
    ],
)
def test_when_a_rolling_level_may_change_by_itself(switches, again):
    member = Story(stairs(WindowKind.ROLLING, rolling_months=12, **switches))
    member.adds("2025-04-06", 300)
    member.state = replace(member.state, own_level="gold", level="gold", reviewed_on=JOINED)

    assert checked(member, "2025-04-06") == again


def test_the_next_fall_is_the_first_day_that_no_longer_deserves_the_level():
    member = Story(stairs(WindowKind.ROLLING, rolling_months=12))
    member.adds("2025-04-06", 50)
    member.adds("2025-04-08", 300)

    assert checked(member, "2025-04-08") == on("2026-04-08")
    assert progress_of(
        member.rule, member.state, member.facts, on("2025-04-08")
    ).kept_until_on == on("2026-04-07")
