"""Pools: points go in, are drawn out, and whoever leaves takes her share along."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.commands import (
    draw_points,
    earn_points,
    erase_member,
    form_pool,
    join_pool,
    leave_pool,
    pool_points,
    publish_programme,
)
from loyalty.errors import InAPool, NotEnoughPoints, NotInAPool
from loyalty.queries import pool_members, pool_of, verify_books
from loyalty.queries.balances import balances_of
from tests.loyalty.world import enrol


@pytest.fixture
def family(database):
    """Return what opens a pool of Ada with 300 points in it and Ben with 100."""

    def make(exit_="contributed"):
        document: dict[str, Any] = {
            "name": "family",
            "wallets": {"points": {}},
            "earn": [],
            "household": {"exit": exit_},
        }
        with database.begin(actor="test") as tx:
            publish_programme(tx, document=document)
            ada, ben = (enrol(tx, name).member_id for name in ("Ada", "Ben"))
            for one, points in ((ada, 300), (ben, 150)):
                earn_points(tx, member_id=one, points=points, source="gift")
            pool = form_pool(tx, owner_id=ada, source="f").pool_id
            assert form_pool(tx, owner_id=ada, source="f").replayed
            join_pool(tx, pool_id=pool, member_id=ben)
            pool_points(tx, member_id=ada, points=None, source="p")
            pool_points(tx, member_id=ben, points=100, source="p")
            assert pool_points(tx, member_id=ben, points=100, source="p").replayed
        return ada, ben, pool

    return make


def told(database, *members):
    """Return the balances of members, after proving the books."""
    with database.look() as tx:
        assert verify_books(tx) == ()
        found = balances_of(tx, members)
        return [found[one]["points"].balance for one in members]


def test_points_go_in_and_are_drawn_out(database, family):
    ada, ben, pool = family()
    assert told(database, ada, ben, pool) == [0, 50, 400]
    with database.begin(actor="test") as tx:
        draw_points(tx, member_id=ben, points=150, source="d")
        with pytest.raises(NotEnoughPoints):
            draw_points(tx, member_id=ada, points=251, source="d")
        assert set(pool_members(tx, pool)) == {ada, ben}
    assert told(database, ada, ben, pool) == [0, 200, 250]


@pytest.mark.parametrize(
    ("exit_", "ben_takes"), [("contributed", 100), ("equal", 200), ("nothing", 0)]
)
def test_who_leaves_takes_her_share_and_the_last_one_the_rest(database, family, exit_, ben_takes):
    ada, ben, pool = family(exit_)
    with database.begin(actor="test") as tx:
        left = leave_pool(tx, member_id=ben, source="l")
        assert left.points.get("points", 0) == ben_takes
        with pytest.raises(NotInAPool):
            pool_points(tx, member_id=ben, points=1, source="late")
    assert told(database, ada, ben, pool) == [0, 50 + ben_takes, 400 - ben_takes]
    with database.begin(actor="test") as tx:
        leave_pool(tx, member_id=ada, source="l")
        assert pool_of(tx, ada) is None
        with pytest.raises(NotInAPool):
            join_pool(tx, pool_id=pool, member_id=ben)
    assert told(database, ada, pool) == [400 - ben_takes, 0]


def test_nobody_shares_two_pools(database, family):
    _, ben, pool = family()
    with pytest.raises(InAPool) as refused, database.begin(actor="test") as tx:
        form_pool(tx, owner_id=ben, source="g")
    assert refused.value.pool_id == pool


def test_an_erased_member_leaves_her_share_to_the_others(database, family):
    ada, ben, pool = family("nothing")
    with database.begin(actor="dpo") as tx:
        assert erase_member(tx, member_id=ada, reason="asked").points == {}
        assert pool_members(tx, pool) == (ben,)
    assert told(database, ada, ben, pool) == [0, 50, 400]
