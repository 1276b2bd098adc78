"""Two counters a lot do what a list of single points does, first to expire first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from loyalty.lots import (
    Interval,
    Lot,
    LotKey,
    expirable,
    give_back,
    lapsed_points,
    take,
    usable_points,
)

DAYS = [date(2027, month, 1) for month in range(1, 7)]
operations = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), st.integers(0, 5), st.integers(1, 50)),
        st.tuples(st.just("take"), st.integers(0, 5), st.integers(1, 80)),
    ),
    max_size=40,
)


@dataclass
class Pile:
    """Every single point with its day and where it came from: slow, and easy to believe."""

    points: list[tuple[date, int]] = field(default_factory=list)
    made: int = 0

    def grant(self, day: date, count: int) -> list[int]:
        numbers = list(range(self.made, self.made + count))
        self.made += count
        self.points.extend((day, number) for number in numbers)
        self.points.sort()
        return numbers

    def take(self, count: int) -> list[tuple[date, int]]:
        taken, self.points = self.points[:count], self.points[count:]
        return taken


@given(operations=operations)
def test_counters_take_the_very_points_that_a_list_would(operations):
    lots: dict[date, Lot] = {}
    pile, owner = Pile(), {}
    for verb, index, count in operations:
        day = DAYS[index]
        if verb == "grant":
            lot = lots.get(day, Lot(day, 0, 0))
            for offset, number in enumerate(pile.grant(day, count)):
                owner[day, lot.granted + offset] = number
            lots[day] = Lot(day, lot.granted + count, lot.consumed)
            continue
        taken = take(lots.values(), count)
        singles = pile.take(count)
        assert [
            (one.expires_on, owner[one.expires_on, place])
            for one in taken.intervals
            for place in range(one.lo, one.hi)
        ] == singles
        assert taken.uncovered == count - len(singles)
        for one in taken.intervals:
            lots[one.expires_on] = Lot(one.expires_on, lots[one.expires_on].granted, one.hi)
    assert sum(lot.left for lot in lots.values()) == len(pile.points)


lots_ = st.lists(
    st.tuples(st.sampled_from(DAYS), st.integers(0, 60), st.integers(0, 60)), max_size=6
).map(
    lambda rows: [
        Lot(day, granted + consumed, consumed)
        for day, (granted, consumed) in {day: (g, c) for day, g, c in rows}.items()
    ]
)


@given(lots=lots_, points=st.integers(0, 200), first=st.sampled_from(DAYS))
def test_a_lot_named_first_is_emptied_before_the_others(lots, points, first):
    taken = take(lots, points, first=[LotKey(first)])
    named = next((lot.left for lot in lots if lot.expires_on == first), 0)

    from_named = sum(one.points for one in taken.intervals if one.expires_on == first)
    assert from_named == min(points, named)
    others = [one.expires_on for one in taken.intervals if one.expires_on != first]
    assert others == sorted(others)
    assert sum(one.points for one in taken.intervals) + taken.uncovered == points


@given(lots=lots_, held=st.integers(0, 100), day=st.sampled_from(DAYS))
def test_expiry_takes_everything_lapsed_but_what_is_held(lots, held, day):
    gone = expirable(lots, held=held, lapse_day=day)
    lapsed = lapsed_points(lots, lapse_day=day)

    assert sum(one.points for one in gone) == max(0, lapsed - held)
    assert all(one.expires_on <= day for one in gone)


@given(lots=lots_, held=st.integers(0, 100), day=st.sampled_from(DAYS))
def test_what_may_be_spent_is_what_is_left_after_expiry_and_holds(lots, held, day):
    balance = sum(lot.left for lot in lots)
    lapsed = lapsed_points(lots, lapse_day=day)
    after_expiry = balance - max(0, lapsed - held)

    usable = usable_points(balance, held=held, lapsed=lapsed)
    assert usable == max(0, after_expiry - held)


taken_ = st.lists(st.integers(1, 40), min_size=1, max_size=5).map(
    lambda sizes: [Interval(DAYS[place], 7, 7 + size) for place, size in enumerate(sizes)]
)


@given(taken=taken_, data=st.data())
def test_a_use_undone_in_pieces_fills_the_lots_that_one_reversal_would(taken, data):
    total = sum(one.points for one in taken)
    filled: dict[LotKey, int] = {}
    already = 0
    while already < total:
        piece = data.draw(st.integers(1, total - already))
        for key, points in give_back(taken, already=already, points=piece):
            filled[key] = filled.get(key, 0) + points
        already += piece

    assert filled == dict(give_back(taken, already=0, points=total))
    assert filled == {one.key: one.points for one in taken}
