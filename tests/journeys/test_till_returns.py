"""Taking articles back at the browser till: by the receipt's code or by its number."""

import pytest

from loyalty.commands import publish_programme
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.presets import preset_document
from loyalty.queries import holder_by_member
from loyalty.values import SCRATCH
from tests.journeys.conftest import PHONE
from tests.journeys.till import Desk
from tests.pos_adapter.vectors import arrived

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


@pytest.fixture
def bought(desk):
    """Three coffees and some apples, bought by Ada at another till."""
    basket = desk.shop.basket(("coffee", 3000), ("apples", 850), card=desk.ada_card)
    return desk.shop.settle(desk.shop.sale(basket))


def balance(desk):
    with desk.live.database.look() as tx:
        return holder_by_member(tx, desk.shop.ada).balance


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desk", "phone"])
def test_an_article_comes_back_by_the_code_on_the_receipt(desk, bought, options):
    page = desk.open("/till/returns", **options)

    desk.scan(bought.receipt_code, typed=arrived(bought.receipt_code, "fr"))
    page.locator("[data-focus=more-1]").click()
    assert page.locator("#total-amount").inner_text() == "€4.99"
    page.locator("#take-back").click()
    page.get_by_role("heading", name="Hand back €4.99").wait_for()

    assert "-5" in page.locator(".done__points").inner_text()
    assert (bought.receipt.balance, balance(desk)) == (17, 12)


def test_everything_comes_back_by_the_receipts_number_and_nothing_comes_back_twice(desk, bought):
    page = desk.open("/till/returns")

    def find():
        page.locator("#f-till").fill("t1")
        page.locator("#receipt").fill(str(bought.key.sequence))
        page.locator("#receipt").press("Enter")
        page.locator(".return__head").wait_for()

    find()
    page.locator("[data-focus=all]").click()
    page.locator("#take-back").dblclick()
    page.get_by_role("heading", name="Hand back €17.43").wait_for()

    assert balance(desk) == 0
    find()
    assert page.get_by_text("All back").count() == 2
    assert page.locator("#take-back").is_disabled()


def test_a_lost_answer_to_a_return_is_asked_for_again_and_counts_once(desk, bought):
    desk.trouble.expect("net::")
    page = desk.open("/till/returns")
    desk.scan(bought.receipt_code)
    page.locator("[data-focus=more-1]").click()
    lost: list[object] = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/api/v1/till/returns", lose)
    page.locator("#take-back").click()
    page.get_by_text("No answer from the server").wait_for()
    page.locator("#take-back").click()
    page.get_by_role("heading", name="Hand back €4.99").wait_for()

    assert balance(desk) == 12


def test_what_is_not_a_receipt_is_refused_in_words(desk, bought):
    desk.trouble.expect("404")
    page = desk.open("/till/returns", locale="fr-FR")

    desk.scan(desk.ada_card)
    assert "Ce n’est pas un ticket" in page.locator("#notice").inner_text()
    page.locator("#receipt").fill("999")
    page.locator("#receipt").press("Enter")
    page.get_by_text("Achat inconnu").wait_for()

    assert page.locator("#take-back").is_hidden()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desk", "phone"])
def test_an_article_comes_back_without_a_receipt_once_a_manager_agrees(desk, bought, options):
    desk.trouble.expect("409")
    document = preset_document("three-tier-grocer") | {"returns": {"without_receipt": "manager"}}
    with desk.live.database.begin(actor="test") as tx:
        publish_programme(tx, document=document, proof=SCRATCH)
        role = Role.STORE_MANAGER
        take_on_staff(tx, name="Mia", role=role, pin="246802", store_id="lyon-1")
    page = desk.open("/till/returns", **options)

    page.get_by_role("link", name="Without a receipt").click()
    desk.settle()
    desk.scan(desk.ada_card)
    page.locator("#scan").fill("caf")
    page.get_by_role("option").first.click()
    desk.shot(f"loose-{'phone' if options else 'desk'}")
    page.locator("#take-back").click()
    page.get_by_label("PIN").fill("246802")
    desk.shot(f"loose-manager-{'phone' if options else 'desk'}")
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("heading", name="Hand back €4.99").wait_for()
    desk.shot(f"loose-done-{'phone' if options else 'desk'}")

    assert balance(desk) == bought.receipt.balance - 4
