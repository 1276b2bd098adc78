"""The ground of the shopper's pages: the application, a phone, and a member with a history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from jinja2 import FileSystemBytecodeCache

from loyalty.commands import record_purchase
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.plugin import plugin
from tests.loyalty.pages.phone import Phone
from tests.loyalty.world import line, sale


@pytest.fixture
def database(sqlite_database):
    """Pages are tried on the embedded database; races bring their own."""
    return sqlite_database


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Templates once compiled: each test has an application of its own, but the same pages."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(shop, settings, compiled):
    """The application with the shopper's pages and the member's API."""
    runtime = Runtime(
        settings=settings, database=shop, keys=Keys(settings.secret_key), cache=MemoryCache()
    )
    app = build_app(runtime, (plugin,))
    app.jinja_options["bytecode_cache"] = compiled
    return app


@pytest.fixture
def phone(app):
    """A phone on which nobody is signed in."""
    return Phone(app)


@pytest.fixture
def hers(phone, shop, ada):
    """Ada's phone."""
    return phone.sign_in_as(shop, ada)


@pytest.fixture
def buy(shop, keys, clock):
    """Sell something to a member; the receipt comes back."""

    def bought(member_id, price, *, days_ago=0, effects=()):
        at = clock() - timedelta(days=days_ago)
        with shop.begin(actor="test") as tx:
            return record_purchase(
                tx,
                keys=keys,
                sale=sale(member_id, line(price=price), occurred_at=at, effects=effects),
            )

    return bought
