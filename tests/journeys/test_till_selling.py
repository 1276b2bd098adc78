"""A cashier's day in a real browser: scan, quote, sell; and everything that gets in the way."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.commands import block_card, save_articles
from loyalty.queries import CodeKind, holder_by_member, make_code, vouchers_of
from offers.commands import draft_offer, launch_offer
from tests.journeys.conftest import PHONE
from tests.journeys.till import Desk
from tests.pos_adapter.shop import CELLAR, COFFEE, ROLL, TEA

MINUS = "\N{MINUS SIGN}"
pytestmark = pytest.mark.browser


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


def launch(desk, **document):
    base = {"id": "coffee-20", "name": {"fr": "20 % sur le café", "en": "20 % off coffee"}}
    with desk.live.database.begin(actor="test") as tx:
        drafted = draft_offer(tx, document=base | document)
        launch_offer(tx, offer_id=drafted.offer_id)


def add(desk, name):
    """Add an article by name, as somebody without a scanner does."""
    page = desk.page
    page.locator("#scan").fill(name)
    page.locator(".found__item").first.wait_for()
    page.locator("#scan").press("Enter")
    desk.settle()


def total(page):
    return page.locator("#total-amount").inner_text()


def notice(page):
    return page.locator("#notice").inner_text()


def test_scans_a_card_and_a_payment_make_one_sale(desk):
    launch(desk, kind="percent", percent=20, category="coffee")
    page = desk.open()

    desk.scan(COFFEE.ean)
    desk.scan(COFFEE.ean)
    desk.scan(desk.ada_card)

    assert total(page) == "€7.98"
    assert page.locator(".basket__offer").inner_text().split("\n") == [
        "20 % off coffee",
        MINUS + "€2.00",
    ]
    assert page.locator("#total-saved").inner_text() == "You save €2.00"
    assert page.locator(".member-line__name").inner_text() == "Ada L."
    assert page.locator("#earns").inner_text() == "+7"
    desk.pay("card")

    assert page.locator(".done h2").inner_text() == "Paid: €7.98"
    assert "+7" in page.locator(".done__points").inner_text()
    assert page.locator(".receipt__code img").evaluate("(img) => img.naturalWidth > 0")
    [sale] = desk.sales()
    assert (sale.due_minor, sale.discount_minor, sale.points, sale.sequence) == (798, 200, 7, 1)
    assert (sale.till, sale.staff_id, sale.member_id) == ("t2", desk.shop.cleo, desk.shop.ada)
    assert sale.tenders == [{"kind": "card", "amount_minor": 798}]


def test_a_near_miss_says_what_would_make_it_work(desk):
    launch(
        desk,
        id="tea-1",
        kind="amount",
        amount="1.00",
        category="tea",
        applies_to="eligible_lines",
        conditions={"quantity": 2},
    )
    page = desk.open()

    desk.scan(TEA.ean)
    desk.scan(desk.ada_card)

    assert "one more" in page.locator(".offers-list__near").inner_text()
    desk.scan(TEA.ean)
    assert page.locator(".offers-list__on").count() == 1


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
    lost = []

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


def test_a_member_who_climbs_is_celebrated_in_view_and_in_words(desk):
    page = desk.open()
    add(desk, "cave")
    desk.scan(TEA.ean)
    add(desk, "cave")
    desk.scan(desk.ada_card)

    assert "This purchase reaches Gold" in page.locator("#member").inner_text()
    desk.pay("card")

    assert page.locator(".rise__title").inner_text() == "Welcome to Gold"
    page.wait_for_timeout(100)
    assert "Welcome to Gold" in page.locator("#live").inner_text()
    assert page.locator("#member.till__member--gold").count() == 1
    assert "new vouchers of €1.00" in page.locator(".done__voucher").inner_text()


def test_a_voucher_is_scanned_taken_off_and_used(desk):
    with desk.live.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(CELLAR, price_minor=10_000)])
    desk.shop.settle(desk.shop.sale(desk.shop.basket(("cellar", 1000), card=desk.ada_card)))
    with desk.live.database.look() as tx:
        [voucher] = vouchers_of(tx, desk.shop.ada, keys=desk.live.keys)
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.trouble.expect("409", "422", "404")

    desk.scan(voucher.code)
    assert "Scan the card first" in notice(page)
    desk.scan(desk.ada_card)
    desk.scan(voucher.code)
    assert total(page) == "€3.99"
    desk.scan(voucher.code)
    assert "already on the sale" in notice(page)
    page.locator(f"[data-focus='voucher-{voucher.code}']").click()
    desk.settle()
    assert total(page) == "€4.99"
    desk.scan(voucher.code)
    desk.pay("cash")

    assert [(sale.voucher_minor, sale.due_minor) for sale in desk.sales()][1:] == [(100, 399)]


def test_a_basket_that_vouchers_cover_is_finished_without_paying(desk):
    with desk.live.database.begin(actor="test") as tx:
        save_articles(tx, articles=[replace(CELLAR, price_minor=10_000)])
    desk.shop.settle(desk.shop.sale(desk.shop.basket(("cellar", 1000), card=desk.ada_card)))
    with desk.live.database.look() as tx:
        [voucher] = vouchers_of(tx, desk.shop.ada, keys=desk.live.keys)
    page = desk.open()
    add(desk, ROLL.name)
    desk.scan(desk.ada_card)
    desk.scan(voucher.code)

    assert total(page) == "€0.00"
    page.locator("#pay-now").click()
    page.get_by_role("button", name="Finish the sale").click()
    page.locator(".settled").wait_for()

    assert [(sale.due_minor, sale.tenders) for sale in desk.sales()][1:] == [(0, [])]


def test_cash_is_changed(desk):
    page = desk.open()
    desk.scan(COFFEE.ean)
    page.locator("#pay-now").click()

    page.locator("#pay-other").fill("4,50")
    page.locator("#pay-other").press("Enter")
    assert page.get_by_text("That is less than what is due.").is_visible()
    page.locator("#pay-other").fill("20")
    page.locator("#pay-other").press("Enter")
    page.locator(".settled").wait_for()

    assert page.locator(".done__change").inner_text() == "Change: €15.01"
    assert [sale.tenders for sale in desk.sales()] == [[{"kind": "cash", "amount_minor": 499}]]


def test_what_is_weighed_is_weighed_and_what_is_counted_is_counted(desk):
    page = desk.open()
    page.locator("#scan").fill("pom")
    page.locator(".found__item").first.click()
    page.locator("#quantity[open]").wait_for()

    for nonsense in ("", "0", "abc", "-1", "1.2345", "10000"):
        page.locator("#f-quantity").fill(nonsense)
        page.locator("#f-quantity").press("Enter")
        assert page.locator("#quantity-error").is_visible(), nonsense
    page.locator("#f-quantity").fill("0,850")
    page.locator("#f-quantity").press("Enter")
    desk.settle()
    assert total(page) == "€2.46"

    desk.scan(COFFEE.ean)
    page.locator("[data-focus=much-2]").click()
    page.locator("#f-quantity").fill("1,5")
    page.locator("#f-quantity").press("Enter")
    assert "whole number" in page.locator("#quantity-error").inner_text()
    page.locator("#f-quantity").fill("12")
    page.locator("#f-quantity").press("Enter")
    desk.settle()
    assert total(page) == "€62.34"


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


def test_the_whole_sale_can_be_made_from_the_keyboard(desk):
    page = desk.open()

    page.keyboard.press("F2")
    page.keyboard.type("caf", delay=60)
    page.locator(".found__item").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.locator("#scan").get_attribute("aria-activedescendant") == "found-0"
    page.keyboard.press("Enter")
    desk.settle()
    page.keyboard.press("F8")
    page.locator("#pay[open]").wait_for()
    assert page.evaluate("document.activeElement.id") == "pay-card"
    page.keyboard.press("Enter")
    page.locator(".settled").wait_for()
    page.wait_for_timeout(100)

    assert "Paid: €4.99" in page.locator("#live").inner_text()
    assert len(desk.sales()) == 1


TOO_SMALL = """() => [...document.querySelectorAll(
    '.till button, .till a, .till input, .till-bar a:not(.wordmark), .till-bar button'
  )]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getAttribute('aria-label') || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
