"""The ground of the offers' tests: a shop with an assortment, members, and what they bought."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyalty.commands import (
    publish_preset,
    record_consent,
    save_articles,
    save_category,
    save_store,
)
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.plugin import plugin as loyalty_plugin
from loyalty.values import ArticleFacts, Channel, ConsentGiven, Purpose, Sku, StoreId
from offers.plugin import plugin as offers_plugin
from tests.loyalty.pages.phone import Phone
from tests.loyalty.world import enrol

CATEGORIES = (
    ("coffee", "Café", "Coffee"),
    ("tea", "Thé", "Tea"),
    ("bread", "Pain", "Bread"),
    ("fish", "Poisson", "Fish"),
)
ARTICLES = (
    ("espresso", "coffee", "maison", ("bio",), 400),
    ("decaf", "coffee", "lux", (), 600),
    ("mint", "tea", "maison", ("bio",), 300),
    ("baguette", "bread", "maison", (), 120),
    ("cod", "fish", "port", (), 1500),
)


def stock_the_shelves(tx):
    """Publish the programme and write down two stores and the assortment."""
    publish_preset(tx)
    for store in ("lyon", "paris"):
        save_store(tx, store_id=StoreId(store), name=store.title())
    for category_id, name_fr, name_en in CATEGORIES:
        save_category(tx, category_id=category_id, name_fr=name_fr, name_en=name_en)
    save_articles(
        tx,
        articles=[
            ArticleFacts(
                sku=Sku(sku),
                name=sku.title(),
                category=category,
                brand=brand,
                labels=labels,
                price_minor=price,
                tax_bp=550,
            )
            for sku, category, brand, labels, price in ARTICLES
        ],
    )


def consent(tx, member_id, *, granted=True, source="test:consent"):
    """Have a member allow, or stop, that her purchases choose her offers."""
    given = ConsentGiven(
        purpose=Purpose.PERSONAL_OFFERS,
        granted=granted,
        wording="Look at my purchases to choose my offers.",
        wording_version=1,
        language="en",
    )
    record_consent(
        tx, member_id=member_id, given=given, channel=Channel.WEB, source=f"{source}:{granted}"
    )


@pytest.fixture
def shop(database):
    """A stocked shop, on each database in turn."""
    with database.begin(actor="test") as tx:
        stock_the_shelves(tx)
    return database


@pytest.fixture
def small_shop(sqlite_database):
    """A stocked shop on SQLite, for what does not depend on the database."""
    with sqlite_database.begin(actor="test") as tx:
        stock_the_shelves(tx)
    return sqlite_database


@pytest.fixture
def ada(shop):
    """Ada, who allows her purchases to choose her offers."""
    with shop.begin(actor="test") as tx:
        member_id = enrol(tx, "Ada").member_id
        consent(tx, member_id)
    return member_id


@pytest.fixture
def small_ada(small_shop):
    """Ada, on SQLite."""
    with small_shop.begin(actor="test") as tx:
        member_id = enrol(tx, "Ada").member_id
        consent(tx, member_id)
    return member_id


@pytest.fixture
def ben(shop):
    """Ben, who has allowed nothing."""
    with shop.begin(actor="test") as tx:
        return enrol(tx, "Ben").member_id


@pytest.fixture
def days_ago(clock):
    """Tell the instant so many days before now."""
    return lambda days: clock() - timedelta(days=days)


@pytest.fixture
def app(small_shop, settings):
    """The application with the pages and the API of loyalty and offers."""
    runtime = Runtime(
        settings=settings, database=small_shop, keys=Keys(settings.secret_key), cache=MemoryCache()
    )
    return build_app(runtime, (loyalty_plugin, offers_plugin))


@pytest.fixture
def hers(app, small_shop, small_ada):
    """Ada's phone: no scripts, her session in it."""
    return Phone(app).sign_in_as(small_shop, small_ada)


@pytest.fixture
def desk(app, small_shop):
    """Open the back office for somebody with a role; Dora, the marketer, unless told otherwise."""

    def opened(role=Role.MARKETER):
        with small_shop.begin(actor="test") as tx:
            dora = take_on_staff(tx, name="Dora", role=role)
            session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=dora.staff_id)
        phone = Phone(app)
        phone.client.set_cookie("palier-staff", session.token)
        return phone

    return opened
