"""Two memberships of one person become one, and can be parted again without a trace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from loyalty.commands import (
    adjust_points,
    earn_points,
    merge_members,
    place_hold,
    spend_points,
    unmerge_members,
)
from loyalty.errors import AlreadyMerged, HoldOpen, NotMerged, UnknownMember
from loyalty.models import Card, Lot, TierCredit, TierStanding, Voucher, VoucherProgress, Wallet
from loyalty.queries import tier_progress, verify_books
from tests.loyalty.world import line, ring


@pytest.fixture
def two(shop, ada, ben, clock):
    """Ada and Ben are one person: both have bought, Ben more, and have points and vouchers."""
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(1, price=25_000))
        ring(tx, ben, line(1, price=290_000))
        earn_points(tx, member_id=ada, points=10, source="gift")
    clock.move(by=timedelta(days=40))
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ben, points=30, source="gift")
    return ada, ben


def told(database, *members):
    """Return all that the books say of members, after proving them."""
    with database.look() as tx:
        assert list(verify_books(tx)) == []
        facts: dict[str, Any] = {}
        for table, names in (
            (Wallet, ("unit", "balance", "held")),
            (Lot, ("unit", "expires_on", "granted", "consumed")),
            (TierCredit, ("period", "spend_minor", "visits", "last_on")),
            (TierStanding, ("level", "own_level", "kept_level", "kept_until", "anchor_on")),
            (Voucher, ("id", "state")),
            (VoucherProgress, ("spend_minor", "issued")),
            (Card, ("id", "state")),
        ):
            rows = tx.run(select(table).where(table.member_id.in_(members))).all()
            if table is Lot:
                left = {(row.member_id, row.expires_on): row.granted - row.consumed for row in rows}
                facts["lots"] = {key: points for key, points in left.items() if points}
                continue
            facts[table.__name__] = sorted(
                (row.member_id, *(getattr(row, name) for name in names)) for row in rows
            )
        return facts


def merge(shop, survivor, other, source="m1"):
    """Merge two members."""
    with shop.begin(actor="support") as tx:
        return merge_members(tx, survivor_id=survivor, other_id=other, source=source)


def part(shop, merge_id):
    """Undo a merge."""
    with shop.begin(actor="support") as tx:
        return unmerge_members(tx, merge_id=merge_id)


def test_merging_and_parting_leaves_no_trace(shop, two):
    ada, ben = two
    before = told(shop, ada, ben)
    first, again = merge(shop, ada, ben), merge(shop, ada, ben)
    assert (first.points, again.points) == ({"points": 2930}, {"points": 2930})
    assert (first.merge_id, again.replayed) == (again.merge_id, True)
    after = told(shop, ada, ben)
    assert {row[:3] for row in after["Wallet"]} == {(ada, "points", 3190), (ben, "points", 0)}
    with shop.look() as tx:
        assert tier_progress(tx, ada).level == "gold"
    back, once_more = part(shop, first.merge_id), part(shop, first.merge_id)
    assert (back.points, back.short, once_more.replayed) == ({"points": 2930}, {}, True)
    assert told(shop, ada, ben) == before


def test_what_was_spent_meanwhile_is_the_survivors_own_first(shop, two):
    ada, ben = two
    merged = merge(shop, ada, ben)
    with shop.begin(actor="test") as tx:
        spend_points(tx, member_id=ada, points=300, source="s")
    back = part(shop, merged.merge_id)
    assert back.points["points"] + back.short["points"] == 2930
    wallets = {row[0]: row[2] for row in told(shop, ada, ben)["Wallet"]}
    assert wallets[ada] + wallets[ben] == 2890


def test_a_debt_moves_along_and_back(shop, two):
    ada, ben = two
    with shop.begin(actor="test") as tx:
        adjust_points(tx, member_id=ben, points=-2930, reason="x", source="a", actor="cleo")
    before = told(shop, ada, ben)
    merged = merge(shop, ada, ben)
    assert merged.points == {}
    part(shop, merged.merge_id)
    assert told(shop, ada, ben) == before


def test_who_cannot_be_merged_is_refused(shop, two):
    ada, ben = two
    with pytest.raises(AlreadyMerged):
        merge(shop, ada, ada)
    with shop.begin(actor="test") as tx:
        place_hold(tx, member_id=ben, points=5, source="h", seconds=60)
    with pytest.raises(HoldOpen):
        merge(shop, ada, ben)
    with pytest.raises(NotMerged):
        part(shop, "mrg_none")


def test_a_merged_membership_neither_earns_nor_merges_again(shop, two):
    ada, ben = two
    merge(shop, ada, ben)
    with pytest.raises(AlreadyMerged):
        merge(shop, ben, ada, "m2")
    with pytest.raises(UnknownMember), shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ben, points=1, source="late")
