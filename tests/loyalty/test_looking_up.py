"""What other packages and staff look up: members, audiences, articles, receipts, figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from loyalty.commands import (
    earn_points,
    record_consent,
    save_articles,
    save_category,
)
from loyalty.errors import UnknownArticle, UnknownStore
from loyalty.kernel.problems import InvalidInput
from loyalty.queries import (
    article_by_code,
    article_by_ean,
    article_by_sku,
    article_names,
    articles,
    articles_by_codes,
    audience_count,
    audience_facts,
    audience_members,
    categories,
    contact_of,
    contacts,
    find_members,
    lapsing_members,
    purchase_detail,
    purchases_of,
    store,
    stores,
)
from loyalty.values import (
    ArticleFacts,
    Channel,
    ConsentGiven,
    MemberId,
    Purpose,
    Sku,
    StoreId,
)
from tests.loyalty.world import KEYS, enrol, line, ring

NOBODY = MemberId("mbr_nobody")
EAN = "3250390000013"
BREAD = ArticleFacts(Sku("bread"), "Pain de campagne", "bakery", 420, 550, EAN, "Maison")
TEA = ArticleFacts(Sku("tea-green"), "Thé vert", "drinks", 350, 550)


def found(tx, text, **facts):
    return [row.display_name for row in find_members(tx, text, keys=KEYS, **facts).items]


def test_members_are_found_by_whatever_is_known_of_them(shop):
    with shop.begin(actor="test") as tx:
        ada = enrol(tx, "Ada", family_name="Lovelace", email="ada@example.org", phone="0612345678")
        enrol(tx, "Éloïse", family_name="Lovett")
        enrol(tx, "Adam", family_name="Smith")

        assert found(tx, ada.code) == ["Ada L."]
        assert found(tx, "ADA@example.org") == ["Ada L."]
        assert found(tx, "06 12 34 56 78") == ["Ada L."]
        assert found(tx, "love") == ["Ada L.", "Éloïse L."]
        assert found(tx, "eloise") == ["Éloïse L."]
        assert found(tx, "ada lov") == ["Ada L."]
        assert found(tx, "lovelace ada") == ["Ada L."]
        assert found(tx, "ada") == ["Ada L.", "Adam S."]
        for nothing in ("x", "", "zz", "nobody@example.org", "0699999999", "ada smith lov"):
            assert found(tx, nothing) == []


def test_a_list_of_members_is_paged(shop):
    with shop.begin(actor="test") as tx:
        for number in range(7):
            enrol(tx, "Ada", family_name=f"Same{number % 3}")
        names: list[str] = []
        after = None
        while True:
            page = find_members(tx, "ada", keys=KEYS, after=after, limit=2)
            names.extend(row.family_name for row in page.items)
            after = page.after
            if after is None:
                break

    assert names == sorted(names)
    assert len(names) == 7


def test_a_foreign_page_mark_is_refused(shop, ada):
    with shop.look() as tx:
        for after in ("x", "not a page", "9", "9" * 40 + "~a", "x~pur_1"):
            with pytest.raises(InvalidInput):
                purchases_of(tx, ada, after=after)
        for after in ("x", "2026-02-30~m"):
            with pytest.raises(InvalidInput):
                lapsing_members(tx, on_or_before=date(2027, 1, 1), after=after)
        with pytest.raises(InvalidInput):
            find_members(tx, "ada", keys=KEYS, after="nothing")


def test_members_whose_points_lapse_soon_are_paged_by_day(shop, ada, ben, clock):
    with shop.begin(actor="test") as tx:
        for number, member_id in enumerate((ada, ben, ada)):
            at = clock() - timedelta(days=100 * number)
            earn_points(tx, member_id=member_id, points=5, source=f"{number}", occurred_at=at)
        days: list[date] = []
        after = None
        while True:
            page = lapsing_members(tx, on_or_before=date(2027, 6, 1), after=after, limit=1)
            days.extend(one.expires_on for one in page.items)
            after = page.after
            if after is None:
                break

    assert days == [date(2026, 9, 1), date(2026, 12, 1), date(2027, 4, 1)]


def test_audiences_by_level_visit_and_consent(shop, clock):
    yes = ConsentGiven(
        purpose=Purpose.EMAIL_MARKETING,
        granted=True,
        wording="Yes.",
        wording_version=1,
        language="en",
    )
    with shop.begin(actor="test") as tx:
        gold, quiet, new = (enrol(tx, name).member_id for name in ("Ada", "Ben", "Eve"))
        ring(tx, gold, line(1, price=300_000))
        ring(tx, quiet, line(1, price=1000))
        record_consent(tx, member_id=gold, given=yes, channel=Channel.WEB, source="app")
    clock.move(by=timedelta(days=40))
    with shop.begin(actor="test") as tx:
        ring(tx, gold, line(1, price=1000))
        first = date(2026, 3, 10)

        def ids(**facts):
            assert audience_count(tx, **facts) == len(audience_members(tx, **facts).items)
            return {one.member_id for one in audience_members(tx, **facts).items}

        assert ids() == {gold, quiet, new}
        assert ids(levels=["gold", "platinum"]) == {gold}
        assert ids(last_visit_before=first + timedelta(days=1)) == {quiet}
        assert ids(last_visit_after=first) == {gold}
        assert ids(last_visit_after=date(2026, 4, 19)) == set()
        assert ids(purpose=Purpose.EMAIL_MARKETING) == {gold}
        assert ids(purpose=Purpose.SMS_MARKETING) == set()

        page = audience_members(tx, limit=2)
        rest = audience_members(tx, limit=2, after=page.after)
        assert (len(page.items), len(rest.items), rest.after) == (2, 1, None)

        facts = audience_facts()
        by_level = select(facts.c.level, func.count()).group_by(facts.c.level)
        assert dict(tuple(row) for row in tx.run(by_level)) == {"gold": 1, "base": 2}


def test_contacts_come_in_one_statement_with_consents(shop):
    with shop.begin(actor="test") as tx:
        ada = enrol(tx, "Ada", email="ada@example.org").member_id
        ben = enrol(tx, "Ben").member_id
        said = contacts(tx, [ada, ben, NOBODY])

        assert set(said) == {ada, ben}
        assert (said[ada].email, said[ada].level, said[ada].zone) == (
            "ada@example.org",
            "base",
            "Europe/Paris",
        )
        assert contact_of(tx, NOBODY) is None
        assert contacts(tx, []) == {}


def test_articles_are_found_by_their_codes_and_names(shop):
    with shop.begin(actor="test") as tx:
        save_category(tx, category_id="bakery", name_fr="Boulangerie", name_en="Bakery")
        assert save_articles(tx, articles=[BREAD, TEA]) == 2
        assert save_articles(tx, articles=[]) == 0

        assert article_by_sku(tx, "bread") == article_by_ean(tx, EAN) == BREAD
        assert article_by_code(tx, " BREAD ") == article_by_code(tx, EAN) == BREAD
        for look in (article_by_sku, article_by_ean, article_by_code):
            with pytest.raises(UnknownArticle):
                look(tx, "nothing")
        both = articles_by_codes(tx, skus=["tea-green", "none"], eans=[EAN])
        assert {one.sku for one in both} == {"bread", "tea-green"}
        assert article_names(tx, ["bread"]) == {"bread": ("Pain de campagne", "bakery")}
        assert [one.name(lang) for one in categories(tx) for lang in ("fr", "en")] == [
            "Boulangerie",
            "Bakery",
        ]
        assert [one.sku for one in articles(tx, search="campagne").items] == ["bread"]
        assert [one.sku for one in articles(tx, search="32503").items] == ["bread"]
        assert articles(tx, search="100%").items == ()
        assert [one.sku for one in articles(tx, category="drinks").items] == ["tea-green"]
        first = articles(tx, limit=1)
        assert [one.sku for one in articles(tx, limit=1, after=first.after).items] == ["tea-green"]


def test_correcting_an_article_leaves_old_receipts_as_they_were(shop, ada):
    with shop.begin(actor="test") as tx:
        save_articles(tx, articles=[BREAD])
        bought = ring(tx, ada, line(1, price=420))
        save_articles(tx, articles=[ArticleFacts(BREAD.sku, "Pain bio", "bakery", 500, 550)])

        assert article_by_sku(tx, "bread").name == "Pain bio"
        assert purchase_detail(tx, bought.purchase_id).lines[0].name == "Bread"


def test_stores_are_known_by_their_codes(shop):
    with shop.look() as tx:
        assert store(tx, StoreId("lyon-1")).city == "Lyon"
        assert [one.store_id for one in stores(tx)] == ["lyon-1", "paris-2"]
        with pytest.raises(UnknownStore):
            store(tx, StoreId("mars-1"))
