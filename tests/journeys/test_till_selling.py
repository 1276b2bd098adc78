"""A cashier's day in a real browser: scan, quote, sell."""

from dataclasses import replace

import pytest

from loyalty.commands import save_articles
from loyalty.queries import vouchers_of
from offers.commands import draft_offer, launch_offer
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


@pytest.mark.soak
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


@pytest.mark.soak
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
