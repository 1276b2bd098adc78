"""Points kept back for a while: nobody else can spend them, and they end once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.commands import (
    block_member,
    capture_hold,
    earn_points,
    expire_holds,
    expire_lots,
    place_hold,
    release_hold,
    reverse_posting,
    spend_points,
)
from loyalty.errors import (
    HoldEnded,
    MemberBlocked,
    NotEnoughPoints,
    SourceReused,
    UnknownHold,
    UnknownMember,
)
from loyalty.queries import balance, verify_books
from loyalty.values import HoldId, MemberId
from loyalty.words import HoldState


@pytest.fixture
def rich(shop, ada):
    """Ada, with 100 points."""
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=100, source="a")
    return ada


def hold(tx, member_id, points, source="basket:1", **facts):
    return place_hold(tx, member_id=member_id, points=points, source=source, **facts)


def test_held_points_are_there_but_not_to_be_spent(shop, rich):
    with shop.begin(actor="test") as tx:
        receipt = hold(tx, rich, 60)

        assert (receipt.points, receipt.state, receipt.available) == (60, HoldState.OPEN, 40)
        now = balance(tx, rich)
        assert (now.balance, now.held, now.available) == (100, 60, 40)
        with pytest.raises(NotEnoughPoints):
            spend_points(tx, member_id=rich, points=41, source="b")
        with pytest.raises(NotEnoughPoints) as refused:
            hold(tx, rich, 41, "basket:2")
        assert refused.value.available == 40
        assert verify_books(tx) == ()


def test_the_same_hold_again_holds_once(shop, rich):
    with shop.begin(actor="test") as tx:
        first = hold(tx, rich, 60)
        assert hold(tx, rich, 60) == replace(first, replayed=True)
        with pytest.raises(SourceReused):
            hold(tx, rich, 61)
        assert balance(tx, rich).held == 60


def test_a_captured_hold_spends_and_frees_the_rest(shop, rich):
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60)
        spent = capture_hold(tx, member_id=rich, hold_id=placed.hold_id, points=45)

        assert (spent.points, spent.balance) == (-45, 55)
        assert balance(tx, rich).available == 55
        again = capture_hold(tx, member_id=rich, hold_id=placed.hold_id, points=45)
        assert again == replace(spent, replayed=True)
        with pytest.raises(HoldEnded):
            capture_hold(tx, member_id=rich, hold_id=placed.hold_id, points=46)
        with pytest.raises(HoldEnded):
            release_hold(tx, member_id=rich, hold_id=placed.hold_id)
        assert verify_books(tx) == ()


def test_no_more_is_captured_than_was_held(shop, rich):
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60)
        with pytest.raises(NotEnoughPoints):
            capture_hold(tx, member_id=rich, hold_id=placed.hold_id, points=61)
        assert capture_hold(tx, member_id=rich, hold_id=placed.hold_id).points == -60


def test_a_released_hold_sets_its_points_free_once(shop, rich):
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60)
        freed = release_hold(tx, member_id=rich, hold_id=placed.hold_id)

        assert (freed.state, freed.available) == (HoldState.RELEASED, 100)
        assert release_hold(tx, member_id=rich, hold_id=placed.hold_id).replayed
        with pytest.raises(HoldEnded) as ended:
            capture_hold(tx, member_id=rich, hold_id=placed.hold_id)
        assert ended.value.state == HoldState.RELEASED
        assert verify_books(tx) == ()


def test_a_hold_ends_by_itself_when_its_time_is_up(shop, rich, clock):
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60, seconds=900)
        hold(tx, rich, 10, "basket:2", seconds=3600)
    clock.move(by=timedelta(seconds=900))
    with shop.begin(actor="test") as tx:
        with pytest.raises(HoldEnded):
            capture_hold(tx, member_id=rich, hold_id=placed.hold_id)
        assert expire_holds(tx) == 1
        assert expire_holds(tx) == 0
        assert balance(tx, rich).held == 10
        assert release_hold(tx, member_id=rich, hold_id=placed.hold_id).state is HoldState.EXPIRED
        assert verify_books(tx) == ()


def test_held_points_outlive_their_day_and_lapse_when_the_hold_ends(shop, rich, clock):
    clock.move(by=timedelta(days=380))
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60, seconds=20 * 24 * 3600)
    clock.move(by=timedelta(days=10))
    with shop.begin(actor="test") as tx:
        assert expire_lots(tx) == 1, "the 40 that nobody holds"
        assert (balance(tx, rich).balance, balance(tx, rich).available) == (60, 0)
        assert capture_hold(tx, member_id=rich, hold_id=placed.hold_id, points=50).balance == 10
        assert balance(tx, rich).balance == 0, "what was set free has lapsed meanwhile"
        assert verify_books(tx) == ()


def test_a_hold_survives_a_debt(shop, rich):
    """Points are taken back while they are held: the capture goes through, on credit."""
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60)
        reverse_posting(tx, member_id=rich, seq=1, source="undo")
        assert verify_books(tx) == ()
        assert capture_hold(tx, member_id=rich, hold_id=placed.hold_id).balance == -60
        assert verify_books(tx) == ()
        seq = 3
        back = reverse_posting(tx, member_id=rich, seq=seq, source="undo:2")
        assert back.balance == 0
        assert verify_books(tx) == ()


def test_unknown_holds_and_members_are_refused(shop, rich, ben):
    with shop.begin(actor="test") as tx:
        placed = hold(tx, rich, 60)
        for verb in (capture_hold, release_hold):
            with pytest.raises(UnknownHold):
                verb(tx, member_id=ben, hold_id=placed.hold_id)
            with pytest.raises(UnknownHold):
                verb(tx, member_id=rich, hold_id=HoldId("hld_none"))
        with pytest.raises(UnknownMember):
            hold(tx, MemberId("mbr_nobody"), 1)


@pytest.mark.parametrize("seconds", [0, -5, 31 * 24 * 3600])
def test_a_hold_has_a_bounded_life(shop, rich, seconds):
    with shop.begin(actor="test") as tx, pytest.raises(ValueError, match="seconds"):
        hold(tx, rich, 1, seconds=seconds)


def test_a_blocked_member_places_no_hold(shop, rich):
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=rich)
        with pytest.raises(MemberBlocked):
            hold(tx, rich, 1)
