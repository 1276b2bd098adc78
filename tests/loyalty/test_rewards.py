"""Rewards at a basket: what they take off, how often, and at what cost."""

from __future__ import annotations

import pytest

from loyalty.programme import RewardKind, RewardRule
from loyalty.reward_targets import with_added, with_reward
from loyalty.rewards import Purse, claim_outside, price_reward
from loyalty.values import Asked, LineKind, OfferShare, Refusal, RewardUse, ShareScope
from tests.loyalty.world import line

BREAD = line(1, price=120, quantity_milli=3000)
POT = line(2, price=2400, sku="teapot")
DELIVERY = line(3, price=490, sku="post", kind=LineKind.DELIVERY)
BASKET = (BREAD, POT, DELIVERY)


def reward(kind, **facts):
    """A reward of the programme, costing 100 points a claim."""
    return RewardRule(id="gift", kind=RewardKind(kind), **{"cost": 100, **facts})


def price(rule, lines=BASKET, *, usable=1000, left=None, **asked):
    """Price a reward; return its claims, cost and reduction, or the slug of the refusal."""
    got = price_reward(rule, lines, Asked(reward_id="gift", **asked), Purse(usable, left))
    if isinstance(got, Refusal):
        return got.slug
    return got.claims, got.cost, got.value_minor


TEN = {"percent": (10, 1)}
FIVE = {"amount_minor": 500}
MANY = {"as_many_as_fit": True}
REFUSED = {"refuse_part_claim": True}
TABLE = [
    # where it works: 3 breads at 1.20, a pot at 24.00, delivery 4.90
    ("percent", TEN, {}, (1, 100, 276)),
    ("percent", TEN | {"applies_to": "eligible_lines"}, {}, (1, 100, 276)),
    ("percent", TEN | {"applies_to": "unit"}, {}, (1, 100, 276)),
    ("percent", TEN | {"applies_to": "line"}, {}, (1, 100, 276)),
    ("percent", TEN | {"applies_to": "cheapest"}, {}, (1, 100, 12)),
    ("percent", TEN | {"applies_to": "cheapest_line"}, {}, (1, 100, 36)),
    ("percent", TEN | {"applies_to": "delivery"}, {}, (1, 100, 49)),
    ("percent", TEN | {"applies_to": "basket_and_delivery"}, {}, (1, 100, 325)),
    ("percent", TEN | MANY, {}, (10, 1000, 2760)),
    ("percent", TEN | MANY, {"usable": 250}, (2, 200, 552)),
    ("amount", FIVE, {}, (1, 100, 500)),
    ("amount", FIVE | {"applies_to": "unit"}, {}, (1, 100, 860)),
    ("amount", FIVE | {"applies_to": "line"}, {}, (1, 100, 860)),
    ("amount", FIVE, {"usable": 99}, "not-enough-points"),
    ("amount", FIVE, {"claims": 2}, "limit-reached"),
    # 27.60 takes five claims of 5.00 whole and a sixth in part
    ("amount", FIVE | MANY, {}, (6, 600, 2760)),
    ("amount", FIVE | MANY | REFUSED, {}, (5, 500, 2500)),
    ("amount", FIVE | MANY, {"usable": 310}, (3, 300, 1500)),
    ("amount", FIVE | MANY, {"claims": 2}, (2, 200, 1000)),
    ("amount", FIVE | MANY, {"claims": 4, "usable": 310}, "not-enough-points"),
    ("amount", FIVE | MANY, {"left": 2}, (2, 200, 1000)),
    ("amount", FIVE | MANY, {"left": 2, "claims": 3}, "limit-reached"),
    ("amount", FIVE, {"left": 0}, "limit-reached"),
    ("amount", FIVE, {"lines": (BREAD,)}, (1, 100, 360)),
    ("amount", FIVE | REFUSED, {"lines": (BREAD,)}, "part-claim"),
    ("amount", FIVE, {"lines": (DELIVERY,)}, "nothing-left"),
    ("percent", TEN | {"limit": {"units": 2}}, {}, (1, 100, 24)),
    ("percent", TEN | {"limit": {"units_per_line": 1}}, {}, (1, 100, 252)),
    ("article", {"article": "bread"}, {}, (1, 100, 120)),
    ("article", {"article": "bread", "quantity": 2}, {}, (1, 100, 240)),
    ("article", {"article": "bread", "quantity": 4}, {}, (1, 100, 360)),
    ("article", {"article": "bread", "quantity": 4} | REFUSED, {}, "part-claim"),
    ("article", {"article": "bread", "quantity": 2} | MANY, {}, (2, 200, 360)),
    ("article", {"article": "bread", "quantity": 2} | MANY | REFUSED, {}, (1, 100, 240)),
    ("article", {"article": "cup"}, {}, (1, 100, 0)),
    ("article", {"article": "cup"} | MANY, {}, (10, 1000, 0)),
    ("voucher", FIVE, {}, (1, 100, 500)),
    ("voucher", FIVE | MANY, {"usable": 250}, (2, 200, 1000)),
]