"""What a finger on a till would miss: anything pressed under 48 CSS pixels."""


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desk"])
def test_everything_that_is_pressed_is_large_enough_and_nothing_is_cut_off(desk, size):
    page = desk.open(viewport=size)
    desk.scan(COFFEE.ean)
    desk.scan(desk.ada_card)

    small = page.evaluate(TOO_SMALL)
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown = page.locator("#total-amount").bounding_box()
    assert shown["y"] + shown["height"] <= size["height"]


def test_a_second_tab_of_the_same_till_does_not_sell(desk):
    page = desk.open()

    second = desk.visit("/till/", context=page.context)
    second.get_by_text("This till is open in another tab").wait_for()

    assert second.locator("#basket li").count() == 0


def test_a_sale_is_cancelled_only_when_asked_twice(desk):
    page = desk.open()
    desk.scan(COFFEE.ean)

    page.locator("#cancel").click()
    page.get_by_role("button", name="Go on selling").click()
    assert total(page) == "€4.99"
    page.locator("#cancel").click()
    page.locator("#cancel-sale").get_by_role("button", name="Cancel the sale").click()
    page.locator(".basket__empty").wait_for()

    assert page.locator(".basket__line").count() == 0
    assert total(page) == "€0.00"


def test_when_the_shift_ends_the_basket_waits_for_the_next_sign_in(desk):
    desk.trouble.expect("401")
    page = desk.open()
    desk.scan(COFFEE.ean)
    desk.live.clock.move(by=timedelta(hours=12, minutes=1))

    desk.scan(TEA.ean)
    page.wait_for_url(re.compile("/till/sign-in"))
    desk.sign_in()

    assert page.locator(".basket__name").all_inner_texts() == ["Café moulu"]
