"""Spending outside a sale: points, rewards, holds; once each, and never more than there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from loyalty.commands import (
    cancel_voucher,
    capture_redemption,
    claim_reward,
    earn_points,
    end_held_redemptions,
    expire_holds,
    publish_programme,
    redeem_points,
    release_redemption,
)
from loyalty.errors import (
    BelowMinimum,
    LimitReached,
    NoRedemption,
    NotEnoughPoints,
    RedemptionEnded,
    SourceReused,
    UnknownReward,
    VoucherNotUsable,
)
from loyalty.queries import (
    balance,
    claimable,
    redeemable,
    reward_catalogue,
    stock_left,
    verify_books,
    voucher_book,
    vouchers_of,
)
from loyalty.values import RedemptionState, VoucherState
from tests.loyalty.world import KEYS, enrol

DOCUMENT: dict[str, Any] = {
    "name": "spending",
    "currency": "EUR",
    "zone": "Europe/Paris",
    "wallets": {"points": {"expiry": {"after_months": 12}}},
    "earn": [],
    "redemption": {"points": 200, "value": "1.00", "minimum": 200, "step": 100},
    "rewards": [
        {"id": "bread", "kind": "article", "article": "bread", "cost": 300, "stock": 2},
        {"id": "five", "kind": "voucher", "amount": "5.00", "cost": 400, "limit": {"member": 2}},
        {"id": "off", "kind": "amount_per_point", "amount": "0.50", "per_points": 10, "step": 20},
    ],
}


@pytest.fixture
def spender(database):
    """A database with that programme, and a member with 1,000 points."""
    with database.begin(actor="test") as tx:
        publish_programme(tx, document=DOCUMENT)
        member_id = enrol(tx, "Ada").member_id
        earn_points(tx, member_id=member_id, points=1000, source="gift")
    return database, member_id


def points_of(database, member_id):
    """Return balance and what may be spent, after proving the books."""
    with database.look() as tx:
        assert list(verify_books(tx)) == []
        held = balance(tx, member_id)
        return held.balance, held.available


def test_points_pay_once_for_each_source(spender):
    database, ada = spender
    answers = []
    for _ in range(2):
        with database.begin(actor="till") as tx:
            answers.append(redeem_points(tx, member_id=ada, points=400, source="r1"))
    first, again = answers
    assert (first.points, first.value_minor, first.balance) == (400, 200, 600)
    assert (again.replayed, again.redemption_id) == (True, first.redemption_id)
    with pytest.raises(SourceReused), database.begin(actor="till") as tx:
        redeem_points(tx, member_id=ada, points=500, source="r1")
    assert points_of(database, ada) == (600, 600)


@pytest.mark.parametrize(
    ("points", "refused"), [(100, BelowMinimum), (1100, NotEnoughPoints), (None, None)]
)
def test_the_programmes_limits_hold_outside_a_sale_too(spender, points, refused):
    database, ada = spender
    if refused is None:
        with database.begin(actor="till") as tx:
            assert redeem_points(tx, member_id=ada, points=None, source="r").points == 1000
        return
    with pytest.raises(refused), database.begin(actor="till") as tx:
        redeem_points(tx, member_id=ada, points=points, source="r")
    assert points_of(database, ada) == (1000, 1000)


def test_what_is_held_is_captured_or_released_once(spender):
    database, ada = spender
    with database.begin(actor="till") as tx:
        held = redeem_points(tx, member_id=ada, points=400, source="a", hold_seconds=60)
        other = redeem_points(tx, member_id=ada, points=200, source="b", hold_seconds=60)
    assert (held.state, held.balance, held.available) == (RedemptionState.HELD, 1000, 600)
    assert points_of(database, ada) == (1000, 400)
    for replayed in (False, True):
        with database.begin(actor="till") as tx:
            done = capture_redemption(
                tx, keys=KEYS, member_id=ada, redemption_id=held.redemption_id
            )
            free = release_redemption(tx, member_id=ada, redemption_id=other.redemption_id)
        assert (done.state, free.state) == (RedemptionState.DONE, RedemptionState.RELEASED)
        assert (done.replayed, free.replayed) == (replayed, replayed)
    assert points_of(database, ada) == (600, 600)
    with pytest.raises(RedemptionEnded), database.begin(actor="till") as tx:
        capture_redemption(tx, keys=KEYS, member_id=ada, redemption_id=other.redemption_id)


def test_a_hold_whose_time_is_up_is_not_captured_and_its_stock_comes_back(spender, clock):
    database, ada = spender
    with database.begin(actor="till") as tx:
        held = claim_reward(
            tx, keys=KEYS, member_id=ada, reward_id="bread", source="2", hold_seconds=60
        )
        assert stock_left(tx) == {"bread": 1}
    clock.move(by=timedelta(minutes=2))
    with database.begin(actor="job") as tx:
        assert expire_holds(tx) == 1
        assert (end_held_redemptions(tx), end_held_redemptions(tx)) == (1, 0)
        assert stock_left(tx) == {"bread": 2}
    with pytest.raises(RedemptionEnded), database.begin(actor="till") as tx:
        capture_redemption(tx, keys=KEYS, member_id=ada, redemption_id=held.redemption_id)
    assert points_of(database, ada) == (1000, 1000)


def test_what_was_done_is_given_back_whole(spender):
    database, ada = spender
    with database.begin(actor="till") as tx:
        done = claim_reward(tx, keys=KEYS, member_id=ada, reward_id="bread", source="c")
        assert stock_left(tx) == {"bread": 1}
    with database.begin(actor="support") as tx:
        for replayed in (False, True):
            back = release_redemption(tx, member_id=ada, redemption_id=done.redemption_id)
            assert (back.state, back.replayed) == (RedemptionState.GIVEN_BACK, replayed)
        assert stock_left(tx) == {"bread": 2}
    assert points_of(database, ada) == (1000, 1000)


def test_the_stock_ends_and_a_release_gives_it_back(spender):
    database, ada = spender
    with database.begin(actor="till") as tx:
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="bread", source="1")
        held = claim_reward(
            tx, keys=KEYS, member_id=ada, reward_id="bread", source="2", hold_seconds=60
        )
    with pytest.raises(LimitReached), database.begin(actor="till") as tx:
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="bread", source="3")
    with database.begin(actor="till") as tx:
        release_redemption(tx, member_id=ada, redemption_id=held.redemption_id)
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="bread", source="3")
    assert points_of(database, ada) == (400, 400)


def test_a_voucher_is_bought_with_points_within_its_limit(spender):
    database, ada = spender
    with database.begin(actor="till") as tx:
        bought = claim_reward(tx, keys=KEYS, member_id=ada, reward_id="five", source="1", claims=2)
        assert [one.value_minor for one in bought.vouchers] == [500, 500]
        book = voucher_book(tx, ada)
    assert (bought.points, book.number, book.worth_minor) == (800, 2, 1000)
    assert points_of(database, ada) == (200, 200)
    with database.begin(actor="support") as tx:
        earn_points(tx, member_id=ada, points=400, source="more")
        with pytest.raises(LimitReached):
            claim_reward(tx, keys=KEYS, member_id=ada, reward_id="five", source="2")
        cancel_voucher(tx, member_id=ada, voucher_id=bought.vouchers[0].voucher_id)
        cancel_voucher(tx, member_id=ada, voucher_id=bought.vouchers[0].voucher_id)
        states = [one.state for one in vouchers_of(tx, ada, keys=KEYS)]
    assert sorted(states) == [VoucherState.ISSUED, VoucherState.WITHDRAWN]


def test_a_claim_that_is_given_back_takes_its_voucher_along(spender):
    database, ada = spender
    with database.begin(actor="till") as tx:
        bought = claim_reward(tx, keys=KEYS, member_id=ada, reward_id="five", source="1")
        release_redemption(tx, member_id=ada, redemption_id=bought.redemption_id)
        assert voucher_book(tx, ada).number == 0
        with pytest.raises(VoucherNotUsable):
            cancel_voucher(tx, member_id=ada, voucher_id=bought.vouchers[0].voucher_id)
    assert points_of(database, ada) == (1000, 1000)


def test_the_catalogue_tells_what_a_member_may_have(spender):
    database, ada = spender
    with database.begin(actor="till") as tx:
        redeem_points(tx, member_id=ada, points=600, source="r")
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="off", source="o", points=40)
        assert claimable(tx, ada) == ("bread", "off")
        assert redeemable(tx, ada) == {"points": 300}
        costs = {one.reward_id: (one.cost, one.stock_left) for one in reward_catalogue(tx)}
    assert costs == {"bread": (300, 2), "five": (400, None), "off": (20, None)}


def test_what_the_programme_does_not_have_is_refused(spender):
    database, ada = spender
    with pytest.raises(UnknownReward), database.begin(actor="till") as tx:
        claim_reward(tx, keys=KEYS, member_id=ada, reward_id="moon", source="1")
    with pytest.raises(NoRedemption), database.begin(actor="till") as tx:
        redeem_points(tx, member_id=ada, points=200, source="1", wallet="stars")
