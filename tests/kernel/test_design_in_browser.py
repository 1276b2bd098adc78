"""The design system in a real browser: what cannot be read from the markup alone."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.kernel.design_kit import PAGES, build_design_app
from tests.services.accessibility import accessibility_faults
from tests.services.web import served

pytestmark = [pytest.mark.browser, pytest.mark.soak]

THEMES = ("light", "dark")
WIDTHS = (320, 390, 1280)
SMALLEST_TARGET = 24  # Source: WCAG 2.2, 2.5.8
SMALLEST_AT_THE_TILL = 48
WHITE = (255, 255, 255)


@pytest.fixture
def address(settings, sqlite_database, monkeypatch):
    """The address of a running server that shows the design system."""
    app = build_design_app(settings, sqlite_database, monkeypatch)
    with served(lambda _: app) as url:
        yield url


@pytest.fixture
def complaints():
    """What the browser has complained of so far; a test that provokes it clears it."""
    return []


@pytest.fixture
def show(browser, address, complaints):
    """Open a page in a context of its own; every complaint left at the end fails the test."""
    contexts = []

    def opened(path, *, width=390, height=844, script=True, **options):
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, java_script_enabled=script, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}{path}?lang=en")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_by_day_and_by_night(show, path, width, theme):
    page = show(path, width=width, color_scheme=theme)
    assert accessibility_faults(page) == []


def test_a_planted_fault_is_found(show):
    page = show("/app/card")
    page.evaluate("document.querySelector('h1').textContent = ''")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in fault for fault in accessibility_faults(page))


TARGETS = """smallest => [...document.querySelectorAll(
        'a, button, summary, select, input:not([type=hidden]), textarea')]
    .filter(one => one.checkVisibility())
    .map(one => [one.outerHTML.slice(0, 80), (one.closest('label') || one).getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < smallest)
    .map(([html]) => html)"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_what_one_presses_is_large_enough(show, path, width):
    least = SMALLEST_AT_THE_TILL if path.startswith("/till") else SMALLEST_TARGET
    page = show(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(TARGETS, least) == []


@pytest.mark.parametrize("size", [(390, 844), (390, 600), (768, 1024), (1280, 800)])
def test_the_total_is_in_sight_however_long_the_basket(show, size):
    width, height = size
    page = show("/till/sale", width=width, height=height)
    page.evaluate("document.querySelector('.till__basket').scrollTo(0, 400); scrollTo(0, 400)")
    total = page.locator(".total__amount").bounding_box()
    assert total["y"] >= 0
    assert total["y"] + total["height"] <= height
    assert total["x"] + total["width"] <= width


@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"color_scheme": "dark", "forced_colors": "active"},
        {"color_scheme": "dark", "contrast": "more"},
    ],
)
def test_the_code_stands_on_white_whatever_the_theme(show, options):
    page = show("/app/card", **options)
    plate = page.locator(".qr__plate").first
    picture = Image.open(io.BytesIO(plate.screenshot())).convert("RGB")
    width, height = picture.size
    assert min(width, height) >= 240
    assert _row(picture, height // 12) == {WHITE}
    assert _row(picture, height - height // 12) == {WHITE}
    assert picture.getpixel((width // 2, height // 2)) == (0, 0, 0)
    page.get_by_role("button", name="Full screen").click()
    large = page.locator("dialog .qr__plate").bounding_box()
    assert large["width"] > width
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()


def _row(picture, y):
    """Return the colours along a row of the plate, its round corners left out."""
    return {picture.getpixel((x, y)) for x in range(picture.width // 12, picture.width * 11 // 12)}


def test_the_keyboard_skips_to_the_content(show):
    page = show("/admin/styleguide", width=1280)
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("one => one === document.activeElement")
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_what_has_the_focus_is_seen(show):
    page = show("/admin/styleguide", width=1280)
    for _ in range(12):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + ' '"
            " + getComputedStyle(document.activeElement).outlineWidth"
        )
        assert ring == "solid 3px"


def test_what_has_the_focus_is_not_under_the_total(show):
    """Source: WCAG 2.2, 2.4.11."""
    page = show("/till/sale", width=390, height=844)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".stepper button").first.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        page.wait_for_timeout(20)
        hidden = page.evaluate("""() => {
            const focus = document.activeElement.getBoundingClientRect();
            const total = document.querySelector('.till__total').getBoundingClientRect();
            return focus.bottom > total.top && focus.top < total.bottom;
        }""")
        assert not hidden


def test_a_chosen_theme_outlives_the_page(show):
    page = show("/admin/styleguide", width=1280, color_scheme="light")
    ground = "getComputedStyle(document.body).getPropertyValue('color')"
    by_day = page.evaluate(ground)
    page.locator(".side__who summary").click()
    page.locator(".side__who").get_by_role("radio", name="Dark").check()
    by_night = page.evaluate(ground)
    assert by_night != by_day
    page.reload()
    assert page.evaluate(ground) == by_night
    page.keyboard.press("Escape")


def test_dialogs_and_menus_close_and_give_the_focus_back(show):
    page = show("/admin/styleguide", width=1280)
    opener = page.get_by_role("button", name="Open a dialog")
    opener.click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    assert page.get_by_role("dialog").count() == 0
    assert opener.evaluate("one => one === document.activeElement")
    menu = page.locator("details.menu", has_text="Rename")
    menu.locator("summary").click()
    assert page.get_by_role("link", name="Rename").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("link", name="Rename").is_visible()


def test_who_asks_for_less_motion_gets_none(show):
    page = show("/till/sale", reduced_motion="reduce")
    durations = page.evaluate(
        "[...document.querySelectorAll('*')].map("
        "one => parseFloat(getComputedStyle(one).animationDuration)).filter(one => one > 0.001)"
    )
    assert durations == []


SEND = """async ([path, body, options]) => {
    const { send } = await import('palier/post');
    return send(path, body, options);
}"""


def test_an_answer_a_refusal_and_silence_are_told_apart(show, complaints):
    page = show("/app/card")
    good = page.evaluate(SEND, ["/app/echo", {"points": 3}, {"key": "sale-1"}])
    assert good == {"ok": True, "status": 200, "data": {"heard": {"points": 3}, "key": "sale-1"}}
    refused = page.evaluate(SEND, ["/app/busy", None, {"method": "GET"}])
    assert (refused["ok"], refused["status"]) == (False, 429)
    assert refused["problem"]["title"]
    page.context.set_offline(True)
    silent = page.evaluate(SEND, ["/app/echo", {}, {}])
    assert (silent["ok"], silent["status"], silent["problem"]["type"]) == (False, 0, "offline")
    assert len(complaints) == 2
    complaints.clear()


def test_a_toast_is_said_and_its_action_runs_once(show):
    page = show("/app/card")
    page.evaluate("""async () => {
        const { toast } = await import('palier/toast');
        toast('Offer activated', {kind: 'good', action: {label: 'Undo', run: () => {
            document.title += ' undone'; }}});
    }""")
    assert page.get_by_role("status").get_by_text("Offer activated").is_visible()
    page.get_by_role("button", name="Undo").click()
    assert page.title().endswith("undone")
    assert page.get_by_text("Offer activated").count() == 0


def test_a_page_works_without_script(show):
    page = show("/app/card", script=False)
    assert page.locator(".qr__plate").first.is_visible()
    assert page.get_by_role("link", name="Gift").is_visible()
