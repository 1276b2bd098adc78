"""Adjustments: a reason, the role's limits, and a second person above them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from loyalty.commands import adjust_points, decide_adjustment, earn_points, publish_programme
from loyalty.errors import (
    AdjustmentDecided,
    AdjustmentLimit,
    NotEnoughPoints,
    SamePerson,
    SourceReused,
)
from loyalty.queries import adjustments_of, adjustments_waiting, balance, verify_books
from loyalty.values import AdjustmentState
from tests.loyalty.world import enrol

DOCUMENT: dict[str, Any] = {
    "name": "adjusting",
    "currency": "EUR",
    "zone": "Europe/Paris",
    "wallets": {"points": {"floor": -50}},
    "earn": [],
    "adjustment_limits": {
        "support": {"each": 100, "per_day": 250, "per_member_per_month": 220},
        "store_manager": {"each": 1000},
        "cashier": {"each": 0},
        "four_eyes_above": 80,
    },
}


@pytest.fixture
def desk(database):
    """A database with those limits, and a member with 100 points."""
    with database.begin(actor="test") as tx:
        publish_programme(tx, document=DOCUMENT)
        member_id = enrol(tx, "Ada").member_id
        earn_points(tx, member_id=member_id, points=100, source="gift")
    return database, member_id


def adjust(database, member_id, points, *, source="a1", actor="cleo", role="support", **facts):
    """Adjust a member's points for a reason."""
    with database.begin(actor=actor) as tx:
        return adjust_points(
            tx,
            member_id=member_id,
            points=points,
            reason="broken egg",
            source=source,
            actor=actor,
            role=role,
            **facts,
        )


def holds(database, member_id):
    """Return the balance, after proving the books."""
    with database.look() as tx:
        assert list(verify_books(tx)) == []
        return balance(tx, member_id).balance


def test_points_are_given_and_taken_once_with_the_reason(desk):
    database, ada = desk
    first = adjust(database, ada, 20)
    again = adjust(database, ada, 20)
    assert (first.state, first.balance, again.replayed) == (AdjustmentState.POSTED, 120, True)
    adjust(database, ada, -30, source="a2")
    with pytest.raises(SourceReused):
        adjust(database, ada, 21)
    assert holds(database, ada) == 90
    with database.look() as tx:
        assert [one.reason for one in adjustments_of(tx, ada)] == ["broken egg"] * 2


def test_points_that_are_given_may_lapse_on_a_day_of_their_own(desk, clock):
    database, ada = desk
    with database.look() as tx:
        last: date = tx.now.date() + timedelta(days=3)
    adjust(database, ada, 20, expires_on=last)
    clock.move(by=timedelta(days=4))
    with database.look() as tx:
        assert balance(tx, ada).available == 100


@pytest.mark.parametrize(("points", "fits"), [(-150, True), (-151, False)])
def test_taking_stops_at_the_wallets_floor(desk, points, fits):
    database, ada = desk
    if fits:
        assert adjust(database, ada, points, role="").state is AdjustmentState.PROPOSED
        with database.begin(actor="dora") as tx:
            waiting = adjustments_waiting(tx)[0].adjustment_id
            decide_adjustment(tx, member_id=ada, adjustment_id=waiting, approve=True, actor="dora")
        assert holds(database, ada) == -50
        return
    adjust(database, ada, -80)
    with pytest.raises(NotEnoughPoints):
        adjust(database, ada, -71, source="a2")
    assert holds(database, ada) == 20


def test_a_second_person_decides_above_the_limit(desk):
    database, ada = desk
    asked = adjust(database, ada, 90)
    assert (asked.state, holds(database, ada)) == (AdjustmentState.PROPOSED, 100)

    def decide(actor, *, approve=True, role="store_manager"):
        with database.begin(actor=actor) as tx:
            return decide_adjustment(
                tx,
                member_id=ada,
                adjustment_id=asked.adjustment_id,
                approve=approve,
                actor=actor,
                role=role,
            )

    with pytest.raises(SamePerson):
        decide("cleo")
    with pytest.raises(AdjustmentLimit):
        decide("dora", role="cashier")
    posted, again = decide("dora"), decide("dora")
    assert (posted.state, posted.balance, again.replayed) == (AdjustmentState.POSTED, 190, True)
    with pytest.raises(AdjustmentDecided):
        decide("emil", approve=False)
    assert holds(database, ada) == 190


def test_what_is_refused_is_never_posted(desk):
    database, ada = desk
    asked = adjust(database, ada, 90)
    with database.begin(actor="dora") as tx:
        refused = decide_adjustment(
            tx, member_id=ada, adjustment_id=asked.adjustment_id, approve=False, actor="dora"
        )
        assert adjustments_waiting(tx) == ()
    assert refused.state is AdjustmentState.REFUSED
    assert holds(database, ada) == 100


def test_limits_count_what_waits_and_cannot_be_split(desk):
    database, ada = desk
    with database.begin(actor="test") as tx:
        ben = enrol(tx, "Ben").member_id
    with pytest.raises(AdjustmentLimit) as each:
        adjust(database, ada, 101)
    adjust(database, ada, 90, source="1")
    adjust(database, ada, 80, source="2")
    with pytest.raises(AdjustmentLimit) as month:
        adjust(database, ada, 60, source="3")
    adjust(database, ben, 80, source="4")
    with pytest.raises(AdjustmentLimit) as day:
        adjust(database, ben, 1, source="5")
    with pytest.raises(AdjustmentLimit) as none_at_all:
        adjust(database, ben, 1, source="6", role="cashier")
    assert [one.value.scope for one in (each, month, day, none_at_all)] == [
        "each",
        "per_member_per_month",
        "per_day",
        "each",
    ]
    adjust(database, ben, 1, source="7", actor="dora")
    assert holds(database, ben) == 81
