"""The ground of the ledger's tests: a published programme, a store, and members of the cast."""

from __future__ import annotations

import pytest

from loyalty.commands import publish_preset, save_store
from loyalty.kernel.signing import Keys
from loyalty.values import StoreId
from tests.loyalty.world import KEYS, enrol


@pytest.fixture
def keys() -> Keys:
    """The key ring of every test of this folder."""
    return KEYS


@pytest.fixture
def shop(database):
    """A database with the preset published and one store; returned for its transactions."""
    with database.begin(actor="test") as tx:
        publish_preset(tx)
        save_store(tx, store_id=StoreId("lyon-1"), name="Lyon Bellecour", city="Lyon")
        save_store(tx, store_id=StoreId("paris-2"), name="Paris Bastille", city="Paris")
    return database


@pytest.fixture
def ada(shop):
    """The id of Ada, who has just enrolled in the shop."""
    with shop.begin(actor="test") as tx:
        return enrol(tx, "Ada").member_id


@pytest.fixture
def ben(shop):
    """The id of Ben, another member."""
    with shop.begin(actor="test") as tx:
        return enrol(tx, "Ben").member_id
