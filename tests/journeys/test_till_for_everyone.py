"""The till for every hand and eye: axe, target sizes, keyboard, both sizes and both themes."""

import pytest

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.till import Desk
from tests.pos_adapter.shop import COFFEE
from tests.services.accessibility import accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.soak]

TOO_SMALL = """() => [...document.querySelectorAll(
    '.till button, .till a, .till input, .till-bar a:not(.wordmark), .till-bar button'
  )]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.getAttribute('aria-label') || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 48 || box.width < 48)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
"""What a finger on a till would miss: anything pressed under 48 CSS pixels."""

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


def look(desk, name, faults):
    """Let axe look at the page as it is now, and keep a picture for people."""
    desk.page.wait_for_timeout(300)  # let what moves come to rest: colours are judged as they are
    faults += [f"{name}: {fault}" for fault in accessibility_faults(desk.page)]
    desk.shot(name)


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"]
)
def test_axe_finds_nothing_from_the_sign_in_to_the_return(desk, size, scheme):
    faults: list[str] = []
    prefix = f"{'phone' if size is PHONE else 'desk'}-{scheme}"
    page = desk.open(viewport=size, color_scheme=scheme, locale="fr-FR")
    look(desk, f"{prefix}-ready", faults)
    desk.scan(COFFEE.ean)
    desk.scan(desk.ada_card)
    page.locator("#scan").fill("cave")
    page.locator(".found__item").first.wait_for()
    look(desk, f"{prefix}-search", faults)
    page.locator("#scan").press("Enter")
    desk.settle()
    desk.scan("nothingtoread")
    look(desk, f"{prefix}-basket", faults)
    page.locator("#pay-now").click()
    page.locator("#pay-card").wait_for()
    look(desk, f"{prefix}-pay", faults)
    page.locator("[data-cash] >> nth=1").click()
    page.locator(".settled").wait_for()
    look(desk, f"{prefix}-done", faults)

    page.goto("/till/returns")
    page.locator("#receipt").fill("1")
    page.locator("#receipt").press("Enter")
    page.locator("[data-focus=more-1]").click()
    look(desk, f"{prefix}-return", faults)
    page.locator("#take-back").click()
    page.locator(".done").wait_for()
    look(desk, f"{prefix}-returned", faults)
    page.goto("/till/join")
    look(desk, f"{prefix}-join", faults)
    page.locator("form[action='/till/sign-out'] button").click()
    page.wait_for_url("**/till/sign-in")
    look(desk, f"{prefix}-sign-in", faults)
    page.context.clear_cookies()
    page.goto("/till/enrol")
    look(desk, f"{prefix}-enrol", faults)

    assert faults == []


@SIZES
def test_everything_that_is_pressed_is_large_enough_and_nothing_is_cut_off(desk, size):
    page = desk.open(viewport=size)
    desk.scan(COFFEE.ean)
    desk.scan(desk.ada_card)

    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown = page.locator("#total-amount").bounding_box()
    assert shown["y"] + shown["height"] <= size["height"]


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
