"""A day in the back office, in a real browser: find a member, help her, prove the books."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from loyalty.errors import CardBlocked, CardReplaced
from loyalty.kernel.access.principals import Role
from loyalty.queries import card_holder
from tests.admin.office import PASSWORD, Office, furnish
from tests.loyalty.world import KEYS

pytestmark = pytest.mark.browser

EMAIL = "dora@example.org"


@pytest.fixture
def office(live):
    """The shop with a history behind the running application."""
    furniture = furnish(live.database)
    found = Office(replace(live.runtime), **vars(furniture))
    found.employ(EMAIL, Role.ADMIN)
    return found


def sign_in(page, password=PASSWORD) -> None:
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def scan(office, code):
    with office.database.look() as tx:
        return card_holder(tx, code, keys=KEYS).member_id


def test_a_card_is_blocked_replaced_and_the_books_are_proven(office, visit, trouble):
    trouble.expect("401")
    page = visit("/admin/members")
    page.wait_for_url("**/admin/sign-in?next=**")
    sign_in(page, password="not the password")
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    sign_in(page)
    page.wait_for_url("**/admin/members")

    first = office.cards(office.ada)
    page.get_by_role("searchbox").fill("lovel")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ada Lovelace").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ada Lovelace"

    page.get_by_role("button", name="Replace").click()
    dialog = page.get_by_role("dialog", name="Replace this card?")
    dialog.get_by_role("button", name="Leave it").click()
    assert not dialog.is_visible()
    assert scan(office, first.code) == office.ada
    page.get_by_role("button", name="Replace").click()
    dialog.get_by_role("button", name="Replace it").click()
    page.get_by_text("A new card has been issued.").wait_for()
    with pytest.raises(CardReplaced):
        scan(office, first.code)

    second = office.cards(office.ada)
    assert page.get_by_text(second.grouped).first.is_visible()
    page.get_by_role("button", name="Block", exact=True).click()
    page.keyboard.press("Escape")
    assert scan(office, second.code) == office.ada
    page.get_by_role("button", name="Block", exact=True).click()
    page.get_by_role("button", name="Block it").first.click()
    page.get_by_text("The card is blocked.").wait_for()
    with pytest.raises(CardBlocked):
        scan(office, second.code)
    page.get_by_role("button", name="Issue a new card").click()
    page.get_by_text("A new card has been issued.").wait_for()

    page.get_by_role("link", name="Books").first.click()
    page.get_by_role("button", name="Prove the books now").click()
    assert page.get_by_role("heading", name="The books add up").is_visible()
    trail = page.get_by_role("table", name="Audit trail").inner_text()
    for said in ("blocked a card", "replaced a card", "issued a card", "looked at a member"):
        assert said in trail


def test_a_scanner_opens_the_members_page(office, visit):
    page = visit("/admin/sign-in")
    sign_in(page)
    page.wait_for_url("**/admin/")
    page.get_by_role("searchbox").click()
    page.keyboard.type(office.cards(office.ben).code, delay=0)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/members/{office.ben}")


def test_everything_can_be_done_with_the_keyboard_alone(office, visit):
    page = visit("/admin/sign-in")
    expect(page.get_by_label("E-mail")).to_be_focused()  # letters typed before it are lost
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.goto(f"/admin/members/{office.ada}")
    button = page.get_by_role("button", name="Block the membership")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Block this membership?")
    assert dialog.is_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.textContent.trim()") == "Block the membership"


def test_a_till_is_invited_and_the_code_opens_it(office, visit):
    page = visit("/admin/sign-in?next=/admin/tills")
    sign_in(page)
    page.get_by_label("Store").select_option("paris-2")
    page.get_by_label("Name of the till").fill("t7")
    page.get_by_role("button", name="Make a code").click()
    shown = page.get_by_role("region", name="The code of t7").or_(
        page.get_by_role("status").filter(has_text="The code of t7")
    )
    code = shown.locator(".code-shown__digits").inner_text()
    till = visit("/till/enrol")
    till.locator("#f-code").fill(code)
    till.locator("#f-code").press("Enter")
    till.wait_for_url("**/till/sign-in")
