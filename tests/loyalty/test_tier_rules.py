"""The stairs: a year's spend deserves a level for that year and the next."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.compiling import compile_programme
from loyalty.presets import preset_document
from loyalty.programme import TierRule
from loyalty.tiers import level_for
from loyalty.values import NO_TIER, ProgrammeVersionId
from loyalty.vouchers import counted_spend, vouchers_due
from tests.loyalty.yearly import Spend, period_of, previous_period, progress_on, standing_on

PRESET = compile_programme(
    preset_document("three-tier-grocer"), version_id=ProgrammeVersionId("pgv_test")
)
STAIRS = PRESET.tiers
DAY = date(2026, 6, 1)
END_OF_YEAR, END_OF_NEXT = date(2026, 12, 31), date(2027, 12, 31)
spends = st.integers(0, 1_200_000)


@pytest.mark.parametrize(
    ("spend", "level"),
    [
        (0, "base"),
        (299_999, "base"),
        (300_000, "gold"),
        (799_999, "gold"),
        (800_000, "platinum"),
        (99_999_999, "platinum"),
        (-1, NO_TIER),
    ],
)
def test_a_level_is_reached_when_its_threshold_is(spend, level):
    assert level_for(STAIRS, spend) == level


@pytest.mark.parametrize(
    ("this", "previous", "level", "until"),
    [
        (0, 0, "base", None),
        (300_000, 0, "gold", END_OF_NEXT),
        (0, 300_000, "gold", END_OF_YEAR),
        (300_000, 300_000, "gold", END_OF_NEXT),
        (299_999, 800_000, "platinum", END_OF_YEAR),
        (300_000, 800_000, "platinum", END_OF_YEAR),
        (800_000, 0, "platinum", END_OF_NEXT),
    ],
)
def test_a_level_is_certain_until_the_end_of_the_year_after_the_one_that_earned_it(
    this, previous, level, until
):
    progress = progress_on(STAIRS, DAY, Spend(this, previous))

    assert (progress.level, progress.kept_until_on) == (level, until)


def test_what_is_missing_to_reach_and_to_keep():
    progress = progress_on(STAIRS, DAY, Spend(293_800, 300_000))

    assert (progress.level, progress.next_level) == ("gold", "platinum")
    assert (progress.to_next_minor, progress.to_keep_minor) == (506_200, 6_200)


def test_at_the_top_there_is_nothing_above():
    progress = progress_on(STAIRS, DAY, Spend(900_000, 0))

    assert (progress.next_level, progress.to_next_minor, progress.to_keep_minor) == (None, 0, 0)


@given(this=spends, previous=spends, more=st.integers(0, 900_000))
def test_more_spend_never_lowers_a_level(this, previous, more):
    before = standing_on(STAIRS, DAY, Spend(this, previous)).level
    after = standing_on(STAIRS, DAY, Spend(this + more, previous)).level

    assert STAIRS.rank(after) >= STAIRS.rank(before)


@given(spend=spends)
def test_a_level_that_was_earned_holds_all_of_the_next_year_and_no_longer(spend):
    earned = level_for(STAIRS, spend)

    assert standing_on(STAIRS, date(2027, 12, 31), Spend(0, spend)).level == earned
    assert standing_on(STAIRS, date(2028, 1, 1), Spend(0, 0)).level == "base"


@given(this=spends, previous=spends)
def test_spending_what_is_missing_is_enough(this, previous):
    progress = progress_on(STAIRS, DAY, Spend(this, previous))

    kept = progress_on(STAIRS, DAY, Spend(this + progress.to_keep_minor, previous))
    assert kept.level == progress.level
    assert kept.to_keep_minor == 0
    reached = progress_on(STAIRS, DAY, Spend(this + progress.to_next_minor, previous))
    assert reached.level == (progress.next_level or progress.level)


def test_staff_can_assign_a_floor_until_a_day():
    floor = Spend(0, 0, "gold", date(2026, 6, 30))

    assert standing_on(STAIRS, date(2026, 6, 30), floor).level == "gold"
    assert standing_on(STAIRS, date(2026, 7, 1), floor).level == "base"
    assert progress_on(STAIRS, DAY, floor).kept_until_on == date(2026, 6, 30)
    assert progress_on(STAIRS, DAY, Spend(0, 0, "gold")).kept_until_on is None
    assert standing_on(STAIRS, DAY, Spend(900_000, 0, "gold")).level == "platinum"
    assert standing_on(STAIRS, DAY, Spend(0, 0, "titanium")).level == "base"


def test_without_stairs_everybody_stands_on_none():
    progress = progress_on(TierRule(), DAY, Spend(500_000, 500_000))

    assert (progress.level, progress.next_level, progress.kept_until_on) == (NO_TIER, None, None)


def test_windows_are_calendar_years():
    assert period_of(date(2024, 2, 29)) == "2024"
    assert previous_period("2024") == "2023"


@given(purchases=st.lists(st.integers(0, 40_000), max_size=20))
def test_vouchers_follow_the_cumulated_spend_with_carry_over(purchases):
    rule = PRESET.vouchers
    assert rule is not None
    spend = issued = 0
    for basis in purchases:
        spend += counted_spend(rule, basis)
        issued += max(0, vouchers_due(rule, spend_minor=spend, issued=issued))

    assert issued == sum(purchases) // 10_000


def test_without_carry_over_each_receipt_stands_for_itself():
    rule = PRESET.vouchers
    assert rule is not None
    own = type(rule)(10_000, 100, carry_over=False)

    assert [counted_spend(own, basis) for basis in (9_999, 10_000, 25_000)] == [0, 10_000, 20_000]


def test_vouchers_that_run_ahead_are_a_debt():
    rule = PRESET.vouchers
    assert rule is not None
    assert vouchers_due(rule, spend_minor=9_999, issued=2) == -2
    assert vouchers_due(rule, spend_minor=30_000, issued=2) == 1
