"""Windows without an end: what a review finds, what it remembers, and how far it lets fall."""

from __future__ import annotations

from datetime import date

import pytest

from loyalty.programme import Downgrade, Metric, WindowKind
from loyalty.tiers import Event, Facts, State, begin, next_check, progress_of, settle
from tests.loyalty.stairs import JOINED, Story, stairs

JUNE = (6, 1)


def rolling(**switches) -> Story:
    """Return somebody whose last twelve months count."""
    return Story(stairs(WindowKind.ROLLING, rolling_months=12, **switches))


def on(text: str) -> date:
    return date.fromisoformat(text)


def test_a_review_judges_the_months_that_ended_the_day_before_it():
    member = rolling(only_at_review=True, review_on=JUNE)
    member.adds("2025-06-01", 300)

    assert member.on("2026-06-01", Event.REVIEW) == "gold", "1 June a year ago counted on 31 May"
    assert member.on("2027-05-31", Event.REVIEW) == "gold"
    assert member.on("2027-06-01", Event.REVIEW) == "base"


def test_what_left_before_the_last_day_of_a_window_does_not_count_at_its_review():
    member = rolling(only_at_review=True, review_on=JUNE)
    member.adds("2025-05-31", 300)

    assert member.on("2026-05-31", Event.REVIEW) == "gold"
    assert member.on("2026-06-01") == "gold", "a look is no review"
    assert member.on("2026-06-01", Event.REVIEW) == "base"


def test_a_review_held_late_still_judges_its_own_day():
    member = rolling(only_at_review=True, review_on=JUNE)
    member.adds("2025-06-01", 100)

    assert member.on("2026-06-20", Event.REVIEW) == "silver"


def test_a_review_held_late_counts_what_came_since_as_well():
    member = rolling(only_at_review=True, review_on=JUNE)
    member.adds("2025-04-01", 900)
    member.adds("2026-06-10", 300)

    assert member.on("2026-06-20", Event.REVIEW) == "gold"


def test_several_reviews_that_nobody_held_are_one():
    member = rolling(only_at_review=True, review_on=JUNE, downgrade=Downgrade.ONE_STEP)
    member.adds("2025-04-01", 900)

    assert member.on("2028-06-05", Event.REVIEW) == "gold"
    assert member.state.reviewed_on == on("2028-06-05")
    assert member.on("2028-06-06", Event.REVIEW) == "gold"
    assert member.on("2029-06-01", Event.REVIEW) == "silver"


def test_without_a_day_of_its_own_the_job_reviews_at_new_year():
    member = rolling(only_at_review=True)
    member.adds("2025-04-01", 300)

    assert member.on("2026-01-01", Event.REVIEW) == "gold"
    assert member.on("2026-12-31", Event.REVIEW) == "gold"
    assert member.on("2027-01-01", Event.REVIEW) == "base"


def test_a_review_can_be_asked_for_once_a_day_where_no_day_is_named():
    member = rolling(only_at_review=True)
    member.adds("2025-04-01", 300)

    assert member.on("2026-03-31", Event.REQUESTED) == "gold"
    member.adds("2026-03-31", -300, on="2025-04-01")
    assert member.on("2026-03-31", Event.REQUESTED) == "gold", "today's review was held"
    assert member.on("2026-04-01", Event.REQUESTED) == "base"


def test_a_review_that_is_asked_for_waits_for_the_day_that_is_named():
    member = rolling(only_at_review=True, review_on=JUNE)
    member.adds("2025-04-01", 300)

    assert member.on("2026-05-20", Event.REQUESTED) == "gold"
    assert member.on("2026-06-01", Event.REQUESTED) == "base"


def test_a_review_without_waiting_judges_today_alone():
    member = rolling(review_on=JUNE)
    member.adds("2025-06-01", 300)

    assert member.on("2026-06-01", Event.REVIEW) == "base", "it left the window today"


def test_all_that_a_review_remembers():
    member = rolling(only_at_review=True, review_on=JUNE, downgrade=Downgrade.ONE_STEP)
    member.opened("top", "2025-04-01")

    assert member.state.kept_until == on("2025-05-31")
    member.on("2025-06-01", Event.REVIEW)
    assert member.state == State(
        anchor_on=JOINED,
        reviewed_on=on("2025-06-01"),
        level="gold",
        own_level="gold",
        before_level="top",
    )


def test_what_was_kept_for_somebody_ends_with_the_review():
    member = rolling(review_on=JUNE).opened("gold", "2025-04-01")

    assert member.on("2025-05-31") == "gold"
    assert member.on("2025-06-01", Event.REVIEW) == "base"


def test_only_a_review_that_resets_forgets_what_was_before():
    keeps, resets = rolling(review_on=JUNE), rolling(review_on=JUNE, reset_after_review=True)
    for member in (keeps, resets):
        member.adds("2025-05-01", 300)
        member.on("2025-06-01", Event.REVIEW)

    assert (keeps.state.credits_from, resets.state.credits_from) == (None, on("2025-06-01"))
    assert (keeps.on("2025-06-02"), resets.on("2025-06-02")) == ("gold", "base")


