"""What the till waits for on PostgreSQL: round trips to the database, counted on the wire."""

from __future__ import annotations

import pytest

from loyalty.kernel.db import Database
from pos_adapter.queries import quote
from pos_adapter.queries.cards import holder_of
from tests.pos_adapter.looking import balance, purchases
from tests.pos_adapter.shop import build_shop
from tests.services.turns import turns

BASKET = (("coffee", 2000), ("apples", 750), ("roll", 3000))
WARM = 6
"""By then every statement is prepared, here and on the server."""


@pytest.fixture
def listened(postgres_database, settings, clock):
    """A shop on PostgreSQL, and what counts its round trips."""
    with turns(str(postgres_database.url)) as counted:
        database = Database(counted.url, clock=clock, pool_size=1)
        yield build_shop(database, settings), counted
        database.dispose()


def trips(counted, act):
    """Do something until it is warm; return the round trips of the last time."""
    for _ in range(WARM - 1):
        act()
    before = counted.count
    act()
    return counted.count - before


def test_identifying_takes_one(listened, launch):
    shop, counted = listened
    shown = shop.basket(*BASKET, card=shop.ada_card).card
    assert shown is not None

    def identify():
        with shop.database.look() as tx:
            holder_of(tx, keys=shop.runtime.keys, shown=shown)

    assert trips(counted, identify) == 1


def test_a_quote_takes_one(listened):
    shop, counted = listened
    basket = shop.basket(*BASKET, card=shop.ada_card)

    def ask():
        with shop.database.look() as tx:
            quote(tx, keys=shop.runtime.keys, claim=basket, language="en")

    assert trips(counted, ask) == 1


def test_a_sale_takes_six(listened, launch):
    """The beginning, the questions, the key, the posting, the credits, all else with the commit."""
    shop, counted = listened
    launch(shop, kind="points_bonus", points=1, per="unit", article="coffee")

    def sell():
        shop.settle(shop.sale(shop.basket(*BASKET, card=shop.ada_card)))

    assert trips(counted, sell) == 6
    assert (purchases(shop), balance(shop, shop.ada) > 0) == (WARM, True)
