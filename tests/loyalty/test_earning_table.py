"""What every switch of earning does, in numbers: the vocabulary of earning as one table.

Bread: 3 at 1.20 (5.5 % tax, bakery). Pot: 24.00 (20 % tax, home). Fee: none unless a case adds it.
A basket offer takes 4.00 off both, a till discount 1.00 off the pot, where a case asks for them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.compiling import compile_programme
from loyalty.earning import Visit, earn, near_misses
from loyalty.values import (
    EffectKind,
    Extension,
    LineKind,
    OfferShare,
    PointsEffect,
    ProgrammeVersionId,
    SaleLine,
    ShareScope,
)
from tests.loyalty.world import line

FRIDAY = date(2026, 3, 6)
BREAD = replace(line(1, price=120, quantity_milli=3000), labels=frozenset({"fresh"}))
POT = line(2, price=2400, sku="pot", category="home", tax_bp=2000)
DELIVERY = line(3, price=500, sku="van", kind=LineKind.DELIVERY)
FEE = line(4, price=200, sku="wrap", kind=LineKind.SERVICE_FEE)
CARD = line(5, price=1000, sku="card", kind=LineKind.GIFT_CARD)
BASKET = (BREAD, POT)
BASE = {"id": "base", "points": 1, "per": "amount", "amount": "1.00"}
TEN = BASE | {"points": 10}
WALLETS = {"points": {"unit": "point"}, "stars": {"unit": "stamp"}, "fine": {"decimals": 2}}


def less(one: SaleLine, minor: int, scope: ShareScope) -> SaleLine:
    """The line with a reduction of its own kind."""
    share = OfferShare(f"off_{scope}", minor, (), scope)
    return replace(one, paid_minor=one.paid_minor - minor, shares=(*one.shares, share))


def programme(*rules, **keys):
    document = {"wallets": WALLETS, "earn": list(rules) or [BASE], **keys}
    return compile_programme(document, version_id=ProgrammeVersionId("pgv_test"))


def rule(id_="extra", points=5, per="order", **keys):
    return {"id": id_, "points": points, "per": per, **keys}


def times(id_="double", multiply=2, **keys):
    return {"id": id_, "multiply": multiply, **keys}


LOWERED = (
    less(BREAD, 100, ShareScope.BASKET),
    less(less(POT, 300, ShareScope.BASKET), 100, ShareScope.TILL),
)
OFF_BREAD = (less(BREAD, 100, ShareScope.LINE), POT)
REWARDED = (less(BREAD, 60, ShareScope.REWARD), POT)
ON_BREAD = {"category": "bakery"}

EARNS = [
    # rates, units, lines, orders
    ("a rate is proportional", [BASE], {}, 27, {"base": 27}),
    ("not per full step", [BASE | {"points": 10, "amount": "50.00"}], {}, 5, {}),
    ("no amount earns nothing", [rule(per="amount")], {}, 0, {}),
    ("a zero amount earns nothing", [rule(per="amount", amount="0.00")], {}, 0, {}),
    ("per unit", [rule(per="unit", points=2)], {}, 8, {}),
    ("per line", [rule(per="line")], {}, 10, {}),
    ("per order, once", [rule()], {}, 5, {}),
    ("events are not purchases", [rule(per="event", event="visit")], {}, 0, {}),
    # filters
    ("a filter", [rule(per="line", **ON_BREAD)], {}, 5, {}),
    ("a list of values", [rule(per="line", category=["bakery", "home"])], {}, 10, {}),
    ("a label", [rule(per="line", label="fresh")], {}, 5, {}),
    ("all filters must match", [rule(per="line", category="home", label="fresh")], {}, 0, {}),
    ("any exclusion leaves out", [BASE | {"exclude": {"label": ["fresh"]}}], {}, 24, {}),
    ("an order without a matching line", [rule(brand="other")], {}, 0, {}),
    # minimum and maximum
    ("the minimum is reached when equal", [rule(minimum_basis="27.60")], {}, 5, {}),
    ("a cent below is not", [rule(minimum_basis="27.61")], {}, 0, {}),
    ("of its own lines", [rule(minimum_basis="3.61", **ON_BREAD)], {}, 0, {}),
    ("a maximum caps", [BASE | {"maximum_basis": "20.00"}], {}, 20, {}),
    # when and who
    ("the first day counts", [BASE | {"from": "2026-03-06"}], {}, 27, {}),
    ("the last day counts", [BASE | {"until": "2026-03-06"}], {}, 27, {}),
    ("tomorrow is not today", [BASE | {"from": "2026-03-07"}], {}, 0, {}),
    ("yesterday is over", [BASE | {"until": "2026-03-05"}], {}, 0, {}),
    ("a rule that is switched off", [BASE | {"enabled": False}], {}, 0, {}),
    ("a weekday", [BASE | {"weekdays": ["fri"]}, rule(weekdays="mon")], {}, 27, {}),
    ("an hour", [rule(hours=["08:00", "12:00"])], {"visit": Visit(at=time(12, 0))}, 0, {}),
    ("past midnight", [rule(hours=["22:00", "02:00"])], {"visit": Visit(at=time(1))}, 5, {}),
    ("a code", [rule(code="Spring")], {"visit": Visit(codes=frozenset({"spring"}))}, 5, {}),
    ("no code", [rule(code="Spring")], {}, 0, {}),
    ("a level", [rule(tier=["gold"])], {"visit": Visit(tier="gold")}, 5, {}),
    ("another level", [rule(tier=["gold"])], {"visit": Visit(tier="base")}, 0, {}),
    ("a first purchase", [rule(first_purchase=True)], {"visit": Visit(first_purchase=True)}, 5, {}),
    ("a later one", [rule(first_purchase=True)], {}, 0, {}),
    ("the most per purchase", [TEN | {"limit": {"purchase": 50}}], {}, 50, {}),
    ("the room left", [TEN], {"visit": Visit(room={"base": 7})}, 7, {}),
    # multipliers
    ("all is doubled", [BASE, rule(), times()], {}, 65, {"base": 28, "extra": 5, "double": 32}),
    ("own lines' rates only", [TEN, rule(), times(of="own_lines", **ON_BREAD)], {}, 317, {}),
    ("own lines, not units", [rule(per="unit"), times(of="own_lines")], {}, 20, {}),
    ("a multiplier without its lines", [BASE, times(brand="other")], {}, 27, {}),
    ("they multiply each other", [TEN, times(), times("more", "1.5")], {}, 828, {}),
    ("half of it", [TEN, times(multiply="0.5")], {}, 138, {"base": 276, "double": -138}),
    ("after multipliers", [BASE, rule(after_multipliers=True), times()], {}, 60, {}),
    ("its own minimum", [BASE, times(minimum_basis="30.00")], {}, 27, {}),
    # stacking
    ("exclusive stands alone", [BASE, rule(stacking="exclusive"), times()], {}, 5, {"extra": 5}),
    (
        "the highest priority",
        [rule("a", 1, stacking="exclusive"), rule("b", 2, stacking="exclusive", priority=1)],
        {},
        2,
        {"b": 2},
    ),
    ("exclusive that does not fire", [BASE, rule(stacking="exclusive", brand="x")], {}, 27, {}),
    (
        "an exclusive multiplier",
        [TEN, times(), times("triple", 3, stacking="exclusive")],
        {},
        828,
        {"base": 276, "triple": 552},
    ),
    # wallets
    ("another wallet", [BASE, rule(wallet="stars", points=1)], {}, 27, {"base": 27, "extra": 1}),
    ("grains", [BASE | {"wallet": "fine", "points": "0.05"}], {}, 0, {"base": 138}),
]

STACKED = [
    ("best of", {"rules": "best_of"}, [BASE, rule(points=30)], 30),
    ("best of, then the best factor", {"rules": "best_of"}, [TEN, times(), times("x", 3)], 828),
    ("factors that add", {"multipliers": "add"}, [TEN, times(), times("more", "1.5")], 690),
]

BASES = [
    ({}, LOWERED, 236),
    ({"lowered_by": ["till_discounts"]}, LOWERED, 266),
    ({"lowered_by": ["offers", "till_discounts"]}, LOWERED, 226),
    ({"lowered_by": []}, LOWERED, 276),
    ({"tax": "excluded"}, BASKET, 234),
    ({}, (*BASKET, DELIVERY, FEE, CARD), 276),
    ({"delivery": "included"}, (*BASKET, DELIVERY, FEE, CARD), 326),
    ({"fees": "included"}, (*BASKET, DELIVERY, FEE, CARD), 296),
    ({"fees": "included"}, (replace(BREAD, fee_minor=90), POT), 285),
    ({}, (replace(BREAD, fee_minor=90), POT), 276),
    ({}, OFF_BREAD, 266),
]

ROUNDED = [
    ("floor", 8), ("half_up", 9), ("ceiling", 9),
    ({"per_order": "half_up"}, 9), ({}, 8),
    ({"per_line": "floor"}, 8), ({"per_line": "ceiling"}, 10),
    ({"per_rule": "floor"}, 8), ({"per_rule": "half_up"}, 9),
    ({"multiplied_total": "ceiling"}, 9), ({"per_line": "half_up", "per_order": "floor"}, 9),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rules", "given_", "points", "by"), EARNS)
def test_what_a_purchase_earns(what, rules, given_, points, by):
    earning = earn(programme(*rules), BASKET, on=FRIDAY, **given_)

    assert earning.earned.points == points, what
    found = {one.rule: one.points for one in earning.earned.fired}
    assert by.items() <= found.items(), what


@pytest.mark.parametrize(("what", "stacking", "rules", "points"), STACKED)
def test_what_becomes_of_rules_that_fire_together(what, stacking, rules, points):
    stacked = programme(*rules, stacking=stacking)
    assert earn(stacked, BASKET, on=FRIDAY).earned.points == points, what


@pytest.mark.parametrize(("basis", "lines", "points"), BASES)
def test_what_the_basis_counts(basis, lines, points):
    tenth = BASE | {"points": 10}
    lowered = programme(tenth, basis=basis)
    assert earn(lowered, lines, on=FRIDAY).earned.points == points


@pytest.mark.parametrize(("rounding", "points"), ROUNDED)
def test_where_points_are_rounded(rounding, points):
    """3.60 and 24.00 at 1 point per 3.20 earn 1.125 and 7.5, 8.625 together."""
    rounded = programme(BASE | {"amount": "3.20"}, rounding=rounding)
    assert earn(rounded, BASKET, on=FRIDAY).earned.points == points


def test_the_multiplied_total_is_rounded_before_what_comes_after():
    rules = (BASE | {"amount": "3.20"}, times(multiply="1.1"), rule(after_multipliers=True))
    # 8.625 * 1.1 = 9.4875
    for mode, points in (("floor", 14), ("half_up", 14), ("ceiling", 15)):
        plan = programme(*rules, rounding={"multiplied_total": mode})
        assert earn(plan, BASKET, on=FRIDAY).earned.points == points
    both = programme(*rules, rounding={"per_line": "ceiling", "multiplied_total": "floor"})
    assert earn(both, BASKET, on=FRIDAY).earned.points == 11 + 5


def test_what_rewards_and_redeemed_points_paid_earns_or_not():
    keeps, lowers = programme(TEN), programme(TEN, redeemed_amount_earns=False)
    visit = Visit(redeemed={2: 300})

    assert earn(keeps, REWARDED, on=FRIDAY, visit=visit).earned.points == 276
    assert earn(lowers, REWARDED, on=FRIDAY, visit=visit).earned.points == 276 - 6 - 30


def test_basket_offers_lower_filtered_rules_or_do_not():
    rules = (TEN | {"category": "bakery"}, TEN | {"id": "all"})
    for switch, bread in (("spread", 26), ("not_spread", 36)):
        spread = programme(*rules, basis={"basket_offers": switch})
        fired = earn(spread, LOWERED, on=FRIDAY).earned.fired
        assert [one.points for one in fired] == [bread, 236]


def test_net_prices_and_stacked_taxes_are_taken_as_they_are():
    hundred = BASE | {"points": 100}
    net = programme(hundred, basis={"tax": "excluded"})
    listed = replace(POT, net_minor=1999)
    stacked = replace(POT, net_part=(100, 125))

    assert earn(net, [listed], on=FRIDAY).earned.points == 1999
    assert earn(net, [stacked], on=FRIDAY).earned.points == 1920


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
