"""Points that move between members keep their day, and nothing is gained or lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.commands import earn_points, place_hold, transfer_points
from loyalty.errors import NotEnoughPoints, SourceReused, TransferToSelf, UnknownMember
from loyalty.models import Lot
from loyalty.queries import verify_books
from loyalty.queries.balances import balances_of
from loyalty.values import MemberId


def lots(tx, member_id):
    """Return what is left of each lot, by the day on which it lapses."""
    rows = tx.run(select(Lot).where(Lot.member_id == member_id).order_by(Lot.expires_on))
    return [(row.granted - row.consumed, row.expires_on) for row in rows]


def give(shop, giver, taker, points, *, source="t1"):
    """Let one member give points to another."""
    with shop.begin(actor="test") as tx:
        return transfer_points(
            tx, member_id=giver, to_member_id=taker, points=points, source=source
        )


def balances(shop, *members):
    """Return the balances of members, after proving the books."""
    with shop.look() as tx:
        assert list(verify_books(tx)) == []
        found = balances_of(tx, members)
        return [found[one]["points"].balance for one in members]


def test_points_move_once_with_the_days_on_which_they_lapse(shop, ada, ben, clock):
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=30, source="old")
    clock.move(by=timedelta(days=70))
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=50, source="new")
        days = lots(tx, ada)
    first, again = give(shop, ada, ben, 40), give(shop, ada, ben, 40)
    assert (first.balance, first.to_balance, again.replayed) == (40, 40, True)
    assert balances(shop, ada, ben) == [40, 40]
    with shop.look() as tx:
        assert lots(tx, ben) == [(30, days[0][1]), (10, days[1][1])]
        earned = balances_of(tx, [ben])[ben]["points"].lifetime_earned
    assert earned == 0


def test_only_what_is_free_moves_and_never_to_oneself(shop, ada, ben):
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=100, source="gift")
        place_hold(tx, member_id=ada, points=30, source="basket")
    with pytest.raises(NotEnoughPoints):
        give(shop, ada, ben, 71)
    with pytest.raises(TransferToSelf):
        give(shop, ada, ada, 10)
    with pytest.raises(UnknownMember):
        give(shop, ada, MemberId("mbr_nobody"), 10)
    give(shop, ada, ben, 70)
    with pytest.raises(SourceReused):
        give(shop, ada, ben, 71)
    assert balances(shop, ada, ben) == [30, 70]
