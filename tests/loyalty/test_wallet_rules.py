"""Every switch of a wallet and of waiting points, through the real commands on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.commands import (
    OpeningLot,
    capture_hold,
    earn_points,
    expire_lots,
    open_balances,
    place_hold,
    publish_programme,
    record_purchase,
    release_for_event,
    release_pending,
    reverse_posting,
    spend_points,
)
from loyalty.errors import NotEnoughPoints, UnknownWallet
from loyalty.presets import preset_document
from loyalty.queries import (
    balance,
    balances_of,
    holder_by_member,
    lots_of,
    statement,
    taken_by,
    verify_books,
    waiting_lots,
)
from tests.loyalty.world import KEYS, enrol, line, sale


def begin(tx, *, points=None, name="Eve", **keys):
    """Publish a programme with these keys, whose wallet of points has these switches."""
    wallet = {"expiry": "none", **(points or {})}
    document = preset_document("three-tier-grocer") | {"wallets": {"points": wallet}, **keys}
    publish_programme(tx, document=document)
    return enrol(tx, name).member_id


def moves(tx, member_id):
    """The points of the default wallet's postings, oldest first."""
    return [one.points for one in statement(tx, member_id, language="en").items][::-1]


def buy(tx, member_id, euros, occurred_at=None):
    """Record a sale that earns a point per euro."""
    one = sale(member_id, line(1, price=100 * euros), occurred_at=occurred_at or tx.now)
    return record_purchase(tx, keys=KEYS, sale=one)


def held(tx, member_id):
    """The default wallet as balances_of tells it."""
    return balances_of(tx, [member_id])[member_id]["points"]


@pytest.mark.parametrize(
    ("consumption", "left"),
    [("earliest_expiry", date(2026, 12, 1)), ("first_earned", date(2026, 4, 1))],
)
def test_lots_are_used_in_the_order_of_the_wallet(shop, clock, consumption, left):
    """50 of 1 January lapse on 1 December, 30 of 1 February on 1 April; 40 are spent."""
    with shop.begin(actor="test") as tx:
        eve = begin(tx, points={"consumption": consumption})
        lots = [
            OpeningLot(eve, "points", 50, date(2026, 1, 1), date(2026, 12, 1), "a"),
            OpeningLot(eve, "points", 30, date(2026, 2, 1), date(2026, 4, 1), "b"),
        ]
        assert open_balances(tx, lots=lots, source="move").postings == 2
        assert open_balances(tx, lots=lots, source="move").repeated == 2
        seq = spend_points(tx, member_id=eve, points=50, source="s").seq
        order = ["a"] if consumption == "first_earned" else ["b", "a"]
        assert [one.lot_id for one in taken_by(tx, eve, [seq])] == order
        assert [one.lot_id for one in lots_of(tx, eve)] == ["b" if len(order) == 1 else "a"]
        reverse_posting(tx, member_id=eve, seq=seq, points=10, source="undo:1")
        reverse_posting(tx, member_id=eve, seq=seq, points=20, source="undo:2")
        spend_points(tx, member_id=eve, points=20, source="again")

        assert held(tx, eve).balance == 40
        assert verify_books(tx) == ()
        lots_left = {one.client_id: one.left for one in lots_of(tx, eve, all=True)}
        assert sum(lots_left.values()) == 40
        spend_points(tx, member_id=eve, points=10, source="last")
        now = held(tx, eve)
        assert (now.lapsing, now.lapsing_on) == (30, left)
        assert now.lifetime_earned == 0, "what is brought along was not earned here"


