"""What gets in the way at a till: lost answers, reloads, refusals, names that are code."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.commands import block_card, save_articles
from loyalty.queries import CodeKind, holder_by_member, make_code
from offers.commands import draft_offer, launch_offer
from tests.journeys.till import Desk
from tests.pos_adapter.shop import COFFEE, TEA

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


def total(page):
    return page.locator("#total-amount").inner_text()


def notice(page):
    return page.locator("#notice").inner_text()


def test_a_double_click_on_pay_sells_once(desk):
    page = desk.open()
    desk.scan(COFFEE.ean)

    page.locator("#pay-now").click()
    page.locator("#pay-card").dblclick()
    page.locator(".settled").wait_for()
    desk.settle()

    assert [sale.sequence for sale in desk.sales()] == [1]


def test_a_lost_answer_is_asked_for_again_and_the_sale_counts_once(desk):
    """The server records the sale, the answer never arrives; the shop sells on meanwhile."""
    desk.trouble.expect("ERR_FAILED", "net::")
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.scan(desk.ada_card)
    lost: list[object] = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/api/v1/till/sales", lose)
    desk.pay("card")

    assert "Kept on this till" in page.locator(".done").inner_text()
    assert page.locator("#link").inner_text() == "1 waiting"
    page.locator("#next").click()
    desk.scan(TEA.ean)
    page.locator("#link[data-state=online]").wait_for()
    desk.pay("card")

    assert [(sale.sequence, sale.due_minor) for sale in desk.sales()] == [(1, 499), (2, 350)]
    with desk.live.database.look() as tx:
        assert holder_by_member(tx, desk.shop.ada).balance == 4


def test_a_sale_whose_answer_was_lost_survives_a_closed_tab(desk):
    desk.trouble.expect("ERR_FAILED", "net::")
    page = desk.open()
    desk.scan(COFFEE.ean)
    page.route("**/api/v1/till/sales", lambda route: route.abort())
    desk.pay("card")
    assert desk.sales() == []
    context = page.context
    page.close()

    page = desk.page = desk.visit("/till/", context=context)
    page.locator("#link[data-state=online]").wait_for()

    assert page.locator(".basket__line").count() == 0
    assert [sale.due_minor for sale in desk.sales()] == [499]


def test_a_reload_in_the_middle_of_a_basket_loses_nothing(desk):
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.scan(TEA.ean)
    desk.scan(desk.ada_card)
    page.locator("[data-focus=more-2]").click()
    desk.settle()
    before = (total(page), page.locator(".basket__name").all_inner_texts())

    page.reload()
    page.locator(".member-line__name").wait_for()
    desk.settle()

    assert (total(page), page.locator(".basket__name").all_inner_texts()) == before
    assert before[0] == "€11.99"
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "Ada" not in stored
    assert "example.org" not in stored
    desk.pay("card")
    page.reload()
    desk.settle()
    desk.scan(COFFEE.ean)
    desk.pay("card")
    assert [sale.sequence for sale in desk.sales()] == [1, 2]


def test_numbers_go_on_after_the_browser_was_wiped(desk):
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.pay("card")
    page.evaluate("localStorage.clear()")
    page.reload()
    desk.settle()

    desk.scan(TEA.ean)
    desk.pay("card")

    assert [sale.sequence for sale in desk.sales()] == [1, 2]


def test_a_price_that_changes_before_the_payment_is_shown_and_paid_at_the_second_press(desk):
    desk.trouble.expect("409")
    page = desk.open()
    desk.scan(COFFEE.ean)
    with desk.live.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(COFFEE, price_minor=599)])

    page.locator("#pay-now").click()
    page.locator("#pay-card").click()
    page.get_by_text("The price has changed since it was shown").wait_for()

    assert "Due before: €4.99. Due now: €5.99." in notice(page)
    assert desk.sales() == []
    desk.pay("card")
    assert [(sale.sequence, sale.due_minor) for sale in desk.sales()] == [(1, 599)]


REFUSALS = {
    "unknown article": ("4006381333931", "Article inconnu"),
    "unknown card": (make_code(CodeKind.CARD, bytes(10)).letters, "Carte inconnue"),
    "unknown voucher": (make_code(CodeKind.VOUCHER, bytes(10)).letters, "Scannez d’abord la carte"),
    "a receipt": (make_code(CodeKind.RECEIPT, bytes(16)).letters, "Ceci est un ticket"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_cannot_be_sold_is_refused_in_words_and_the_sale_goes_on(desk, what):
    desk.trouble.expect("404", "409", "422")
    code, words = REFUSALS[what]
    page = desk.open(locale="fr-FR")
    desk.scan(COFFEE.ean)

    desk.scan(code)

    assert words in notice(page)
    assert total(page).replace("\u202f", " ").replace("\u00a0", " ") == "4,99 €"
    desk.scan(TEA.ean)
    assert notice(page) == ""
    desk.pay("card")
    assert len(desk.sales()) == 1


def test_a_blocked_card_is_refused_and_does_not_stop_the_sale(desk):
    desk.trouble.expect("409")
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.scan(desk.ada_card)
    with desk.live.database.begin(actor="test") as tx:
        holder = holder_by_member(tx, desk.shop.ada)
        cards = tx.session.connection().exec_driver_sql(
            "SELECT id FROM cards WHERE member_id = ?", (holder.member_id,)
        )
        block_card(tx, member_id=desk.shop.ada, card_id=cards.scalar_one())

    desk.scan(TEA.ean)
    desk.settle()

    assert "Card blocked" in notice(page)
    assert page.get_by_role("heading", name="No card yet").is_visible()
    desk.pay("card")
    assert [sale.member_id for sale in desk.sales()] == [None]


def test_hostile_names_are_shown_as_the_text_they_are(desk):
    hostile = "<img src=x onerror=\"document.title='hacked'\">"
    with desk.live.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(COFFEE, name=hostile)])
    page = desk.open()

    desk.scan(COFFEE.ean)
    page.locator("#scan").fill("img")
    page.locator(".found__item").first.wait_for()
    assert page.locator(".found__item span").first.inner_text() == hostile
    page.keyboard.press("Escape")
    desk.pay("card")

    assert hostile in page.locator(".receipt").inner_text()
    assert "hacked" not in page.title()


def test_a_second_tab_of_the_same_till_does_not_sell(desk):
    page = desk.open()

    second = desk.visit("/till/", context=page.context)
    second.get_by_text("This till is open in another tab").wait_for()

    assert second.locator("#basket li").count() == 0


def test_when_the_shift_ends_the_basket_waits_for_the_next_sign_in(desk):
    desk.trouble.expect("401")
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.live.clock.move(by=timedelta(hours=12, minutes=1))

    desk.scan(TEA.ean)
    page.wait_for_url(re.compile("/till/sign-in"))
    desk.sign_in()

    assert page.locator(".basket__name").all_inner_texts() == ["Café moulu"]


def test_a_sale_that_was_paid_and_priced_anew_waits_for_the_cashiers_word(desk):
    """No answer, then another price: the sale is neither lost nor stored behind her back."""
    desk.trouble.expect("net::", "409")
    page = desk.open()
    desk.scan(COFFEE.ean)
    page.route("**/api/v1/till/sales", lambda route: route.abort())
    desk.pay("card")
    with desk.live.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(COFFEE, price_minor=599)])
    page.unroute("**/api/v1/till/sales")

    page.get_by_text("Receipt 1 could not be written down").wait_for()
    assert desk.sales() == []
    page.get_by_role("button", name="Send it at today's prices").click()
    desk.settle()

    assert [(sale.sequence, sale.due_minor) for sale in desk.sales()] == [(1, 599)]
    assert page.locator("#notice").inner_text() == ""


def test_a_number_that_another_sale_took_meanwhile_is_replaced(desk):
    desk.trouble.expect("409")
    page = desk.open()
    desk.scan(COFFEE.ean)
    taken = replace(desk.shop.key(), till="t2", sequence=1)
    desk.shop.settle(desk.shop.sale(desk.shop.basket(("tea", 1000)), key=taken))

    page.locator("#pay-now").click()
    page.locator("#pay-card").click()
    page.get_by_text("That receipt number was taken").wait_for()
    desk.pay("card")

    assert [(sale.sequence, sale.due_minor) for sale in desk.sales()] == [(1, 350), (2, 499)]


def test_offers_that_a_member_has_ready_are_shown_before_anything_is_scanned(desk):
    with desk.live.database.begin(actor="test") as tx:
        document = {"id": "tea-1", "name": {"fr": "Thé", "en": "Tea week"}, "kind": "percent"}
        drafted = draft_offer(tx, document=document | {"percent": 10, "category": "tea"})
        launch_offer(tx, offer_id=drafted.offer_id)
    page = desk.open()

    desk.scan(desk.ada_card)

    assert "Tea week" in page.locator("#member").inner_text()
