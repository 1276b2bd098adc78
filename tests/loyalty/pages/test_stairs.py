"""The flight of levels: never drawn higher than it was climbed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.compiling import compile_programme
from loyalty.pages.lasting import last_usable_day
from loyalty.pages.stairs import WHOLE_BP, stairs_of
from loyalty.values import ProgrammeVersionId
from tests.loyalty.pages.programmes import PRESET
from tests.loyalty.yearly import Spend, progress_on

TODAY = date(2026, 3, 10)
GROCER = compile_programme(PRESET, version_id=ProgrammeVersionId("pgv_1"))


def _stairs(this_minor, previous_minor=0, language="en"):
    tier = progress_on(GROCER.tiers, TODAY, Spend(this_minor, previous_minor))
    found = stairs_of(GROCER, tier, language)
    assert found is not None
    return found


def test_each_landing_says_what_it_takes():
    landings = [(one.label, one.text) for one in _stairs(0).levels]
    assert landings == [("Base", ""), ("Gold", "from €3,000.00"), ("Platinum", "from €8,000.00")]


@pytest.mark.parametrize(
    ("this_minor", "previous_minor", "here", "progress_bp"),
    [
        (0, 0, 0, 0),
        (150_000, 0, 0, 5_000),
        (299_999, 0, 0, 9_999),
        (300_000, 0, 1, 0),
        (550_000, 0, 1, 5_000),
        (800_000, 0, 2, 0),
        (100_000, 350_000, 1, 0),
    ],
)
def test_she_stands_where_her_spend_put_her(this_minor, previous_minor, here, progress_bp):
    stairs = _stairs(this_minor, previous_minor)
    assert (stairs.here, stairs.progress_bp) == (here, progress_bp)


@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_the_last_step_is_drawn_only_when_the_level_is_reached(this_minor, previous_minor):
    stairs = _stairs(this_minor, previous_minor)
    assert 0 <= stairs.progress_bp < WHOLE_BP
    assert 0 <= stairs.here < len(stairs.levels)


def test_both_languages_say_the_same():
    assert _stairs(293_800).sentence == "€62.00 more of purchases to reach Gold"
    french = _stairs(293_800, language="fr").sentence.replace("\u00a0", " ")
    assert french == "Encore 62,00 € d’achats pour passer Or"


def test_one_level_is_no_flight():
    one = replace(GROCER, tiers=replace(GROCER.tiers, levels=GROCER.tiers.levels[:1]))
    assert stairs_of(one, progress_on(one.tiers, TODAY, Spend(0, 0)), "en") is None


def test_nothing_can_be_lost_on_the_lowest_step():
    assert _stairs(10_000).kept == ""


@pytest.mark.parametrize(
    ("inclusive", "last"), [(False, date(2026, 3, 31)), (True, date(2026, 4, 1))]
)
def test_the_last_day_of_use_is_the_one_before_it_ends(inclusive, last):
    assert last_usable_day(date(2026, 4, 1), inclusive=inclusive) == last


def test_what_never_ends_has_no_last_day():
    assert last_usable_day(date.max, inclusive=False) is None
