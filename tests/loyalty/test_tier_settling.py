"""Where a member stands, folded over her days: every window, metric and way to fall."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from loyalty.programme import Downgrade, Manual, Metric, WindowKind
from loyalty.tiers import Event, Facts, begin, next_check, progress_of, settle
from tests.loyalty.stairs import JOINED, Story, stairs


def test_a_year_secures_the_next_and_no_more():
    member = Story(stairs())

    assert member.adds("2025-04-01", 300) == "gold"
    assert member.on("2026-12-31") == "gold"
    assert member.on("2027-01-01") == "base"


def test_one_step_falls_one_level_at_each_review():
    member = Story(stairs(downgrade=Downgrade.ONE_STEP))

    assert member.adds("2025-04-01", 900) == "top"
    assert member.on("2026-12-31") == "top"
    assert [member.on(f"{year}-01-01") for year in (2027, 2028, 2029)] == ["gold", "silver", "base"]


def test_reviews_nobody_looked_at_are_held_all_the_same():
    member = Story(stairs(downgrade=Downgrade.ONE_STEP))
    member.adds("2025-04-01", 900)

    assert member.on("2028-06-01") == "silver"


def test_never_falls_neither_by_review_nor_by_return():
    member = Story(stairs(downgrade=Downgrade.NEVER))
    member.adds("2025-04-01", 900)

    assert member.adds("2025-04-02", -900, on="2025-04-01") == "top"
    assert member.on("2031-01-01") == "top"


@pytest.mark.parametrize("downgrade", [Downgrade.REQUALIFY, Downgrade.ONE_STEP])
def test_a_return_undoes_a_promotion_even_into_a_closed_year(downgrade):
    member = Story(stairs(downgrade=downgrade))
    member.adds("2025-04-01", 900)

    assert member.adds("2025-04-05", -900, on="2025-04-01") == "base"
    member.adds("2025-12-30", 300)
    assert member.on("2026-01-10") == "gold"
    after = {Downgrade.REQUALIFY: "base", Downgrade.ONE_STEP: "silver"}
    assert member.adds("2026-01-20", -300, on="2025-12-30") == after[downgrade]


def test_when_only_reviews_lower_a_return_and_a_new_year_wait_for_the_job():
    member = Story(stairs(only_at_review=True))
    member.adds("2025-04-01", 300)

    assert member.adds("2025-04-05", -300, on="2025-04-01") == "gold"
    assert member.on("2026-02-01") == "gold"
    assert member.on("2026-02-01", Event.REVIEW) == "base"


def test_a_review_in_march_judges_the_year_that_is_complete():
    member = Story(stairs(review_on=(3, 1)))
    member.adds("2025-04-01", 300)
    member.adds("2026-04-01", 100)

    assert member.on("2027-02-28") == "gold"
    assert member.on("2027-03-01") == "silver"


def test_a_review_on_the_last_day_takes_its_own_year_as_complete():
    member = Story(stairs(review_on=(12, 31)))
    member.adds("2025-04-01", 300)

    assert member.on("2026-12-30") == "gold"
    assert member.on("2026-12-31") == "base"


def test_the_end_of_a_year_does_not_cost_what_awaits_its_review():
    member = Story(stairs(review_on=(3, 1)))
    member.adds("2025-04-01", 300)

    assert member.on("2026-01-15") == "gold"
    assert member.on("2026-03-01") == "gold"


def test_a_rolling_window_holds_a_day_for_its_months():
    member = Story(stairs(WindowKind.ROLLING, rolling_months=12))

    assert member.adds("2025-04-06", 300) == "gold"
    assert next_check(member.rule, member.state, member.facts, date(2025, 4, 6)) == date(2026, 4, 6)
    assert member.on("2026-04-05") == "gold"
    assert member.on("2026-04-06") == "base"


def test_a_rolling_window_ends_after_the_shorter_months_too():
    member = Story(stairs(WindowKind.ROLLING, rolling_months=6))
    member.adds("2025-08-31", 300)

    assert member.on("2026-02-28") == "gold"
    assert member.on("2026-03-01") == "base"


def test_a_rolling_window_falls_one_step_a_day():
    member = Story(stairs(WindowKind.ROLLING, rolling_months=12, downgrade=Downgrade.ONE_STEP))
    member.adds("2025-04-06", 900)

    assert [member.on("2026-04-06"), member.on("2026-04-06")] == ["gold", "gold"]
    assert next_check(member.rule, member.state, member.facts, date(2026, 4, 6)) == date(2026, 4, 7)
    assert member.on("2026-05-01") == "silver"


def test_a_membership_year_runs_from_the_day_she_joined():
    member = Story(stairs(WindowKind.MEMBERSHIP_ANNIVERSARY), joined_on=date(2024, 2, 29))

    assert member.adds("2025-02-27", 300) == "gold"
    assert member.adds("2025-02-28", 100) == "gold"
    assert member.on("2026-02-27") == "gold"
    assert member.on("2026-02-28") == "silver"
    assert member.on("2027-02-28") == "base"


def test_a_tier_year_runs_from_the_day_the_level_was_reached():
    member = Story(stairs(WindowKind.TIER_ANNIVERSARY))

    assert member.adds("2025-04-01", 60) == "base"
    assert member.adds("2025-06-01", 60) == "silver"
    assert member.state.anchor_on == date(2025, 6, 1)
    assert member.on("2026-05-31") == "silver"
    assert member.on("2026-06-01") == "base"


def test_a_tier_year_is_renewed_when_the_level_is_deserved_again():
    member = Story(stairs(WindowKind.TIER_ANNIVERSARY))
    member.adds("2025-06-01", 100)
    member.adds("2026-02-01", 150)

    assert member.on("2027-05-31") == "silver"
    assert member.on("2027-06-01") == "base"


def test_a_return_gives_a_tier_year_its_old_beginning_back():
    member = Story(stairs(WindowKind.TIER_ANNIVERSARY))
    member.adds("2025-04-01", 60)
    member.adds("2025-06-01", 60)

    assert member.adds("2025-06-03", -60, on="2025-06-01") == "base"
    assert member.adds("2025-06-04", 40) == "silver"


def test_a_lifetime_counts_everything():
    member = Story(stairs(WindowKind.LIFETIME))
    member.adds("2025-04-01", 60)

    assert member.adds("2035-04-01", 40) == "silver"
    assert member.on("2090-01-01") == "silver"


def test_a_balance_lifts_and_lets_fall_at_once():
    rule = stairs(metric=Metric.ACTIVE_BALANCE)
    state = begin(rule, joined_on=JOINED, day=JOINED)

    levels = []
    for balance in (300, 299, 900):
        state = settle(rule, state, Facts(balance=balance), JOINED)
        levels.append(state.level)
    assert levels == ["gold", "silver", "top"]


def test_days_of_grace_hold_a_level_that_a_review_took():
    member = Story(stairs(grace_days=30))
    member.adds("2025-04-01", 300)

    assert member.on("2027-01-01") == "gold"
    assert member.on("2027-01-30") == "gold"
    assert member.on("2027-01-31") == "base"


def test_what_is_reached_in_the_days_of_grace_saves_the_level():
    member = Story(stairs(grace_days=30))
    member.adds("2025-04-01", 300)
    member.adds("2026-04-01", 250)
    member.on("2027-01-01")

    assert member.adds("2027-01-20", 50) == "gold"
    assert member.on("2027-12-31") == "gold"
    assert member.on("2028-02-15") == "base"


def test_days_of_grace_follow_the_day_a_rolling_window_lost_the_level():
    member = Story(stairs(WindowKind.ROLLING, rolling_months=12, grace_days=10))
    member.adds("2025-04-06", 300)

    assert member.on("2026-04-12") == "gold"
    assert member.on("2026-04-15") == "gold"
    assert member.on("2026-04-16") == "base"


def test_days_of_grace_when_only_reviews_lower():
    member = Story(stairs(only_at_review=True, grace_days=30))
    member.adds("2025-04-01", 300)

    assert member.on("2027-01-01", Event.REVIEW) == "gold"
    assert member.on("2027-02-15") == "base"
    assert member.adds("2027-03-01", 100) == "silver"
    assert member.adds("2027-03-02", -100, on="2027-03-01") == "silver"


@pytest.mark.parametrize(
    ("manual", "levels"),
    [
        (Manual.FLOOR, ["silver", "gold", "base"]),
        (Manual.FIXED, ["silver", "silver", "base"]),
        (Manual.IGNORED, ["base", "gold", "base"]),
    ],
)
def test_what_staff_assigned_is_a_floor_or_fixed_or_nothing(manual, levels):
    member = Story(stairs(manual=manual))
    until = date(2027, 6, 30)
    member.state = replace(member.state, assigned_level="silver", assigned_until=until)

    assert [member.on("2025-04-01"), member.adds("2025-04-02", 300), member.on("2027-07-01")] == (
        levels
    )


def test_a_review_that_resets_starts_counting_anew():
    member = Story(stairs(WindowKind.LIFETIME, reset_after_review=True, review_on=(7, 1)))
    member.adds("2025-04-01", 300)

    assert member.on("2025-07-01", Event.REVIEW) == "gold"
    assert member.on("2025-07-02") == "base"
    assert member.adds("2025-08-01", 100) == "silver"


def test_a_reset_leaves_what_the_review_secured():
    member = Story(stairs(reset_after_review=True))
    member.adds("2025-04-01", 300)

    assert member.on("2026-06-01", Event.REVIEW) == "gold"
    assert member.on("2027-01-01", Event.REVIEW) == "base"


@pytest.mark.parametrize("window", list(WindowKind))
def test_somebody_brought_in_at_a_level_keeps_it_until_the_next_review(window):
    member = Story(stairs(window, rolling_months=12)).opened("gold", "2026-05-01")

    assert member.on("2026-06-01") == "gold"
    assert member.on("2028-07-01", Event.REQUESTED) == "base"


def test_dates_of_certainty_without_a_fixed_end():
    rolling = Story(stairs(WindowKind.ROLLING, rolling_months=12))
    rolling.adds("2025-04-06", 300)
    progress = progress_of(rolling.rule, rolling.state, rolling.facts, date(2025, 4, 6))

    assert (progress.kept_until_on, progress.to_next_minor) == (date(2026, 4, 5), 600)
