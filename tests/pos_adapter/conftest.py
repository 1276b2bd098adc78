"""What the till's tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from offers.commands import draft_offer, launch_offer
from tests.pos_adapter.shop import Shop, build_shop


@pytest.fixture
def shop(database, settings) -> Shop:
    """A shop on each database in turn."""
    return build_shop(database, settings)


@pytest.fixture
def quick_shop(sqlite_database, settings) -> Shop:
    """A shop on SQLite, for what does not depend on the database."""
    return build_shop(sqlite_database, settings)


@pytest.fixture
def launch(request) -> Callable[..., str]:
    """Launch an offer in a shop; returns its id."""

    def do(shop: Shop, **document: Any) -> str:
        base = {"id": "an-offer", "name": {"fr": "Une offre", "en": "An offer"}}
        with shop.database.begin(actor="test") as tx:
            drafted = draft_offer(tx, document=base | document)
            launch_offer(tx, offer_id=drafted.offer_id)
        return str(drafted.offer_id)

    return do
