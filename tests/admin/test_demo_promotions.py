"""The demo's offers: readable by the offers package, running today, about things the shop sells."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from admin.demo.catalogue import load_articles, load_shop
from admin.demo.promotions import offer_documents
from offers.document import OfferKind, parse_offer

EVERY_MONTH = [date(2026, month, 14) for month in range(1, 13)]


def offers_on(today):
    return [parse_offer(document) for document in offer_documents(today)]


@pytest.mark.parametrize("today", EVERY_MONTH)
def test_a_dozen_to_twenty_offers_run_whatever_the_month(today):
    offers = offers_on(today)

    assert 12 <= len(offers) <= 20
    assert len({offer.slug for offer in offers}) == len(offers)
    for offer in offers:
        assert offer.from_on <= today
        assert offer.until_on >= today + timedelta(days=21)


@pytest.mark.parametrize("today", EVERY_MONTH[::6])
def test_every_mechanic_and_every_level_has_its_offers(today):
    offers = offers_on(today)

    assert {offer.kind for offer in offers} == set(OfferKind)
    gold = [o for o in offers if "gold" in o.conditions.tiers]
    assert len(gold) >= 5
    assert len({o.include.categories for o in gold}) == len(gold), "one per taste"
    assert all(o.activation and o.limit.member for o in gold)
    assert 4 <= sum(o.granted_only for o in gold) < len(gold), "most are given by taste, not to all"
    assert [o for o in offers if o.conditions.tiers == ("platinum",)]
    assert [o for o in offers if not o.for_members], "somebody without a card gets something too"


def test_offers_name_only_what_the_shop_sells():
    articles = load_articles()
    sold = {
        "articles": {article.sku for article in articles},
        "categories": {article.category for article in articles},
        "brands": {article.brand for article in articles},
        "labels": {label for article in articles for label in article.labels},
    }
    stores = {store.id for store in load_shop().stores}

    for today in EVERY_MONTH[::6]:
        for offer in offers_on(today):
            assert offer.conditions.stores <= stores
            for drawer, known in sold.items():
                assert getattr(offer.include, drawer) <= known, offer.slug
                assert getattr(offer.exclude, drawer) <= known, offer.slug


def test_no_offer_is_on_alcohol():
    for today in EVERY_MONTH[::6]:
        for offer in offers_on(today):
            assert "vins-bieres" not in offer.include.categories, offer.slug


def test_names_and_terms_are_written_in_both_languages():
    for offer in offers_on(date(2026, 6, 1)):
        assert set(offer.names) == set(offer.terms) == {"fr", "en"}
        assert offer.names["fr"] != offer.names["en"], offer.slug
        assert all(len(name) <= 60 for name in offer.names.values()), offer.slug