def test_a_wallet_that_nobody_uses_is_cleared_before_it_is_used_again(shop, clock):
    clock.move(to=datetime(2026, 1, 10, 9, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        eve = begin(tx, points={"expiry": {"inactive_months": 6}})
        buy(tx, eve, 30)
    clock.move(to=datetime(2026, 7, 9, 21, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        assert (held(tx, eve).balance, held(tx, eve).lapsing_on) == (30, date(2026, 7, 10))
        assert expire_lots(tx) == 0
    clock.move(to=datetime(2026, 7, 10, 9, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        assert (held(tx, eve).balance, held(tx, eve).usable) == (0, 0)
        buy(tx, eve, 0)
        buy(tx, eve, 5)
        assert moves(tx, eve) == [30, -30, 5]
        assert verify_books(tx) == ()
    clock.move(by=timedelta(days=200))
    with shop.begin(actor="test") as tx:
        late = buy(tx, eve, 7, occurred_at=tx.now - timedelta(days=100))
        assert late.balance == 12, "it had been used in time, only the till was late"
        assert (expire_lots(tx), held(tx, eve).balance) == (0, 12)


def test_a_rule_about_being_idle_finds_nobody_idle_when_it_is_new(shop, clock):
    clock.move(to=datetime(2026, 1, 10, 9, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        eve = begin(tx)
        buy(tx, eve, 30)
    clock.move(to=datetime(2027, 1, 10, 9, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        begin(tx, points={"expiry": {"inactive_months": 6}}, name="Dan")
        assert (expire_lots(tx), held(tx, eve).lapsing_on) == (0, date(2027, 7, 10))
        assert holder_by_member(tx, eve).balance == 30
    clock.move(to=datetime(2027, 7, 10, 9, 0, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        assert (holder_by_member(tx, eve).balance, held(tx, eve).balance) == (0, 0)
        assert (expire_lots(tx), expire_lots(tx)) == (1, 0)


def test_points_wait_and_arrive_on_their_day(shop, clock):
    with shop.begin(actor="test") as tx:
        eve = begin(tx, points={"expiry": {"after_days": 60}}, pending={"days": 14})
        buy(tx, eve, 30)
        assert (held(tx, eve).balance, held(tx, eve).pending) == (0, 30)
        assert held(tx, eve).lifetime_earned == 30
        assert moves(tx, eve) == []
        assert (lots_of(tx, eve), [one.left for one in waiting_lots(tx, eve)]) == ((), [30])
        with pytest.raises(NotEnoughPoints):
            spend_points(tx, member_id=eve, points=1, source="soon")
        assert release_pending(tx) == 0
    clock.move(by=timedelta(days=14))
    with shop.begin(actor="test") as tx:
        assert (held(tx, eve).balance, held(tx, eve).usable, held(tx, eve).pending) == (30, 30, 0)
        assert (balance(tx, eve).available, holder_by_member(tx, eve).balance) == (30, 30)
        assert [(one.left, one.expires_on) for one in lots_of(tx, eve)] == [(30, date(2026, 5, 9))]
        spend_points(tx, member_id=eve, points=10, source="now")
        assert moves(tx, eve) == [30, -10]
        buy(tx, eve, 5)
        assert verify_books(tx) == ()
    clock.move(by=timedelta(days=46))
    with shop.begin(actor="test") as tx:
        assert held(tx, eve).balance == 5, "it lapses as if it had counted from the purchase on"
        assert release_pending(tx) == 3
        assert release_pending(tx) == 0
        assert moves(tx, eve) == [30, -10, -20, 5]
        assert buy(tx, eve, 9, occurred_at=tx.now - timedelta(days=20)).balance == 14
        assert verify_books(tx) == ()


def test_points_wait_for_an_event(shop, clock):
    with shop.begin(actor="test") as tx:
        eve = begin(tx, pending={"until": "delivered"})
        first, second = buy(tx, eve, 30), buy(tx, eve, 5)
        done = release_for_event(
            tx, member_id=eve, event="delivered", purchase_id=second.purchase_id
        )
        assert done.points == {"points": 5}
        assert release_for_event(tx, member_id=eve, event="review").points == {}
        assert (held(tx, eve).balance, held(tx, eve).pending) == (5, 30)
        assert release_for_event(tx, member_id=eve, event="delivered").points == {"points": 30}
        assert release_for_event(tx, member_id=eve, event="delivered").points == {}
        assert first.earned.points == 30
        assert verify_books(tx) == ()


@pytest.mark.parametrize(
    ("policy", "after"), [("same_date", [10, -10]), ("new_date", [10]), ("lost", [])]
)
def test_points_of_a_lapsed_lot_come_back_as_the_programme_says(shop, clock, policy, after):
    with shop.begin(actor="test") as tx:
        eve = begin(tx, points={"expiry": {"after_days": 30}}, returns={"lapsed_lots": policy})
        earn_points(tx, member_id=eve, points=10, source="a")
        seq = spend_points(tx, member_id=eve, points=10, source="b").seq
    clock.move(by=timedelta(days=40))
    with shop.begin(actor="test") as tx:
        reverse_posting(tx, member_id=eve, seq=seq, source="undo")
        assert moves(tx, eve) == [10, -10, *after]
        assert verify_books(tx) == ()


def test_a_programme_may_have_other_wallets_or_none(shop, clock):
    with shop.begin(actor="test") as tx:
        publish_programme(
            tx,
            document={
                "wallets": {"zest": {"unit": "stamp"}, "ab": {"decimals": 2}},
                "earn": [{"id": "stamp", "points": 1, "per": "order"}],
            },
        )
        eve = enrol(tx, "Eve").member_id
        assert buy(tx, eve, 3).balance == 1
        lots = [OpeningLot(eve, "ab", 125), OpeningLot(eve, "zest", -3)]
        open_balances(tx, lots=lots, source="move")
        place = place_hold(tx, member_id=eve, points=25, source="h", unit="ab")
        capture_hold(tx, member_id=eve, hold_id=place.hold_id)
        now = balances_of(tx, [eve])[eve]
        assert list(now) == ["zest", "ab"]
        assert (now["zest"].balance, now["zest"].usable, now["ab"].balance) == (-2, 0, 100)
        assert balance(tx, eve).balance == -2
        with pytest.raises(UnknownWallet):
            earn_points(tx, member_id=eve, points=1, source="x", unit="euros")
        assert verify_books(tx) == ()
    clock.move(by=timedelta(minutes=1))
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document={"earn": []})
        dan = enrol(tx, "Dan").member_id
        assert buy(tx, dan, 3).earned.points == 0
        assert (balances_of(tx, [dan])[dan], balance(tx, dan).balance) == ({}, 0)
        assert buy(tx, eve, 3).earned.points == 0
        assert verify_books(tx) == ()
