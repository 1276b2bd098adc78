"""The pages in a real browser: one tap without reloading, the cost while typing, axe on both."""

from __future__ import annotations

import pytest

from loyalty.kernel.relay import drain
from offers.plugin import plugin
from offers.queries import member_offers
from offers.values import GrantState
from tests.offers.world import buy, launch
from tests.services.accessibility import accessibility_faults
from tests.services.web import served

pytestmark = [pytest.mark.browser, pytest.mark.soak]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
TAP = "form[data-tap=PUT] button:visible"
UNDO = "form[data-tap=DELETE] button:visible"


@pytest.fixture
def site(app):
    """The address at which the application answers."""
    with served(lambda _: app) as url:
        yield url


@pytest.fixture
def open_page(browser, site, hers, desk):
    """Open a page as Ada on her phone or as Dora at her desk; complaints fail the test."""
    opened, complaints = [], []
    cookies = {"palier-member": hers.client, "palier-staff": desk().client}

    def go(path, *, viewport=PHONE, expected="nothing", **options):
        context = browser.new_context(viewport=viewport, locale="en-GB", **options)
        opened.append(context)
        for name, client in cookies.items():
            value = client.get_cookie(name).value
            context.add_cookies([{"name": name, "value": value, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type == "error" and expected not in said.text
                else None
            ),
        )
        page.goto(f"{site}{path}")
        return page

    yield go
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def full_list(small_shop, small_ada, days_ago):
    """A few offers of every look, and what Ada bought last month."""
    with small_shop.begin(actor="till") as tx:
        off = launch(tx, name="Coffee", activation=True, until="2026-03-31")
        launch(tx, id="gift", name="Points", kind="points_bonus", points=50, category="tea")
        launch(tx, id="fish", name="Fish", category="fish", activation=True)
        for days in (9, 3):
            buy(tx, small_ada, "espresso", at=days_ago(days))
    drain(small_shop, plugin.subscriptions)
    return off


def state_of(database, member_id):
    with database.look() as tx:
        return member_offers(tx, member_id, "en")[0].state


def test_one_tap_and_its_undo_need_no_reload(open_page, full_list, small_shop, small_ada):
    page = open_page("/app/offers")
    page.evaluate("window.untouched = true")
    card = page.locator(f"#o-{full_list}")

    card.locator(TAP).press("Enter")
    card.locator(UNDO).wait_for()
    assert state_of(small_shop, small_ada) is GrantState.ACTIVATED
    assert "offer--active" in card.get_attribute("class")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Undo"

    page.locator(".toast__action").click()
    card.locator(TAP).wait_for()
    assert state_of(small_shop, small_ada) is GrantState.AVAILABLE
    assert page.locator(".toast").count() == 1
    assert page.evaluate("window.untouched")


def test_without_scripts_the_same_taps_work(open_page, full_list, small_shop, small_ada):
    page = open_page("/app/offers", java_script_enabled=False)
    page.locator(f"#o-{full_list} {TAP}").click()
    assert state_of(small_shop, small_ada) is GrantState.ACTIVATED
    page.locator(f"#o-{full_list} {UNDO}").click()
    assert state_of(small_shop, small_ada) is GrantState.AVAILABLE


def test_without_a_network_the_tap_says_so_and_changes_nothing(open_page, full_list):
    page = open_page("/app/offers", expected="net::ERR_FAILED")
    page.route("**/api/**", lambda route: route.abort())
    card = page.locator(f"#o-{full_list}")
    card.locator(TAP).click()
    page.locator(".toast--warn").wait_for()
    assert card.locator(TAP).is_visible()


def test_the_cost_follows_what_is_typed(open_page, full_list):
    page = open_page("/admin/offers/new", viewport=DESK)
    page.fill("[name=value]", "50")
    page.fill("[name=name_fr]", "Moitié prix")
    page.fill("[name=name_en]", "Half price")
    page.select_option("[name=category]", "coffee")
    page.locator("#cost .stat__value", has_text="€4.00").wait_for()
    page.fill("[name=value]", "150")
    page.locator("#cost li", has_text="more than 0 and at most 100").wait_for()
    page.check("[name=kind][value=points_bonus]")
    assert not page.locator("[name=applies_to]").is_visible()


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk"]
)
@pytest.mark.parametrize(
    "path", ["/app/offers", "/admin/offers", "/admin/offers/new", "/admin/offers/{offer}"]
)
def test_axe_finds_nothing(open_page, full_list, path, viewport, scheme):
    where = path.format(offer=full_list)
    page = open_page(where, viewport=viewport, color_scheme=scheme)
    assert accessibility_faults(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= viewport["width"]
