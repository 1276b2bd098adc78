"""A cashier's day in a real browser: enrol the till, sign in, scan, sell, take back."""

import pytest

from tests.journeys.till import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


def test_a_scan_a_card_and_a_payment_make_one_sale(desk):
    page = desk.open()

    desk.scan("3017620422003")
    desk.scan("3017620422003")
    desk.scan(desk.ada_card)

    assert page.locator(".basket__name").all_inner_texts() == ["Café moulu"]
    assert page.locator("#total-amount").inner_text() == "€9.98"
    assert page.locator(".member-line__name").inner_text() == "Ada L."
    desk.shot("basket")
    desk.pay("card")
    assert page.locator(".done h2").inner_text() == "Paid: €9.98"
    desk.shot("paid")
    assert [sale.due_minor for sale in desk.sales()] == [998]
