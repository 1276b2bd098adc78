"""What every switch of earning does, in numbers: the vocabulary of earning as one table."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from loyalty.earning import Visit, earn
from tests.loyalty.baskets import (
    BASE,
    BASKET,
    BREAD,
    CARD,
    DELIVERY,
    FEE,
    FRIDAY,
    LOWERED,
    OFF_BREAD,
    ON_BREAD,
    POT,
    REWARDED,
    TEN,
    programme,
    rule,
    times,
)

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


def test_a_line_is_rounded_over_its_rules_and_a_rule_over_its_lines():
    """3.60 and 24.00 give two rules 1.125 and 7.5 each: a line 2.25 and 15, a rule 8.625."""
    twice = (BASE | {"amount": "3.20"}, BASE | {"id": "again", "amount": "3.20"})
    for rounding, points in (
        ({"per_line": "floor"}, 17), ({"per_line": "ceiling"}, 18), ({"per_rule": "floor"}, 16),
        ({"per_rule": "ceiling"}, 18), ({"per_rule": "floor", "per_line": "ceiling"}, 17),
    ):  # fmt: skip
        assert earn(programme(*twice, rounding=rounding), BASKET, on=FRIDAY).earned.points == points


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