@pytest.mark.parametrize("downgrade", list(Downgrade))
def test_a_fall_that_waits_for_nothing_goes_as_far_as_the_rule_says(downgrade):
    member = rolling(downgrade=downgrade)
    member.adds("2025-04-06", 900)
    lands = {Downgrade.REQUALIFY: "base", Downgrade.ONE_STEP: "gold", Downgrade.NEVER: "top"}

    assert member.on("2026-04-06") == lands[downgrade]


def test_one_step_never_falls_past_what_is_deserved():
    member = rolling(downgrade=Downgrade.ONE_STEP)
    member.adds("2025-04-06", 600)
    member.adds("2025-04-07", 300)

    assert member.on("2026-04-06") == "gold"
    assert member.on("2026-04-07") == "silver"
    assert member.on("2026-04-08") == "base"


def test_one_step_a_day_counts_from_the_highest_of_the_day():
    member = rolling(downgrade=Downgrade.ONE_STEP)
    member.adds("2025-04-06", 900)

    assert member.on("2026-04-06") == "gold"
    assert member.adds("2026-04-06", 300) == "gold"
    assert member.adds("2026-04-06", -300) == "gold", "one step a day, whatever happens on it"
    assert member.state.before_level == "top"
    assert member.on("2026-04-07") == "silver"


def test_grace_counts_from_the_day_the_level_was_lost_not_from_the_next_look():
    member = rolling(grace_days=10)
    member.adds("2025-04-06", 300)
    member.adds("2025-04-20", 100)

    assert member.on("2026-04-15") == "gold"
    assert (member.state.grace_level, member.state.grace_until) == ("gold", on("2026-04-15"))
    assert member.on("2026-04-16") == "silver"
    assert (member.state.grace_level, member.state.grace_until) == ("none", None)
    assert member.on("2026-04-29") == "silver", "the days of grace of silver run from 20 April"
    assert member.on("2026-04-30") == "base"


def test_each_step_has_its_own_days_of_grace():
    member = rolling(grace_days=10, downgrade=Downgrade.ONE_STEP)
    member.adds("2025-04-06", 300)
    member.adds("2025-04-10", 600)

    assert member.on("2026-04-16") == "gold"
    assert (member.state.grace_level, member.state.grace_until) == ("gold", on("2026-04-19"))
    assert member.on("2026-04-20") == "silver"


def test_a_level_that_comes_back_in_its_days_of_grace_ends_them():
    member = rolling(grace_days=10)
    member.adds("2025-04-06", 300)
    member.on("2026-04-08")

    assert member.adds("2026-04-09", 300) == "gold"
    assert (member.state.grace_level, member.state.grace_until) == ("none", None)


def test_grace_of_a_return_counts_from_the_return():
    member = Story(stairs(WindowKind.LIFETIME, grace_days=10))
    member.adds("2025-04-06", 300)

    assert member.adds("2025-05-01", -300) == "gold"
    assert member.on("2025-05-10") == "gold"
    assert member.on("2025-05-11") == "base"


def test_grace_after_a_review_counts_from_the_review():
    member = rolling(only_at_review=True, review_on=JUNE, grace_days=10)
    member.adds("2025-05-20", 300)

    assert member.on("2026-06-03", Event.REVIEW) == "gold"
    assert member.on("2026-06-12") == "gold"
    assert member.on("2026-06-13") == "base"


@pytest.mark.parametrize(
    ("bought", "gone"),
    [("2025-08-31", "2026-03-01"), ("2025-08-30", "2026-03-01"), ("2025-08-28", "2026-02-28")],
)
def test_the_first_day_without_a_day_of_a_longer_month(bought, gone):
    member = Story(stairs(WindowKind.ROLLING, rolling_months=6))
    member.adds(bought, 300)

    assert next_check(member.rule, member.state, member.facts, on(bought)) == on(gone)


def test_a_balance_needs_no_day_of_anything():
    rule = stairs(metric=Metric.ACTIVE_BALANCE, grace_days=5)
    state = settle(rule, begin(rule, joined_on=JOINED, day=JOINED), Facts(balance=300), JOINED)

    state = settle(rule, state, Facts(balance=0), on("2025-04-01"))
    assert (state.level, state.grace_until) == ("gold", on("2025-04-05"))
    assert settle(rule, state, Facts(balance=0), on("2025-04-06")).level == "base"


def test_what_is_missing_in_a_rolling_window():
    member = rolling()
    member.adds("2025-04-06", 250)
    told = progress_of(member.rule, member.state, member.facts, on("2025-05-01"))

    assert (told.level, told.spend_minor, told.next_level) == ("silver", 250, "gold")
    assert (told.to_next_minor, told.to_keep_minor) == (50, 0)
    assert told.kept_until_on == on("2026-04-05")
