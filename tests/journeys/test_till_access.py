"""How a device becomes a till, and who may stand at it."""

from datetime import timedelta

import pytest

from loyalty.kernel.access.terminals import suspend_terminal, terminals
from tests.journeys.conftest import PHONE
from tests.journeys.till import Desk
from tests.pos_adapter.shop import PIN

pytestmark = [pytest.mark.browser, pytest.mark.soak]


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


def enrol(desk, code, **options):
    page = desk.page = desk.visit("/till/", **options)
    page.wait_for_url("**/till/enrol**")
    page.locator("#f-code").fill(code)
    page.locator("#f-code").press("Enter")
    return page


def test_a_device_becomes_a_till_with_a_code_and_a_cashier_signs_in_on_the_keypad(desk):
    page = enrol(desk, desk.new_code(), viewport=PHONE)
    page.wait_for_url("**/till/sign-in")
    desk.shot("sign-in")

    page.get_by_label("Cleo").check()
    for digit in PIN:
        page.locator(f"[data-digit='{digit}']").click()
    page.locator("#keypad button[type=submit]").click()
    page.wait_for_url("**/till/")

    assert "Lyon Bellecour" in page.locator(".till-bar__place").inner_text()
    page.locator("[aria-label='End the shift of Cleo']").click()
    page.wait_for_url("**/till/sign-in")
    page.goto("/till/")
    page.wait_for_url("**/till/sign-in")


def test_a_code_works_once_and_not_for_long(desk):
    desk.trouble.expect("422")
    used = desk.new_code()
    enrol(desk, used).wait_for_url("**/till/sign-in")

    for code in (used, "12345678", "nonsense"):
        page = enrol(desk, code)
        page.locator("#f-code-error").wait_for()
        assert page.locator("#f-code").get_attribute("aria-invalid") == "true"
    late = desk.new_code()
    desk.live.clock.move(by=timedelta(minutes=16))
    page = enrol(desk, late, locale="fr-FR")
    assert "Demandez" in page.locator("#f-code-error").inner_text()


def test_a_wrong_pin_is_refused_and_five_of_them_close_the_door_for_a_while(desk):
    desk.trouble.expect("422", "429")
    page = enrol(desk, desk.new_code())
    page.wait_for_url("**/till/sign-in")

    for _ in range(5):
        page.get_by_label("Cleo").check()
        page.locator("#f-pin").fill("000001")
        page.locator("#f-pin").press("Enter")
        page.locator("#f-pin-error").wait_for()
    page.get_by_label("Cleo").check()
    page.locator("#f-pin").fill(PIN)
    page.locator("#f-pin").press("Enter")

    page.get_by_text("Too many tries").first.wait_for()


def test_a_till_that_a_manager_suspends_is_a_till_no_more(desk):
    page = desk.open()
    with desk.live.database.begin(actor="test") as tx:
        [till] = [row for row in terminals(tx) if row.till == "t2"]
        suspend_terminal(tx, terminal_id=till.terminal_id)

    page.reload()

    page.wait_for_url("**/till/enrol**")


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_a_shopper_joins_with_her_own_phone(desk, language):
    page = desk.open("/till/join", locale=language)
    desk.shot(f"join-{language}")

    address = page.locator(".till-join__code figcaption").inner_text()
    shopper = desk.visit(address.removeprefix(desk.live.url), viewport=PHONE, locale=language)

    assert address == f"{desk.live.url}/app/join?store=lyon-1"
    assert shopper.locator("form").count() >= 1
