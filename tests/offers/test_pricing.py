"""Money: cents add up, nothing falls below zero, rounding is where the document says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.document import Amount, AppliesTo, Percent, PointsBonus, PointsMultiplier
from offers.document.shape import Per
from offers.pricing import (
    line_discount,
    open_till,
    points_given,
    share_of,
    take_by_line,
    take_once,
    unit_discounts,
    unit_values,
)
from tests.offers.build import RATE, line

HALF = Percent(500_000, AppliesTo.UNIT)


def test_a_percentage_is_rounded_half_up_on_the_discount():
    assert share_of(1, 500_000) == 1
    assert share_of(5, 100_000) == 1
    assert share_of(4, 100_000) == 0
    assert share_of(333, 333_300) == 111


def test_per_unit_rounds_each_unit_and_per_line_rounds_once():
    three = line(unit_minor=5, quantity_milli=3000)
    per_unit = Percent(100_000, AppliesTo.UNIT)
    per_line = Percent(100_000, AppliesTo.LINE)
    assert line_discount(per_unit, unit_values(three)) == 3
    assert line_discount(per_line, unit_values(three)) == 2
    assert unit_discounts(per_line, unit_values(three)) == [1, 1, 0]


def test_a_line_price_that_does_not_divide_gives_its_cents_to_the_first_units():
    assert unit_values(line(quantity_milli=3000, gross_minor=1000)) == [334, 333, 333]


def test_what_is_weighed_is_one_unit():
    apples = line(unit_minor=299, quantity_milli=1437, gross_minor=430)
    assert unit_values(apples) == [430]


def test_an_amount_takes_no_more_than_its_target_is_worth():
    off = Amount(500, AppliesTo.UNIT)
    assert unit_discounts(off, [400, 600]) == [400, 500]
    tills = [open_till(line(1, unit_minor=100)), open_till(line(2, unit_minor=250))]
    assert take_once("off", Amount(900, AppliesTo.ELIGIBLE_LINES), tills) == 350
    assert [till.left_minor for till in tills] == [0, 0]


def test_a_hundred_percent_leaves_exactly_nothing():
    tills = [open_till(line(1, quantity_milli=3000, gross_minor=1000))]
    take_once("off", Percent(1_000_000, AppliesTo.BASKET), tills)
    assert tills[0].left == [0, 0, 0]


def test_a_line_worth_nothing_gets_no_share():
    tills = [open_till(line(1, unit_minor=0)), open_till(line(2, unit_minor=300))]
    take_once("off", Amount(100, AppliesTo.BASKET), tills)
    assert [len(till.shares) for till in tills] == [0, 1]


@given(
    prices=st.lists(st.integers(0, 5_000), min_size=1, max_size=8),
    quantities=st.lists(st.integers(1, 9), min_size=8, max_size=8),
    rate=st.integers(1, 1_000_000),
    amount=st.integers(1, 20_000),
)
def test_shares_add_up_to_the_cent_by_line_and_by_unit(prices, quantities, rate, amount):
    """Two offers one after the other, each spread over all lines."""
    tills = [
        open_till(line(n, gross_minor=price, quantity_milli=quantity * 1000))
        for n, (price, quantity) in enumerate(zip(prices, quantities, strict=False), start=1)
    ]
    first = take_once("one", Percent(rate, AppliesTo.BASKET), tills)
    second = take_once("two", Amount(amount, AppliesTo.BASKET), tills)

    assert first == share_of(sum(prices), rate)
    assert second == min(amount, sum(prices) - first)
    for till in tills:
        assert min(till.left) >= 0
        taken = sum(share.amount_minor for share in till.shares)
        assert till.line.gross_minor - taken == till.left_minor
        for share in till.shares:
            assert sum(share.unit_shares) == share.amount_minor
            assert len(share.unit_shares) == len(till.left)
            assert min(share.unit_shares) >= 0
    for offer_id, total in (("one", first), ("two", second)):
        shares = [s.amount_minor for t in tills for s in t.shares if s.offer_id == offer_id]
        assert sum(shares) == total


@given(
    price=st.integers(0, 5_000),
    quantity=st.integers(1, 9),
    rate=st.integers(1, 1_000_000),
    applies_to=st.sampled_from([AppliesTo.UNIT, AppliesTo.LINE]),
)
def test_what_a_line_gets_is_what_its_units_get(price, quantity, rate, applies_to):
    benefit = Percent(rate, applies_to)
    till = open_till(line(gross_minor=price, quantity_milli=quantity * 1000))
    expected = line_discount(benefit, till.left)
    assert take_by_line("off", benefit, [till]) == expected
    assert till.left_minor == price - expected >= 0


@pytest.mark.parametrize(
    ("benefit", "points"),
    [
        (PointsBonus(5, Per.ORDER), 5),
        (PointsBonus(5, Per.LINE), 10),
        (PointsBonus(5, Per.UNIT), 11),
        (PointsBonus(1, Per.AMOUNT, per_minor=100), 8),
        (PointsBonus(3, Per.AMOUNT, per_minor=200), 13),
        (PointsMultiplier(2_000, of_all_lines=False), 8),
        (PointsMultiplier(3_000, of_all_lines=False), 17),
        (PointsMultiplier(1_500, of_all_lines=True), 5),
    ],
)
def test_points_are_rounded_down_once_for_the_offer(benefit, points):
    own = [
        open_till(line(1, unit_minor=300, quantity_milli=2000)),
        open_till(line(2, quantity_milli=380, gross_minor=275)),
    ]
    every = [*own, open_till(line(3, sku="bread", category="bread", unit_minor=200))]
    assert points_given(benefit, own, every, RATE) == points
