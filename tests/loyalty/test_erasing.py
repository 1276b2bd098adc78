"""Erasing a person: her data go, her books stay whole; silence leads there, with a warning."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from loyalty.commands import (
    adjust_points,
    earn_points,
    erase_member,
    place_hold,
    redeem_points,
    retain_members,
    transfer_card,
)
from loyalty.errors import CardNotActive, UnknownCard, UnknownMember
from loyalty.models import MemberIdentity, RetentionWarning, Voucher
from loyalty.queries import member_card, verify_books
from loyalty.queries.balances import balances_of
from loyalty.values import VoucherState
from tests.loyalty.world import KEYS, line, ring


def erase(shop, member_id):
    """Erase a member."""
    with shop.begin(actor="dpo") as tx:
        return erase_member(tx, member_id=member_id, reason="asked")


def named(tx, member_id):
    """Tell whether the person is still known."""
    mine = select(func.count()).where(MemberIdentity.member_id == member_id)
    return bool(tx.run(mine).scalar_one())


def test_what_names_her_goes_and_her_books_stay_whole(shop, ada):
    with shop.begin(actor="till") as tx:
        ring(tx, ada, line(1, price=25_000))
        place_hold(tx, member_id=ada, points=20, source="basket", seconds=600)
        redeem_points(tx, member_id=ada, points=200, source="r", hold_seconds=600)
        adjust_points(tx, member_id=ada, points=5, reason="egg", source="a", actor="cleo")
    first, again = erase(shop, ada), erase(shop, ada)
    assert (first.points, first.replayed, again.replayed) == ({"points": 255}, False, True)
    with shop.begin(actor="test") as tx:
        assert list(verify_books(tx)) == []
        wallet = balances_of(tx, [ada])[ada]["points"]
        assert (wallet.balance, wallet.held, named(tx, ada)) == (0, 0, False)
        states = tx.run(select(Voucher.state).where(Voucher.member_id == ada)).scalars().all()
        assert states == [VoucherState.WITHDRAWN, VoucherState.WITHDRAWN]
        with pytest.raises(UnknownMember):
            earn_points(tx, member_id=ada, points=1, source="late")


def test_a_debt_is_forgiven(shop, ada):
    with shop.begin(actor="test") as tx:
        bought = ring(tx, ada, line(1, price=1000))
        assert bought.earned.points == 10
    assert erase(shop, ada).points == {"points": 10}


def test_silence_is_warned_of_once_and_then_erased(shop, ada, ben, clock):
    def run():
        with shop.begin(actor="job") as tx:
            done = retain_members(tx)
            warned = tx.run(select(RetentionWarning.member_id)).scalars().all()
            return done, warned, named(tx, ada), named(tx, ben)

    clock.move(by=timedelta(days=200))
    with shop.begin(actor="till") as tx:
        ring(tx, ben, line(1, price=1000))
    assert run() == (0, [], True, True)
    clock.move(by=timedelta(days=35 * 31 - 200))
    assert run() == (1, [ada], True, True)
    assert run() == (0, [ada], True, True)
    clock.move(by=timedelta(days=31))
    assert run() == (1, [], False, True)


def test_a_card_names_another_member_from_then_on(shop, ada, ben):
    with shop.begin(actor="support") as tx:
        card = member_card(tx, ada, keys=KEYS)
        for replayed in (False, True):
            moved = transfer_card(tx, card_id=card.card_id, member_id=ada, to_member_id=ben)
            assert (moved.member_id, moved.replayed) == (ben, replayed)
        other = member_card(tx, ben, keys=KEYS).card_id
    with pytest.raises(UnknownCard), shop.begin(actor="support") as tx:
        transfer_card(tx, card_id=card.card_id, member_id=ada, to_member_id=ada)
    erase(shop, ben)
    with pytest.raises((CardNotActive, UnknownMember)), shop.begin(actor="support") as tx:
        transfer_card(tx, card_id=other, member_id=ben, to_member_id=ada)
