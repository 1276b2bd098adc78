"""The card's page: the code a till reads, the letters a cashier types, and all that is behind."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest

from loyalty.commands import block_card, block_member, place_hold, replace_card
from loyalty.queries import cards_of, vouchers_of
from tests.loyalty.pages.phone import COOKIE


def _text(response):
    """Return what a person reads: no tags, single spaces."""
    bare = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]*>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"[\s\u00a0\u202f]+", " ", html.unescape(bare))


def _letters(response):
    """Return the letters beneath the code, put together."""
    return "".join(_groups(response))


def _groups(response):
    beneath = response.text.partition('<span class="qr__letters">')[2].partition("</figcaption>")[0]
    return re.findall(r"<span>([A-Z]+)</span>", beneath)


def _code(shop, keys, member_id):
    with shop.look() as tx:
        return cards_of(tx, member_id, keys=keys)[0].code


def test_the_letters_beneath_the_code_are_the_code(hers, shop, keys, ada):
    page = hers.open("/app/")
    assert _letters(page) == _code(shop, keys, ada)
    assert [len(one) for one in _groups(page)] == [4, 4, 4, 4, 4, 3]


def test_nobody_sees_a_card_without_signing_in(phone):
    for path in ("/app/", "/app/pocket", "/app/points", "/app/vouchers", "/app/me"):
        answer = phone.open(path)
        assert answer.status_code in (302, 303)
        assert answer.location.startswith("/app/sign-in")


def test_a_new_card_stands_on_the_first_step(hers):
    said = _text(hers.open("/app/?lang=en"))
    assert "0 points" in said
    assert "€3,000.00 more of purchases to reach Gold" in said
    assert "€100.00 more of purchases for your next voucher" in said


def test_points_are_money_and_end_on_a_day(hers, ada, buy):
    buy(ada, 40_000)
    said = _text(hers.open("/app/?lang=en"))
    assert "400 points = €2.00" in said
    assert "400 of your points can be used until 31 March 2027" in said
    assert "Up to date at 10:30" in said


def test_points_that_end_soon_are_pointed_out_first(hers, shop, ada, buy, clock):
    buy(ada, 40_000)
    assert "alert--warn" not in hers.open("/app/").text
    clock.move(to=datetime(2027, 3, 1, 9, tzinfo=UTC))
    hers.sign_in_as(shop, ada)
    page = hers.open("/app/?lang=en").text
    warning = page.partition("alert--warn")[2].partition("</section>")[0]
    assert "400 of your points can be used until 31 March 2027" in warning


def test_reaching_gold_says_until_when_it_is_hers(hers, ada, buy):
    buy(ada, 310_000)
    said = _text(hers.open("/app/?lang=en"))
    assert "€4,900.00 more of purchases to reach Platinum" in said
    assert "Gold is yours until 31 December 2027." in said
    assert "or est à vous" not in said
    assert "Vous êtes Or jusqu’au 31 décembre 2027." in _text(hers.open("/app/?lang=fr"))


def test_keeping_gold_says_what_is_missing(hers, shop, ada, buy, clock):
    buy(ada, 310_000)
    clock.move(to=datetime(2027, 3, 1, 9, tzinfo=UTC))
    buy(ada, 100_000)
    hers.sign_in_as(shop, ada)
    said = _text(hers.open("/app/?lang=en"))
    assert "Gold is yours until 31 December 2027. €2,000.00 more of purchases by then" in said


def test_the_top_of_the_stairs_is_said(hers, ada, buy):
    buy(ada, 900_000)
    assert "You have climbed all the stairs." in _text(hers.open("/app/?lang=en"))


def test_points_set_aside_are_not_shown_as_spendable(hers, ada, buy, shop):
    buy(ada, 40_000)
    with shop.begin(actor="test") as tx:
        place_hold(tx, member_id=ada, points=150, source="test:1")
    assert "250 points = €1.25" in _text(hers.open("/app/?lang=en"))
    assert "150 points are set aside" in _text(hers.open("/app/points?lang=en"))


def test_vouchers_stand_on_the_card_each_with_its_code(hers, ada, buy, shop, keys):
    buy(ada, 50_000)
    with shop.look() as tx:
        codes = [one.code for one in vouchers_of(tx, ada, keys=keys)]
    assert len(codes) == 5
    card, every = hers.open("/app/?lang=en").text, hers.open("/app/vouchers?lang=en").text
    assert sum(code in card for code in _spelled(codes)) == 3
    assert "See all 5" in card
    assert all(code in every for code in _spelled(codes))


def test_without_vouchers_the_page_says_how_to_get_one(hers):
    said = _text(hers.open("/app/vouchers?lang=en"))
    assert "No voucher at the moment" in said
    assert "You get one for every €100.00 of purchases." in said


def test_a_voucher_past_its_day_is_listed_as_expired(hers, shop, ada, buy, clock):
    buy(ada, 10_000)
    clock.move(to=datetime(2026, 10, 1, 8, tzinfo=UTC))
    hers.sign_in_as(shop, ada)
    said = _text(hers.open("/app/vouchers?lang=en"))
    assert "No voucher at the moment" in said
    assert "was valid until 30 September 2026 Expired" in said


def test_a_stopped_card_shows_no_code_and_where_to_get_another(hers, shop, keys, ada):
    with shop.begin(actor="test") as tx:
        block_card(tx, member_id=ada, card_id=cards_of(tx, ada, keys=keys)[0].card_id)
    page = hers.open("/app/?lang=en")
    assert page.status_code == 200
    assert "This card is stopped." in _text(page)
    assert "<figure" not in page.text


def test_a_replaced_card_shows_the_new_code(hers, shop, keys, ada):
    old = _code(shop, keys, ada)
    with shop.begin(actor="test") as tx:
        card = cards_of(tx, ada, keys=keys)[0].card_id
        new = replace_card(tx, keys=keys, member_id=ada, card_id=card).code
    assert _letters(hers.open("/app/")) == new != old


def test_a_blocked_member_is_told_whom_to_ask(hers, shop, ada):
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
    for path in (
        "/app/?lang=en",
        "/app/points?lang=en",
        "/app/vouchers?lang=en",
        "/app/pocket?lang=en",
    ):
        answer = hers.open(path)
        assert answer.status_code == 409
        assert "Ask at the welcome desk" in _text(answer)
    assert hers.open("/app/me").status_code == 200


def test_the_pocket_holds_name_code_balance_and_level_and_nothing_else(hers, shop, keys, ada, buy):
    buy(ada, 310_000)
    page = hers.open("/app/pocket?lang=en")
    said = _text(page)
    assert _letters(page) == _code(shop, keys, ada)
    assert "Ada" in said
    assert "3,100 points" in said
    assert "Gold" in said
    with shop.look() as tx:
        kept_back = [one.code for one in vouchers_of(tx, ada, keys=keys)]
    secrets = (*kept_back, ada, "Platinum", "more of purchases")
    assert not [one for one in secrets if one in page.text]
    assert "2027" not in said  # the lines of the drawing may well hold these digits


def test_no_page_of_hers_may_be_kept_by_the_browser(hers):
    for path in ("/app/", "/app/pocket", "/app/points", "/app/vouchers", "/app/me"):
        assert hers.open(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/app/", "/app/points", "/app/vouchers", "/app/me"])
def test_a_session_that_has_ended_leads_to_the_sign_in(hers, clock, path):
    clock.move(to=datetime(2026, 9, 20, tzinfo=UTC))
    answer = hers.open(f"{path}?lang=en")
    assert answer.location.startswith("/app/sign-in")
    assert "Your session has ended" in hers.open("/app/sign-in?lang=en").text


def test_another_members_session_shows_another_card(hers, shop, keys, ada, ben):
    bens = hers.another().sign_in_as(shop, ben)
    assert bens.client.get_cookie(COOKIE).value != hers.client.get_cookie(COOKIE).value
    assert _letters(bens.open("/app/")) == _code(shop, keys, ben) != _code(shop, keys, ada)


def _spelled(codes):
    """Return codes as their letters stand in the markup."""
    groups = [[code[at : at + 4] for at in range(0, len(code), 4)] for code in codes]
    return ["".join(f"<span>{group}</span>" for group in one) for one in groups]
