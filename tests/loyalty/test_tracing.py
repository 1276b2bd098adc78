"""Lots as members speak of them: which grant paid for which use."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from loyalty.lots import Interval, LotKey
from loyalty.programme import Consumption
from loyalty.tracing import Given, Move, trace, traced_in_order_of_use

POOL_DAY = date(2027, 4, 1)
START = datetime(2026, 3, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def grant(seq, lo, hi, *, earned=0, source="s", lot_on=POOL_DAY, **facts):
    given = Given(Interval(lot_on, lo, hi), day(earned))
    return Move(seq, source, grants=(given,), **facts)


def take(seq, lo, hi, **facts):
    return Move(seq, "t", takes=(Interval(POOL_DAY, lo, hi),), **facts)


def left(found):
    return [(lot.lot_id, lot.left) for lot in found.lots]


def test_within_a_pool_the_points_earned_first_are_used_first():
    found = trace([grant(1, 0, 10, earned=5), grant(2, 10, 30, earned=2), take(3, 0, 15)])

    assert left(found) == [("1", 10), ("2", 5)]


def test_one_day_s_lots_go_by_their_names_and_named_ones_first():
    moves = [
        grant(1, 0, 10),
        grant(2, 10, 20, source="opening:lot:b"),
        grant(3, 20, 30, source="opening:lot:a"),
        take(4, 0, 15),
    ]
    found = trace(moves)

    assert [(use.lot.lot_id, use.points) for use in found.uses] == [("a", 10), ("b", 5)]
    order = traced_in_order_of_use(found.lots, Consumption.EARLIEST_EXPIRY)
    assert [lot.lot_id for lot in order] == ["a", "b", "1"]


def test_a_return_takes_from_the_lot_of_its_purchase():
    found = trace(
        [
            grant(1, 0, 10, purchase_id="p1"),
            grant(2, 10, 20, earned=1, purchase_id="p2"),
            take(3, 0, 12, purchase_id="p2"),
        ]
    )

    assert left(found) == [("1", 8), ("2", 0)]


def test_what_is_given_back_returns_to_its_lots_last_taken_first():
    moves = [
        grant(1, 0, 10),
        grant(2, 10, 20, earned=1),
        take(3, 0, 15),
        grant(4, 20, 27, earned=9, reverses_seq=3),
        grant(5, 27, 35, earned=9, reverses_seq=3),
    ]

    assert left(trace(moves[:4])) == [("1", 2), ("2", 10)]
    assert left(trace(moves)) == [("1", 10), ("2", 10)]


def test_what_comes_back_with_a_new_day_is_a_lot_of_its_own():
    later = date(2028, 1, 1)
    moves = [grant(1, 0, 10), take(2, 0, 10), grant(3, 0, 4, lot_on=later, reverses_seq=2)]
    found = trace(moves)

    assert [(lot.key, lot.left) for lot in found.lots] == [
        (LotKey(POOL_DAY), 0),
        (LotKey(later), 4),
    ]
