"""Who may have which offer, and why not: every slug has its case."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.values import LineKind
from offers.eligibility import (
    Candidate,
    Missing,
    Shopper,
    Used,
    Why,
    build_index,
    candidates,
    enough,
    is_eligible,
    room,
    takes_offers,
    when_and_where,
    who,
)
from tests.offers.build import TODAY, basket, line, live, money_offers, offer, some_lines

NOON = time(12)


def at(one, *, on=TODAY, clock=NOON, store="lyon"):
    return when_and_where(one, on=on, at=clock, store_id=store)


def test_both_ends_of_the_dates_belong_to_them():
    spring = offer(**{"from": "2026-03-06", "until": "2026-03-08"})
    days = [date(2026, 3, day) for day in range(5, 10)]
    outside = Why.OUTSIDE_DATES
    assert [at(spring, on=day) for day in days] == [outside, None, None, None, outside]


def test_weekdays_are_those_of_the_business_day():
    fridays = offer(weekdays="fri")
    assert at(fridays, on=date(2026, 3, 6)) is None
    assert at(fridays, on=date(2026, 3, 7)) is Why.OUTSIDE_DATES


def test_hours_begin_on_time_and_end_before_the_second_one():
    happy = offer(hours=["17:00", "19:00"])
    found = [at(happy, clock=time(*t)) for t in ((16, 59), (17, 0), (18, 59), (19, 0))]
    assert found == [Why.OUTSIDE_DATES, None, None, Why.OUTSIDE_DATES]
    assert at(happy, clock=None) is None


def test_another_store_has_other_offers():
    assert at(offer(conditions={"store": ["lyon"]}), store="paris") is Why.OTHER_STORE
    assert at(offer(conditions={"store": ["lyon"]}), store="lyon") is None


def test_who_may_have_it():
    stranger = Shopper(member=False)
    ada = Shopper(member=True, level="base")
    assert who(live("off_1"), stranger) is None
    assert who(live("off_1", conditions={"members_only": True}), stranger) is Why.MEMBERS_ONLY
    gold = live("off_1", conditions={"tier": ["gold", "platinum"]})
    assert who(gold, stranger) is Why.MEMBERS_ONLY
    assert who(gold, ada) is Why.OTHER_TIER
    assert who(gold, Shopper(member=True, level="platinum")) is None


@pytest.mark.parametrize(
    "keys",
    [
        {"limit": {"member": 1}},
        {"activation": True},
        {"granted_only": True},
        {"kind": "points_bonus", "points": 5},
    ],
)
def test_what_only_makes_sense_with_a_card_asks_for_one(keys):
    assert who(live("off_1", **keys), Shopper(member=False)) is Why.MEMBERS_ONLY


def test_an_offer_is_granted_then_activated():
    given_out = live("off_1", granted_only=True, activation=True)
    one = frozenset({"off_1"})
    assert who(given_out, Shopper(member=True)) is Why.NOT_GRANTED
    assert who(given_out, Shopper(member=True, granted=one)) is Why.NOT_ACTIVATED
    assert who(given_out, Shopper(member=True, granted=one, activated=one)) is None


def test_what_is_missing_is_told_in_money_or_units():
    def lacking(*lines, **conditions):
        candidate = Candidate(live("off_1", conditions=conditions), (0,))
        return enough(candidate, basket(*lines))

    coffee = line(1, unit_minor=400, quantity_milli=2000)
    tea = line(2, sku="tea", category="tea", unit_minor=100)
    assert lacking(coffee, tea, basket_at_least="9.00") is None
    assert lacking(coffee, tea, basket_at_least="9.01") == Missing(Why.BELOW_MINIMUM, minor=1)
    assert lacking(coffee, tea, eligible_at_least="8.50") == Missing(Why.BELOW_MINIMUM, minor=50)
    assert lacking(coffee, tea, quantity=2) is None
    assert lacking(coffee, tea, quantity=5) == Missing(Why.QUANTITY_SHORT, units=3)


def test_deposits_do_not_help_to_reach_a_minimum():
    lines = (line(1, unit_minor=400), line(2, unit_minor=900, kind=LineKind.DEPOSIT))
    candidate = Candidate(live("off_1", conditions={"basket_at_least": "5.00"}), (0,))
    assert enough(candidate, basket(*lines)) == Missing(Why.BELOW_MINIMUM, minor=100)


def test_limits_and_budgets_have_room_or_not():
    limited = offer(limit={"member": 2, "day": 5, "offer": 9}, budget={"amount": "10.00"})
    assert room(limited, Used(), 1000) is None
    assert room(limited, Used(), 1001) is Why.BUDGET_EXCEEDED
    assert room(limited, Used({"member": 2}), 1) is Why.LIMIT_REACHED
    assert room(limited, Used({"day": 5}), 1) is Why.LIMIT_REACHED
    assert room(limited, Used({"offer": 9}), 1) is Why.LIMIT_REACHED
    assert room(limited, Used({"member": 1, "day": 4, "offer": 8}, 999), 1) is None
    assert room(offer(budget={"uses": 3}), Used({"offer": 3}), 0) is Why.BUDGET_EXCEEDED


def test_every_filter_given_must_match_one_of_its_values():
    both = offer(category=["coffee", "tea"], label=["bio", "fair"])
    assert is_eligible(both, line(labels=("fair",)))
    assert not is_eligible(both, line(labels=("new",)))
    assert not is_eligible(both, line(category="bread", labels=("bio",)))


def test_what_is_excluded_matches_the_whole_exclusion():
    some = offer(category="coffee", exclude={"brand": "lux", "label": "new"})
    assert is_eligible(some, line(brand="lux"))
    assert not is_eligible(some, line(brand="lux", labels=("new",)))


@given(lines=some_lines(at_most=6), offers=money_offers(at_most=6))
def test_the_index_finds_exactly_what_a_scan_would(lines, offers):
    scanned = {}
    for one in offers:
        fitting = [
            n for n, it in enumerate(lines) if takes_offers(it) and is_eligible(one.offer, it)
        ]
        if fitting:
            scanned[one.id] = tuple(fitting)
    found = candidates(build_index(offers), lines)
    assert {one.live.id: one.positions for one in found} == scanned


@given(st.lists(st.sampled_from(["bio", "fair", "new"]), unique=True))
def test_a_line_with_several_labels_is_found_once(labels):
    index = build_index([live("off_1", category=None, label=["bio", "fair", "new"])])
    found = candidates(index, [line(labels=tuple(labels))])
    assert [one.positions for one in found] == ([(0,)] if labels else [])
