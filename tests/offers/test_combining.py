"""Choice: the best combination, proved against every combination there is."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.values import LineKind
from offers.combining import Choice
from offers.document import Amount, AppliesTo, Percent
from offers.eligibility import LiveOffer, Why, is_eligible, takes_offers
from offers.pricing import line_discount, reduction, unit_values
from offers.values import BasketLine
from tests.offers.build import (
    RATE,
    bonus_offer,
    chosen,
    discounts,
    line,
    live,
    money_offers,
    some_lines,
)


def best_of_all(lines: list[BasketLine], offers: list[LiveOffer]) -> int:
    """Return the most money that any combination takes off: every one of them is tried."""
    goods = [one for one in lines if takes_offers(one)]
    items = [one for one in offers if one.offer.applies_to is not AppliesTo.BASKET]
    wanted = [[None, *(offer for offer in items if is_eligible(offer.offer, one))] for one in goods]
    basket = [one for one in offers if one.offer.applies_to is AppliesTo.BASKET]
    best = 0
    for takers in product(*wanted):
        used = {taker.id: taker for taker in takers if taker}
        money = sum(_taken(offer, goods, takers) for offer in used.values())
        left = sum(one.gross_minor for one in goods) - money
        for kept in product([False, True], repeat=len(basket)):
            together = [one for one, keep in zip(basket, kept, strict=True) if keep]
            if _torn([*used.values(), *together]):
                continue
            best = max(best, money + _on_basket(together, left))
    return best


def _taken(offer: LiveOffer, goods: list[BasketLine], takers: tuple[Any, ...]) -> int:
    own = [unit_values(one) for one, taker in zip(goods, takers, strict=True) if taker is offer]
    benefit = money_of(offer)
    if benefit.applies_to is AppliesTo.ELIGIBLE_LINES:
        return reduction(benefit, sum(map(sum, own)))
    return sum(line_discount(benefit, values) for values in own)


def money_of(one: LiveOffer) -> Percent | Amount:
    """Return the benefit of an offer that takes money off."""
    assert isinstance(one.offer.benefit, Percent | Amount)
    return one.offer.benefit


def _on_basket(offers: list[LiveOffer], left: int) -> int:
    def first(one: LiveOffer) -> tuple[bool, int, str]:
        benefit = money_of(one)
        size = benefit.rate_ppm if isinstance(benefit, Percent) else benefit.amount_minor
        return (not isinstance(benefit, Percent), -size, one.id)

    taken = 0
    for one in sorted(offers, key=first):
        taken += reduction(money_of(one), left - taken)
    return taken


def _torn(offers: list[LiveOffer]) -> bool:
    groups = [one.offer.exclusive_group for one in offers if one.offer.exclusive_group]
    return len(groups) != len(set(groups))


def summary(choice: Choice) -> tuple[Any, ...]:
    """Return what a shopper would notice: who took what off which line, and the points."""
    return (
        sorted((one.live.id, one.discount_minor, one.points) for one in choice.worked),
        {
            till.line.line_no: sorted((s.offer_id, s.unit_shares) for s in till.shares)
            for till in choice.tills
        },
        dict(choice.refused),
    )


@settings(max_examples=250)
@given(lines=some_lines(), offers=money_offers())
def test_no_combination_takes_off_more_than_the_chosen_one(lines, offers):
    choice = chosen(lines, offers)
    assert choice.optimal
    assert choice.discount_minor == choice.bound_minor == best_of_all(lines, offers)


@settings(max_examples=80)
@given(lines=some_lines(at_most=6), offers=money_offers(at_most=6))
def test_nothing_falls_below_zero_and_shares_add_up(lines, offers):
    choice = chosen(lines, offers)
    for till in choice.tills:
        assert min(till.left) >= 0
        assert till.line.gross_minor - till.left_minor == sum(s.amount_minor for s in till.shares)
    by_offer: dict[str, int] = {}
    for till in choice.tills:
        for share in till.shares:
            assert sum(share.unit_shares) == share.amount_minor
            by_offer[share.offer_id] = by_offer.get(share.offer_id, 0) + share.amount_minor
    assert by_offer == discounts(choice)


@settings(max_examples=80)
@given(lines=some_lines(at_most=6), offers=money_offers(at_most=6), data=st.data())
def test_neither_the_order_of_lines_nor_of_offers_matters(lines, offers, data):
    mixed_lines = data.draw(st.permutations(lines))
    mixed_offers = data.draw(st.permutations(offers))
    assert summary(chosen(mixed_lines, mixed_offers)) == summary(chosen(lines, offers))


@settings(max_examples=80)
@given(lines=some_lines(at_most=6), offers=money_offers(at_most=6), data=st.data())
def test_scanning_in_another_order_costs_the_same(lines, offers, data):
    """Numbers follow the scanning; only which of two equal lines gets an odd cent may differ."""
    shuffled = data.draw(st.permutations(lines))
    again = [
        line(
            n,
            sku=one.sku,
            category=one.category,
            unit_minor=one.unit_price_minor,
            quantity_milli=one.quantity_milli,
            gross_minor=one.gross_minor,
            kind=one.kind,
        )
        for n, one in enumerate(shuffled, start=1)
    ]
    assert discounts(chosen(again, offers)) == discounts(chosen(lines, offers))


@settings(max_examples=80)
@given(lines=some_lines(at_most=6), offers=money_offers(at_most=6), bonus=bonus_offer(50))
def test_one_more_offer_never_makes_the_shopper_worse_off(lines, offers, bonus):
    def worth(some: list[LiveOffer]) -> int:
        choice = chosen(lines, some)
        points = sum(one.points for one in choice.worked)
        return choice.discount_minor * 1_000_000 + points * RATE.worth_micro

    assert chosen(lines, offers).discount_minor >= chosen(lines, offers[1:]).discount_minor
    assert worth([*offers, bonus]) >= worth(offers)
    assert worth([*offers, bonus]) >= worth([*offers[1:], bonus])


def test_each_line_takes_the_better_of_two_item_offers_and_the_other_is_beaten():
    lines = [line(1, unit_minor=1000)]
    offers = [
        live("off_a", kind="percent", percent=10, category="coffee"),
        live("off_b", kind="amount", amount="1.50", applies_to="unit", category="coffee"),
    ]
    choice = chosen(lines, offers)
    assert discounts(choice) == {"off_b": 150}
    assert choice.refused == {"off_a": (Why.BEATEN, "off_b")}


def test_one_reduction_for_several_lines_leaves_a_line_to_a_better_offer():
    """5.00 off coffee fits into the first line alone: the second is better left at 20 %."""
    lines = [line(1, unit_minor=1000), line(2, sku="filter", unit_minor=1000)]
    offers = [
        live("off_a", kind="amount", amount="5.00", applies_to="eligible_lines", category="coffee"),
        live("off_b", kind="percent", percent=20, article="filter"),
    ]
    assert discounts(chosen(lines, offers)) == {"off_a": 500, "off_b": 200}


def test_of_an_exclusive_group_only_the_better_combination_applies():
    """The largest single offer of the group is not in the best combination."""
    lines = [line(1, unit_minor=1000), line(2, sku="tea", category="tea", unit_minor=1000)]
    offers = [
        live(
            "off_all",
            kind="percent",
            percent=30,
            exclusive_group="spring",
            applies_to="eligible_lines",
        ),
        live("off_tea", kind="percent", percent=25, category="tea", exclusive_group="spring"),
        live("off_coffee", kind="percent", percent=50, category="coffee"),
    ]
    choice = chosen(lines, offers)
    assert discounts(choice) == {"off_all": 300, "off_coffee": 500}
    assert choice.refused == {"off_tea": (Why.EXCLUSIVE, "off_all")}


def test_a_group_of_money_and_points_takes_what_is_worth_more():
    lines = [line(1, unit_minor=1000)]
    cash = live("off_cash", kind="amount", amount="0.40", applies_to="line", exclusive_group="g")
    few = live("off_few", kind="points_bonus", points=79, exclusive_group="g")
    many = live("off_many", kind="points_bonus", points=81, exclusive_group="g")
    assert [one.live.id for one in chosen(lines, [cash, few]).worked] == ["off_cash"]
    assert [one.live.id for one in chosen(lines, [cash, many]).worked] == ["off_many"]


def test_points_stand_beside_money_and_count_what_is_paid():
    lines = [line(1, unit_minor=1000)]
    offers = [
        live("off_half", kind="percent", percent=50, category="coffee"),
        live("off_double", kind="points_multiplier", multiply=2, category="coffee"),
    ]
    choice = chosen(lines, offers)
    assert [(one.live.id, one.discount_minor, one.points) for one in choice.worked] == [
        ("off_half", 500, 0),
        ("off_double", 0, 5),
    ]


def test_basket_offers_work_on_what_is_left_percentages_first():
    lines = [line(1, unit_minor=1000), line(2, sku="tea", category="tea", unit_minor=1000)]
    offers = [
        live("off_ten", kind="percent", percent=10, applies_to="basket"),
        live("off_one", kind="amount", amount="1.00", applies_to="basket"),
        live("off_half", kind="percent", percent=50, category="coffee"),
    ]
    assert discounts(chosen(lines, offers)) == {"off_half": 500, "off_ten": 150, "off_one": 100}


def test_deposits_and_fees_take_no_offer():
    lines = [line(1, unit_minor=1000), line(2, unit_minor=500, kind=LineKind.DEPOSIT)]
    offers = [live("off_free", kind="percent", percent=100, applies_to="basket")]
    choice = chosen(lines, offers)
    assert [till.left_minor for till in choice.tills] == [0, 500]


def test_when_nothing_is_left_an_offer_says_so():
    lines = [line(1, unit_minor=0)]
    choice = chosen(
        lines, [live("off_a"), live("off_b", kind="amount", amount="1.00", applies_to="basket")]
    )
    assert choice.worked == ()
    assert {why for why, _ in choice.refused.values()} == {Why.NOTHING_LEFT}


def test_out_of_steps_the_best_found_so_far_is_given_with_an_honest_bound():
    """Amounts for overlapping sets of lines, with a single offer on each: a knapsack."""
    lines = [line(n, sku=f"sku-{n}", unit_minor=90 + 37 * n % 211) for n in range(1, 25)]
    offers = [
        live(
            f"off_{n}",
            kind="amount",
            amount=f"{3 + n}.17",
            applies_to="eligible_lines",
            article=[f"sku-{m}" for m in range(1, 25) if m % (n + 1) != 0],
        )
        for n in range(1, 5)
    ] + [
        live(f"off_z{n}", kind="percent", percent=20 + n, article=f"sku-{n}") for n in range(1, 25)
    ]
    hurried = chosen(lines, offers, steps=200)
    patient = chosen(lines, offers, steps=60_000)
    assert not hurried.optimal
    assert hurried.discount_minor <= patient.discount_minor <= hurried.bound_minor


def test_a_receipt_of_two_thousand_lines_is_priced():
    lines = [line(n, sku=f"sku-{n % 7}", unit_minor=100 + n % 13) for n in range(1, 2001)]
    offers = [
        live("off_a", kind="amount", amount="50.00", applies_to="eligible_lines"),
        live(
            "off_b",
            kind="percent",
            percent=15,
            applies_to="eligible_lines",
            article=["sku-1", "sku-2"],
        ),
        live("off_c", kind="percent", percent=10, article="sku-3"),
    ]
    choice = chosen(lines, offers)
    assert choice.discount_minor <= choice.bound_minor
    assert {"off_a", "off_b", "off_c"} == set(discounts(choice))


def test_hundreds_of_torn_groups_are_closed_in_time():
    """Two ways on every article: too many groups to search, not too many to answer."""
    lines = [line(n, sku=f"sku-{n}", unit_minor=500 + n) for n in range(150)]
    offers = [
        live(
            f"off_{n}_{way}",
            kind="amount",
            amount=f"{way}.10",
            applies_to="eligible_lines",
            article=[f"sku-{n}", f"sku-{(n + way) % 150}"],
            exclusive_group=f"g{n}",
        )
        for n in range(150)
        for way in (1, 2)
    ]
    choice = chosen(lines, offers, steps=20_000)
    groups = [one.live.offer.exclusive_group for one in choice.worked]
    assert len(groups) == len(set(groups))
    assert 0 < choice.discount_minor <= choice.bound_minor
