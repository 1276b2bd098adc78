"""However a return is cut into pieces, it ends exactly where one return of everything would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from loyalty.compiling import compile_programme
from loyalty.earning import earn
from loyalty.presets import preset_document
from loyalty.programme import EarnRule, Per, Rounding, RoundingPlan
from loyalty.returning import Back, Goods, SoldLine, basis_back, paid_for, share_back
from loyalty.values import OfferShare, PointsEffect, ProgrammeVersionId, SaleLine
from tests.loyalty.world import line

DAY = date(2026, 3, 6)
PRESET = compile_programme(
    preset_document("three-tier-grocer"), version_id=ProgrammeVersionId("pgv_test")
)


def sold(one: SaleLine) -> SoldLine:
    return SoldLine(
        line_no=one.line_no,
        quantity_milli=one.quantity_milli,
        gross_minor=one.gross_minor,
        paid_minor=one.paid_minor,
        basis_minor=PRESET.basis.minor_of(one),
        shares=one.shares,
    )


@st.composite
def counted_lines(draw, line_no=1):
    """A line of whole units, each bearing its own part of up to two offers."""
    units, price = draw(st.integers(1, 6)), draw(st.integers(0, 900))
    shares, left = [], [price] * units
    for offer_id in draw(st.lists(st.sampled_from(["off_a", "off_b"]), unique=True, max_size=2)):
        cuts = tuple(draw(st.integers(0, one)) for one in left)
        left = [one - cut for one, cut in zip(left, cuts, strict=True)]
        shares.append(OfferShare(offer_id, sum(cuts), cuts))
    return line(line_no, price=price, quantity_milli=units * 1000, shares=tuple(shares))


@st.composite
def weighed_lines(draw, line_no=1):
    """A line of weighed goods with at most one offer on the whole of it."""
    one = line(line_no, price=draw(st.integers(1, 5000)), quantity_milli=draw(st.integers(1, 4000)))
    off = draw(st.integers(0, one.gross_minor))
    if not off:
        return one
    share = OfferShare("off_a", off, (off,))
    return replace(one, shares=(share,), paid_minor=one.gross_minor - off)


@st.composite
def baskets(draw):
    count = draw(st.integers(1, 4))
    kinds = [draw(st.sampled_from([counted_lines, weighed_lines])) for _ in range(count)]
    return [draw(kind(number)) for number, kind in enumerate(kinds, start=1)]


@given(one=st.one_of(counted_lines(), weighed_lines()), data=st.data())
def test_money_and_shares_come_back_whole_and_never_the_other_way(one, data):
    goods = sold(one)
    steps = sorted(data.draw(st.lists(st.integers(0, goods.quantity_milli), max_size=6)))
    marks = [0, *steps, goods.quantity_milli]

    paid = [paid_for(goods, mark) for mark in marks]
    assert paid == sorted(paid)
    assert (paid[0], paid[-1]) == (0, one.paid_minor)
    for share in one.shares:
        back = [share_back(goods, share, mark) for mark in marks]
        assert back == sorted(back)
        assert (back[0], back[-1]) == (0, share.amount_minor)
    credit = [basis_back(goods, Back({1: mark})) for mark in marks]
    assert credit == sorted(credit)
    assert (credit[0], credit[-1]) == (0, goods.basis_minor)


def test_units_come_back_in_the_order_of_the_receipt_each_with_its_own_share():
    goods = sold(
        line(1, price=120, quantity_milli=3000, shares=(OfferShare("o", 130, (0, 10, 120)),))
    )

    assert [paid_for(goods, units * 1000) for units in range(4)] == [0, 120, 230, 230]


def test_a_share_larger_than_its_unit_is_read_over_the_whole_line():
    """Whoever hands over shares that no unit can bear still gets every cent back."""
    goods = sold(line(1, price=100, quantity_milli=2000, shares=(OfferShare("o", 150, (150, 0)),)))

    assert [paid_for(goods, units * 1000) for units in range(3)] == [0, 25, 50]


rounding = st.sampled_from(
    [
        RoundingPlan(),
        RoundingPlan(per_order=Rounding.HALF_UP),
        RoundingPlan(per_order=Rounding.CEILING),
        RoundingPlan(per_line=Rounding.FLOOR, per_order=None),
        RoundingPlan(per_line=Rounding.HALF_UP, per_rule=Rounding.FLOOR, per_order=None),
    ]
)


@given(lines=baskets(), plan=rounding, bonus=st.integers(0, 40), data=st.data())
def test_points_come_back_whole_whatever_the_pieces(lines, plan, bonus, data):
    rules = (
        EarnRule(id="base", points=3, per=Per.AMOUNT, amount_minor=100),
        EarnRule(id="each", points=2, per=Per.UNIT),
        EarnRule(id="basket", points=11, per=Per.ORDER),
    )
    programme = replace(PRESET, earn=rules, rounding=plan)
    effects = [PointsEffect("off_p", bonus, (1, len(lines)))] if bonus else []
    earning = earn(programme, lines, on=DAY, effects=effects)
    goods = Goods({one.line_no: sold(one) for one in lines}, earning.lines, programme)

    back: dict[int, int] = {}
    kept = [goods.points_kept(Back(back))]
    assert kept == [earning.earned.points]
    for one in data.draw(st.permutations(lines)):
        half = data.draw(st.integers(0, one.quantity_milli))
        for mark in (half, one.quantity_milli):
            back[one.line_no] = mark
            kept.append(goods.points_kept(Back(back)))
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] == 0
    assert goods.value(Back(back)) == sum(one.paid_minor for one in lines)
    assert goods.complete_offers(Back(back)) == {
        share.offer_id for one in lines for share in one.shares
    } | {effect.offer_id for effect in effects}


@given(lines=baskets(), data=st.data())
def test_what_is_kept_earns_as_if_only_it_had_been_bought(lines, data):
    """Nobody keeps a point for money that she got back: farming by returns earns nothing."""
    earning = earn(PRESET, lines, on=DAY)
    goods = Goods({one.line_no: sold(one) for one in lines}, earning.lines, PRESET)
    back = {one.line_no: data.draw(st.integers(0, one.quantity_milli)) for one in lines}

    kept_money = sum(one.paid_minor for one in lines) - goods.value(Back(back))
    assert goods.points_kept(Back(back)) == kept_money // 100


def test_an_offers_points_shrink_with_its_lines_and_are_rounded_with_the_order():
    lines = [line(1, price=120, quantity_milli=3000)]
    earning = earn(PRESET, lines, on=DAY, effects=[PointsEffect("off_p", 10, (1,))])
    goods = Goods({1: sold(lines[0])}, earning.lines, PRESET)

    kept = [goods.points_kept(Back({1: units * 1000})) for units in range(4)]
    assert kept == [3 + 10, 2 + 7, 1 + 3, 0]


def test_the_worked_example_of_the_format():
    """Friday bread: 27.60 EUR earn 27 and 3; one loaf back takes 1 and 1."""
    lines = [line(1, price=120, quantity_milli=3000), line(2, price=2400, sku="teapot")]
    effects = [PointsEffect("friday-bread", 3, (1,))]
    earning = earn(PRESET, lines, on=DAY, effects=effects)
    goods = Goods({one.line_no: sold(one) for one in lines}, earning.lines, PRESET)

    assert earning.earned.points == 30
    assert goods.points_kept(Back({1: 1000})) == 28
    assert goods.complete_offers(Back({1: 2000})) == frozenset()
    assert goods.complete_offers(Back({1: 3000})) == {"friday-bread"}


def test_raw_points_are_exact_fractions():
    earning = earn(
        replace(PRESET, earn=(EarnRule(id="third", points=1, per=Per.AMOUNT, amount_minor=300),)),
        [line(1, price=100)],
        on=DAY,
    )

    assert [one.raw for one in earning.lines] == [Fraction(1, 3)]
