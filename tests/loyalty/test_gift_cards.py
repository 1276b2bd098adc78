"""Gift cards: stored money of whoever bears the card."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.commands import (
    give_back_to_gift_card,
    load_gift_card,
    pay_with_gift_card,
    take_off_gift_card,
)
from loyalty.errors import GiftCardShort, SourceReused, UnknownGiftCard
from loyalty.queries import gift_card_balances, verify_books

CARD: dict[str, Any] = {"gift_card_id": "gc-1"}


@pytest.fixture
def card(shop):
    """A shop with a gift card of 50.00."""
    with shop.begin(actor="till") as tx:
        load_gift_card(tx, **CARD, amount_minor=5000, source="sale:1")
    return shop


def held(database):
    """Return what the card holds, after proving the books."""
    with database.look() as tx:
        assert list(verify_books(tx)) == []
        return gift_card_balances(tx, ["gc-1"])["gc-1"]


def test_a_card_is_loaded_pays_and_gets_back(card):
    with card.begin(actor="till") as tx:
        paid = pay_with_gift_card(tx, **CARD, due_minor=1230, source="sale:2")
        assert (paid.amount_minor, paid.balance_minor) == (-1230, 3770)
        load_gift_card(tx, **CARD, amount_minor=1000, source="sale:3")
        give_back_to_gift_card(tx, **CARD, amount_minor=30, source="return:1")
    assert held(card) == 4800


@pytest.mark.parametrize(
    ("due", "asked", "paid"), [(9000, None, 5000), (900, 5000, 900), (900, 100, 100)]
)
def test_it_pays_what_is_asked_or_there_and_never_more_than_is_due(card, due, asked, paid):
    with card.begin(actor="till") as tx:
        answer = pay_with_gift_card(tx, **CARD, due_minor=due, asked_minor=asked, source="s")
    assert answer.amount_minor == -paid
    assert held(card) == 5000 - paid


def test_it_never_pays_more_than_it_holds(card):
    with pytest.raises(GiftCardShort) as refused, card.begin(actor="till") as tx:
        pay_with_gift_card(tx, **CARD, due_minor=9000, asked_minor=5001, source="s")
    assert refused.value.left_minor == 5000
    assert held(card) == 5000


def test_a_cause_moves_it_once(card):
    def pay(due):
        with card.begin(actor="till") as tx:
            return pay_with_gift_card(tx, **CARD, due_minor=due, source="sale:2")

    first, again = pay(100), pay(100)
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.amount_minor, again.balance_minor) == (-100, 4900)
    with pytest.raises(SourceReused):
        pay(200)
    assert held(card) == 4900


def test_what_was_loaded_comes_off_again_as_far_as_it_is_there(card):
    with card.begin(actor="till") as tx:
        pay_with_gift_card(tx, **CARD, due_minor=4000, source="sale:2")
        taken = take_off_gift_card(tx, **CARD, amount_minor=5000, source="return:1")
    assert taken.amount_minor == -1000
    assert held(card) == 0


def test_a_number_that_nobody_opened_is_refused(shop):
    with pytest.raises(UnknownGiftCard), shop.begin(actor="till") as tx:
        pay_with_gift_card(tx, **CARD, due_minor=100, source="s")
