"""What was due has happened, whether or not a job has posted it: found by long walks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from loyalty.commands import (
    earn_points,
    expire_lots,
    merge_members,
    open_balances,
    place_hold,
    publish_programme,
    unmerge_members,
)
from loyalty.commands.opening import OpeningLot
from loyalty.errors import NotEnoughPoints
from loyalty.queries import verify_books
from loyalty.queries.balances import balances_of
from tests.loyalty.world import enrol, give_back, line, ring

TEN_DAYS: dict[str, Any] = {
    "name": "late",
    "wallets": {"points": {"expiry": {"after_days": 10}, "floor": "unlimited"}},
    "earn": [{"id": "base", "points": 1, "per": "amount", "amount": "1.00"}],
    "returns": {"short_balance": "unlimited"},
}
IN_ORDER = TEN_DAYS | {
    "wallets": {"points": {"expiry": {"after_days": 40}, "consumption": "first_earned"}},
    "pending": {"days": 9},
}


def begin(tx, document):
    publish_programme(tx, document=document)
    return [enrol(tx, name).member_id for name in ("Eve", "Fay", "Gus")]


@pytest.mark.parametrize("posted", [True, False])
def test_a_hold_brings_back_nothing_that_has_lapsed(shop, clock, posted):
    with shop.begin(actor="test") as tx:
        eve, *_ = begin(tx, TEN_DAYS)
        earn_points(tx, member_id=eve, points=10, source="old")
    clock.move(by=timedelta(days=9))
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=eve, points=10, source="new")
    clock.move(by=timedelta(days=2))
    with shop.begin(actor="test") as tx:
        assert not posted or expire_lots(tx) == 1
        held = place_hold(tx, member_id=eve, points=10, source="basket")
        assert held.available == 0
        with pytest.raises(NotEnoughPoints):
            place_hold(tx, member_id=eve, points=1, source="more")


def test_a_debt_can_be_merged_when_a_part_of_it_is_new(shop):
    with shop.begin(actor="test") as tx:
        eve, fay, _ = begin(tx, TEN_DAYS)
        earn_points(tx, member_id=eve, points=3, source="e")
        open_balances(tx, lots=[OpeningLot(fay, "points", -8)], source="elsewhere")
        merged = merge_members(tx, survivor_id=eve, other_id=fay, source="m")
        assert balances_of(tx, [eve])[eve]["points"].balance == -5
        unmerge_members(tx, merge_id=merged.merge_id)
        assert balances_of(tx, [eve])[eve]["points"].balance == 3
        assert verify_books(tx) == ()


def test_merges_undone_one_after_the_other_give_everything_back(shop, clock):
    with shop.begin(actor="test") as tx:
        eve, fay, gus = begin(tx, IN_ORDER)
        ring(tx, eve, line(1, price=700))
        earn_points(tx, member_id=eve, points=5, source="e")
        inner = merge_members(tx, survivor_id=fay, other_id=eve, source="m")
    clock.move(by=timedelta(days=1))
    with shop.begin(actor="test") as tx:
        outer = merge_members(tx, survivor_id=gus, other_id=fay, source="m")
        assert unmerge_members(tx, merge_id=outer.merge_id).short == {}
        assert unmerge_members(tx, merge_id=inner.merge_id).short == {}
        now = balances_of(tx, [eve])[eve]["points"]
        assert (now.balance, now.pending) == (5, 7)
        assert verify_books(tx) == ()


def test_a_return_takes_its_own_points_though_they_arrived_a_moment_ago(shop, clock):
    with shop.begin(actor="test") as tx:
        eve, *_ = begin(tx, IN_ORDER)
        earn_points(tx, member_id=eve, points=5, source="first")
    clock.move(by=timedelta(days=1))
    with shop.begin(actor="test") as tx:
        bought = ring(tx, eve, line(1, price=700))
    clock.move(by=timedelta(days=10))
    with shop.begin(actor="test") as tx:
        give_back(tx, bought, (1, 1000))
    clock.move(by=timedelta(days=29))
    with shop.begin(actor="test") as tx:
        assert balances_of(tx, [eve])[eve]["points"].balance == 0, "the first five have lapsed"
        assert verify_books(tx) == ()


def test_what_arrives_late_pays_a_debt_before_it_lapses(shop, clock):
    with shop.begin(actor="test") as tx:
        eve, *_ = begin(tx, TEN_DAYS | {"pending": {"days": 4}})
        ring(tx, eve, line(1, price=900))
        open_balances(tx, lots=[OpeningLot(eve, "points", -6)], source="elsewhere")
    clock.move(by=timedelta(days=30))
    with shop.begin(actor="test") as tx:
        assert balances_of(tx, [eve])[eve]["points"].balance == 0
