"""Offers for points beside the rules, several wallets, and what holds whatever the rules are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.compiling import compile_programme
from loyalty.earning import Visit, earn, near_misses
from loyalty.values import EffectKind, Extension, PointsEffect, ProgrammeVersionId
from tests.loyalty.baskets import (
    BASE,
    BASKET,
    FRIDAY,
    TEN,
    programme,
    rule,
    times,
)
from tests.loyalty.world import line

BONUS = PointsEffect("off_bonus", 3, (1,), "Bread", slug="bonus")
TRIPLE = PointsEffect(
    "off_x3", 0, (1,), kind=EffectKind.MULTIPLIER, multiply=(3, 1), own_lines=True, slug="x3"
)
DOUBLE = PointsEffect("off_x2", 0, (1, 2), kind=EffectKind.MULTIPLIER, multiply=(2, 1), slug="x2")


def dated(effect, day):
    return replace(effect, created=datetime(2026, 1, day, tzinfo=UTC))


@pytest.mark.parametrize(
    ("promotions", "effects", "points", "displaced"),
    [
        ("all", (BONUS,), 30, ()),
        ("all", (TRIPLE,), 34, ()),
        ("all", (DOUBLE, BONUS), 58, ()),
        ("all", (replace(BONUS, exact=(5, 2)),), 30, ()),
        ("best_of", (BONUS, TRIPLE, DOUBLE), 55, ("off_bonus", "off_x3")),
        ("best_of", (replace(BONUS, points=99), DOUBLE), 126, ("off_x2",)),
        ("most_recent", (dated(BONUS, 3), dated(DOUBLE, 2)), 30, ("off_x2",)),
        ("most_recent", (dated(BONUS, 3), dated(DOUBLE, 4)), 55, ("off_bonus",)),
    ],
)
def test_offers_for_points_work_on_what_the_rules_gave(promotions, effects, points, displaced):
    promoted = programme(BASE, stacking={"promotions": promotions})
    for order in (effects, effects[::-1]):
        earning = earn(promoted, BASKET, on=FRIDAY, effects=order)
        assert earning.earned.points == points
        assert sorted(earning.displaced) == sorted(displaced)


def test_wallets_add_up_each_by_itself():
    mixed = programme(TEN, rule(wallet="stars", points=1), times())
    earning = earn(mixed, BASKET, on=FRIDAY)

    assert earning.by_unit == {"points": 552, "stars": 2}
    assert {one.unit for one in earning.earned.fired} == {"", "stars"}


def test_a_programme_without_wallets_earns_nothing_and_an_extension_has_the_last_word():
    empty = compile_programme({"wallets": {}, "earn": []}, version_id=ProgrammeVersionId("pgv"))
    answer = Visit(extension=Extension(points=7))

    assert earn(empty, BASKET, on=FRIDAY).earned.points == 0
    assert earn(programme(), BASKET, on=FRIDAY, visit=answer).earned.points == 7


def test_rules_that_nearly_fired_say_what_is_missing():
    rules = (
        rule("far", minimum_basis="30.00"),
        rule("coded", code="X"),
        rule("gone", until="2026-03-01"),
        rule("other", brand="none"),
        rule("gold", tier="gold"),
        rule("new", first_purchase=True),
    )

    found = near_misses(programme(*rules, BASE), BASKET, on=FRIDAY)
    assert [(one.rule, one.why, one.missing_minor) for one in found] == [
        ("far", "below-minimum", 240),
        ("coded", "code-missing", 0),
        ("gone", "outside-dates", 0),
        ("other", "nothing-eligible", 0),
        ("gold", "other-tier", 0),
        ("new", "not-first-purchase", 0),
    ]


modes = st.sampled_from(["floor", "half_up", "ceiling"])
plans = st.dictionaries(
    st.sampled_from(["per_rule", "per_line", "per_order", "multiplied_total"]), modes
)
RULES = (
    BASE | {"points": 3, "amount": "0.70"}, rule("unit", 2, "unit", category="home"), rule(),
    rule("late", 4, "line", after_multipliers=True), times(multiply="1.3"),
    times("own", "2.5", of="own_lines", category="bakery"), rule("star", 1, wallet="stars"),
)  # fmt: skip


@given(
    prices=st.lists(st.integers(0, 5000), min_size=1, max_size=6),
    plan=plans,
    data=st.data(),
)
def test_shares_add_up_and_the_order_of_lines_does_not_matter(prices, plan, data):
    mixed = programme(*RULES, rounding=plan)
    lines = [
        line(number, price=price, category="home" if number % 2 else "bakery")
        for number, price in enumerate(prices, start=1)
    ]
    earning = earn(mixed, lines, on=FRIDAY, effects=[DOUBLE, BONUS])
    again = earn(mixed, data.draw(st.permutations(lines)), on=FRIDAY, effects=[BONUS, DOUBLE])

    assert again.by_unit == earning.by_unit
    for unit, points in earning.by_unit.items():
        rows = [one for one in earning.lines if one.unit == unit]
        assert sum(one.points for one in rows) == points
    assert sum(one.points for one in earning.earned.fired) == sum(earning.by_unit.values())
    assert all(isinstance(one.raw, Fraction) for one in earning.lines)
