"""What a sale earns: exact, explained line by line, and never more for being cut up."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.compiling import compile_programme
from loyalty.earning import earn
from loyalty.presets import preset_document
from loyalty.programme import (
    Basis,
    EarnRule,
    Filter,
    Per,
    Programme,
    Rounding,
    RoundingPlan,
)
from loyalty.values import LineKind, OfferShare, PointsEffect, ProgrammeVersionId
from tests.loyalty.world import line

DAY = date(2026, 3, 6)
PRESET = compile_programme(
    preset_document("three-tier-grocer"), version_id=ProgrammeVersionId("pgv_test")
)
prices = st.lists(st.integers(0, 50_000), min_size=1, max_size=12)


def programme(*rules: EarnRule, **changes) -> Programme:
    return replace(PRESET, earn=rules, **changes)


def rate(points: int = 1, amount: int = 100, **facts) -> EarnRule:
    return EarnRule(id="base", points=points, per=Per.AMOUNT, amount_minor=amount, **facts)


def basket(prices_):
    return [line(number, price=price) for number, price in enumerate(prices_, start=1)]


def test_one_point_for_every_whole_euro_of_the_order():
    earning = earn(PRESET, [line(1, price=199), line(2, price=199)], on=DAY)

    assert earning.earned.points == 3
    assert [(one.rule, one.points, one.basis_minor) for one in earning.earned.fired] == [
        ("base", 3, 398)
    ]


@given(prices=prices)
def test_the_preset_rounds_the_order_down_once(prices):
    assert earn(PRESET, basket(prices), on=DAY).earned.points == sum(prices) // 100


@given(prices=prices, cut=st.integers(0, 12))
def test_cutting_a_basket_into_receipts_never_earns_more(prices, cut):
    whole = earn(PRESET, basket(prices), on=DAY).earned.points
    parts = [
        earn(PRESET, basket(part), on=DAY).earned.points for part in (prices[:cut], prices[cut:])
    ]

    assert sum(parts) <= whole


@given(
    prices=prices,
    points=st.integers(1, 9),
    amount=st.sampled_from([1, 7, 100, 300, 999]),
    mode=st.sampled_from(Rounding),
    bonus=st.integers(1, 500),
)
def test_lines_and_rules_always_add_up_to_the_total(prices, points, amount, mode, bonus):
    plan = RoundingPlan(per_order=mode)
    rules = (rate(points, amount), EarnRule(id="each", points=2, per=Per.UNIT))
    lines = basket(prices)
    effects = [PointsEffect("off_1", bonus, (1, len(lines)), "Bread week")]

    earning = earn(programme(*rules, rounding=plan), lines, on=DAY, effects=effects)

    assert sum(one.points for one in earning.lines) == earning.earned.points
    assert sum(one.points for one in earning.earned.fired) == earning.earned.points
    exact = Fraction(points * sum(prices), amount) + 2 * len(lines)
    assert earning.earned.points == mode.whole(exact.numerator, exact.denominator) + bonus


def test_only_what_the_basis_names_earns():
    kinds = [LineKind.ARTICLE, LineKind.DELIVERY, LineKind.DEPOSIT, LineKind.GIFT_CARD]
    lines = [line(no, price=1000, kind=kind) for no, kind in enumerate(kinds, start=1)]
    with_delivery = Basis(kinds=frozenset({LineKind.ARTICLE, LineKind.DELIVERY}))

    assert earn(PRESET, lines, on=DAY).earned.points == 10
    assert earn(programme(rate(), basis=with_delivery), lines, on=DAY).earned.points == 20


def test_offers_lower_the_basis_unless_the_programme_says_otherwise():
    lines = [line(1, price=1000, shares=(OfferShare("off_1", 250, (250,)),))]

    assert earn(PRESET, lines, on=DAY).earned.points == 7
    untouched = programme(rate(), basis=Basis(lowered_by_offers=False))
    assert earn(untouched, lines, on=DAY).earned.points == 10


def test_net_amounts_stay_fractions_of_a_cent():
    net = programme(rate(1, 1), basis=Basis(tax_included=False))

    assert earn(net, [line(1, price=120, tax_bp=2000)], on=DAY).earned.points == 100
    assert earn(net, [line(1, price=1055, tax_bp=550)], on=DAY).earned.points == 1000
    half = earn(net, [line(1, price=1, tax_bp=10_000)], on=DAY)
    assert (half.earned.points, half.lines[0].raw, half.lines[0].basis_minor) == (
        0,
        Fraction(1, 2),
        1,
    )


def test_a_rule_looks_only_at_the_lines_that_its_filters_name():
    bread = rate(match=Filter(categories=frozenset({"bakery"})))
    no_rolls = rate(exclude=Filter(articles=frozenset({"rolls"})))
    lines = [
        line(1, price=500, sku="bread"),
        line(2, price=300, sku="rolls"),
        line(3, price=900, sku="teapot", category="home"),
    ]

    assert earn(programme(bread), lines, on=DAY).earned.points == 8
    assert earn(programme(no_rolls), lines, on=DAY).earned.points == 14


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        (EarnRule(id="r", points=5, per=Per.UNIT), 20),
        (EarnRule(id="r", points=5, per=Per.LINE), 10),
        (EarnRule(id="r", points=5, per=Per.ORDER), 5),
        (rate(amount=0), 0),
        (rate(minimum_basis_minor=4001), 0),
        (rate(minimum_basis_minor=4000), 40),
        (rate(maximum_basis_minor=2500), 25),
        (rate(from_on=date(2026, 3, 7)), 0),
        (rate(from_on=DAY, until_on=DAY), 40),
        (rate(until_on=date(2026, 3, 5)), 0),
    ],
)
def test_what_each_kind_of_rule_gives(rule, points):
    lines = [line(1, price=1000, quantity_milli=3000), line(2, price=1000)]

    assert earn(programme(rule), lines, on=DAY).earned.points == points


def test_weighed_goods_count_by_weight():
    each = EarnRule(id="kilo", points=10, per=Per.UNIT)
    earning = earn(programme(each), [line(1, price=400, quantity_milli=1250)], on=DAY)

    assert earning.earned.points == 12


@pytest.mark.parametrize(
    ("plan", "points"),
    [
        (RoundingPlan(per_order=Rounding.FLOOR), 4),
        (RoundingPlan(per_order=Rounding.HALF_UP), 5),
        (RoundingPlan(per_order=Rounding.CEILING), 5),
        (RoundingPlan(per_line=Rounding.FLOOR, per_order=None), 3),
        (RoundingPlan(per_line=Rounding.CEILING, per_order=None), 6),
        (RoundingPlan(per_rule=Rounding.CEILING, per_order=None), 5),
    ],
)
def test_where_and_how_points_are_rounded(plan, points):
    lines = [line(number, price=150) for number in (1, 2, 3)]

    assert earn(programme(rate(), rounding=plan), lines, on=DAY).earned.points == points


def test_an_offers_points_carry_the_name_that_the_member_was_shown():
    effects = [PointsEffect("off_1", 7, (2,), "Friday bread")]
    earning = earn(PRESET, [line(1), line(2)], on=DAY, effects=effects)

    assert earning.earned.points == 27
    assert earning.earned.fired[-1].label == "Friday bread"
    assert earning.earned.fired[-1].line_nos == (2,)


@given(number=st.fractions(max_denominator=1000))
def test_rounding_is_that_of_exact_fractions(number):
    pair = (number.numerator * 3, number.denominator * 3)

    assert Rounding.FLOOR.whole(*pair) == math.floor(number)
    assert Rounding.CEILING.whole(*pair) == math.ceil(number)
    assert Rounding.HALF_UP.whole(*pair) == math.floor(number + Fraction(1, 2))
