"""The demo shop's lists: what a till, a tax inspector and a reader would check."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from admin.demo.catalogue import check_digit, load_articles, load_shop
from admin.demo.dice import Dice
from admin.demo.seasons import easter_on, months_before, season_percent, traffic_percent
from loyalty.values import SoldBy

CODE = re.compile(r"[a-z0-9-]{1,40}")


def test_the_shop_has_five_stores_twelve_tills_and_four_hundred_articles():
    shop = load_shop()

    assert len(shop.stores) == 5
    assert sum(len(store.tills) for store in shop.stores) == 12
    assert sum(store.share for store in shop.stores) == 100
    assert len(load_articles()) == 400
    assert 16 <= len(shop.categories) <= 20


def test_every_article_stands_on_a_shelf_and_every_shelf_holds_articles():
    shelves = Counter(article.category for article in load_articles())

    assert set(shelves) == {category.id for category in load_shop().categories}
    assert min(shelves.values()) >= 10


def test_codes_names_and_eans_are_each_used_once():
    for field in ("sku", "ean", "name"):
        values = Counter(getattr(article, field) for article in load_articles())
        assert values.most_common(1)[0][1] == 1, field
    assert all(CODE.fullmatch(article.sku) for article in load_articles())
    assert all(CODE.fullmatch(store.id) for store in load_shop().stores)


def test_every_ean_lies_in_the_in_store_range_and_ends_in_its_check_digit():
    for article in load_articles():
        assert re.fullmatch(r"2\d{12}", article.ean), article.sku
        assert article.ean[12] == check_digit(article.ean[:12]), article.sku


def test_the_check_digit_is_the_one_gs1_publishes():
    assert check_digit("629104150021") == "3"  # the worked example of the GS1 specification
    assert check_digit("400638133393") == "1"


def test_prices_and_taxes_are_those_of_a_french_grocer():
    for article in load_articles():
        assert article.tax_bp in {550, 1000, 2000}, article.sku
        assert 50 <= article.price_minor <= 4_000, article.sku
        if article.sold_by is SoldBy.UNIT:
            assert article.typical_milli == 1000, article.sku
        if article.category == "vins-bieres" and "sans alcool" not in article.name:
            assert article.tax_bp == 2000, article.sku


def test_some_articles_are_weighed_some_organic_some_local():
    articles = load_articles()

    assert sum(article.sold_by is SoldBy.WEIGHT for article in articles) >= 30
    for label in ("bio", "local", "frais"):
        assert sum(label in article.labels for article in articles) >= 15, label


def test_every_season_of_the_catalogue_is_described_for_every_day_of_the_year():
    seasons = {article.season for article in load_articles()}
    year = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]

    for season in seasons:
        percents = [season_percent(season, on) for on in year]
        assert min(percents) >= 0
        assert max(percents) >= 100, season


def test_an_unknown_season_is_refused():
    with pytest.raises(KeyError):
        season_percent("carnaval-de-rio", date(2026, 2, 1))


def test_easter_falls_where_the_calendar_says():
    known = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25)}

    assert {year: (easter_on(year).month, easter_on(year).day) for year in known} == known


def test_the_shop_is_shut_on_christmas_day_and_fullest_before_it():
    assert traffic_percent(date(2026, 12, 25)) == 0
    assert traffic_percent(date(2026, 12, 23)) > traffic_percent(date(2026, 11, 25))


def test_months_are_counted_back_to_a_day_that_exists():
    assert months_before(date(2026, 8, 31), 18) == date(2025, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)


def test_dice_fall_the_same_way_for_a_key_and_another_way_for_another():
    first = [Dice(7, "ben").below(1000) for _ in range(3)]
    stream, other = Dice(7, "ben"), Dice(8, "ben")

    assert first[0] == first[1] == first[2]
    assert [stream.below(1000) for _ in range(40)] != [other.below(1000) for _ in range(40)]


def test_dice_are_fair():
    dice = Dice("fair")
    counts = Counter(dice.below(6) for _ in range(60_000))

    assert set(counts) == set(range(6))
    assert all(9_600 < count < 10_400 for count in counts.values())
    assert 2_800 < sum(dice.chance(300) for _ in range(10_000)) < 3_200