@pytest.mark.parametrize(("kind", "rule", "facts", "wanted"), TABLE)
def test_what_a_reward_takes_off_and_costs(kind, rule, facts, wanted):
    assert price(reward(kind, **rule), **facts) == wanted


PER_POINT = [
    # 10 points per 0.50; the basket asks for 1.20 unless it says otherwise
    ({}, {"points": 100}, (1, 24, 120)),
    ({"step": 10}, {"points": 100}, (1, 30, 120)),
    ({"step": 10} | REFUSED, {"points": 100}, (1, 20, 100)),
    ({"step": 10}, {"points": 95}, "not-a-step"),
    ({"step": 10}, {"usable": 17}, (1, 10, 50)),
    ({"step": 10}, {"usable": 9}, "not-enough-points"),
    ({}, {"points": 20}, (1, 20, 100)),
    ({}, {"points": 20, "usable": 19}, "not-enough-points"),
    ({}, {"claims": 2}, (1, 20, 100)),
    ({"step": 50} | REFUSED, {"points": 50}, "part-claim"),
]


@pytest.mark.parametrize(("rule", "facts", "wanted"), PER_POINT)
def test_an_amount_per_point_costs_what_it_took_off(rule, facts, wanted):
    rule = reward("amount_per_point", cost=0, per_points=10, amount_minor=50, **rule)
    assert price(rule, (line(1, price=120),), **facts) == wanted


def test_the_reduction_is_shared_over_lines_and_units_to_the_cent():
    use = price_reward(reward("amount", amount_minor=100), BASKET, Asked(), Purse(100))
    assert isinstance(use, RewardUse)
    assert [(one.line_no, one.amount_minor, one.unit_shares) for one in use.shares] == [
        (1, 13, (5, 4, 4)),
        (2, 87, (87,)),
    ]
    lowered = with_reward(BASKET, use)
    assert [one.paid_minor for one in lowered] == [347, 2313, 490]
    assert lowered[0].shares == (OfferShare("gift", 13, (5, 4, 4), ShareScope.REWARD),)
    assert lowered[2] is DELIVERY


def test_a_reward_works_on_what_the_offers_left():
    lowered = line(1, price=500, shares=(OfferShare("off", 450, (450,)),))
    assert price(reward("percent", percent=(10, 1)), (lowered,)) == (1, 100, 5)
    assert price(reward("amount", amount_minor=500), (lowered,)) == (1, 100, 50)


def test_an_article_that_is_not_in_the_basket_is_added_free_of_charge():
    use = price_reward(reward("article", article="cup", quantity=2), BASKET, Asked(), Purse(100))
    assert isinstance(use, RewardUse)
    cup = line(1, price=300, sku="cup")
    added = with_added(BASKET, use, cup)[-1]
    assert (added.line_no, added.quantity_milli, added.gross_minor, added.paid_minor) == (
        4,
        2000,
        600,
        0,
    )
    assert added.shares == (OfferShare("gift", 600, (300, 300), ShareScope.REWARD),)


@pytest.mark.parametrize(
    ("kind", "rule", "asked", "wanted"),
    [
        ("voucher", FIVE, {}, (1, 100, 500)),
        ("voucher", FIVE, {"claims": 3}, (3, 300, 1500)),
        ("article", {"article": "cup"}, {}, (1, 100, 0)),
        ("amount_per_point", {"per_points": 10, "step": 20} | FIVE, {"points": 40}, (1, 40, 2000)),
        ("amount_per_point", {"per_points": 10, "step": 20} | FIVE, {"points": 30}, "not-a-step"),
        ("voucher", FIVE, {"claims": 11}, "not-enough-points"),
    ],
)
def test_a_reward_may_be_claimed_without_a_basket(kind, rule, asked, wanted):
    got = claim_outside(reward(kind, **rule), Asked(reward_id="gift", **asked), Purse(1000))
    told = got.slug if isinstance(got, Refusal) else (got.claims, got.cost, got.value_minor)
    assert told == wanted


def test_a_cost_that_the_till_made_up_is_refused_where_the_programme_says_so():
    rule = reward("amount", amount_minor=500, refuse_other_cost=True)
    assert price(rule, till_cost=100) == (1, 100, 500)
    assert price(rule, till_cost=90) == "cost-different"
