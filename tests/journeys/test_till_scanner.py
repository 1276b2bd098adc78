"""Scanners that type: on any keyboard layout, into any field, faster than the till can answer."""

import pytest

from pos_adapter.wedge import layouts, read_scan
from tests.journeys.till import Desk
from tests.pos_adapter.shop import COFFEE, TEA
from tests.pos_adapter.test_wedge import check_letters
from tests.pos_adapter.vectors import SPREAD, arrived, vectors

pytestmark = pytest.mark.browser
TRIES = 5
"""How often a browser that is driven from outside may be slower than a scanner."""


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


def names(page):
    return page.locator(".basket__name").all_inner_texts()


def test_the_page_reads_every_scan_as_the_server_does(desk):
    """One set of vectors through repair.js and through wedge.py."""
    desk.open()
    cases = vectors()
    read = desk.page.evaluate(
        """async ([tables, cases]) => {
          const { readScan } = await import('/static/pos_adapter/repair.js');
          return cases.map(([typed, keys]) => readScan(typed, tables, keys));
        }""",
        [layouts(), [[case.typed, case.keys] for case in cases]],
    )

    assert len(cases) > 200
    for case, found in zip(cases, read, strict=True):
        ours = read_scan(case.typed, check_letters, keys=case.keys)
        assert (found["kind"], found["code"]) == (case.kind, case.code)
        assert found == {"kind": ours.kind.value, "code": ours.code, "layout": ours.layout}


def test_a_scanner_with_real_keys_fills_the_basket_and_no_field(desk):
    for _ in range(TRIES):
        desk.open()
        desk.page.locator("#scan").fill("pom")
        desk.scan_with_real_keys(COFFEE.ean)
        if names(desk.page):
            break
    page = desk.page

    assert names(page) == ["Café moulu"]
    assert page.locator("#scan").input_value() in ("pom", "")


@pytest.mark.parametrize(
    "layout", ["fr", "be", *(pytest.param(name, marks=pytest.mark.soak) for name in ("de", "cz"))]
)
def test_a_us_scanner_on_another_keyboard_is_understood(desk, layout):
    page = desk.open()

    desk.scan(SPREAD, typed=arrived(SPREAD, layout))
    desk.scan("]Q1" + desk.ada_card, typed=arrived("]Q1" + desk.ada_card, layout))

    assert names(page) == ["Café moulu"]
    assert page.locator(".member-line__name").inner_text() == "Ada L."


def test_scans_that_come_while_the_till_is_busy_wait_their_turn(desk):
    page = desk.open()
    page.route(
        "**/api/v1/till/articles**", lambda route: (page.wait_for_timeout(30), route.continue_())
    )

    page.evaluate(
        """(codes) => {
          const options = {bubbles: true, cancelable: true};
          for (const key of codes.flatMap((code) => [...code, 'Enter'])) {
            document.dispatchEvent(new KeyboardEvent('keydown', {key, ...options}));
          }
        }""",
        [COFFEE.ean, TEA.ean, COFFEE.ean, TEA.ean, COFFEE.ean],
    )
    page.get_by_text("€21.97").first.wait_for()

    assert names(page) == ["Café moulu", "Thé vert"]
    assert page.locator(".stepper__value").all_inner_texts() == ["3", "2"]


def test_what_a_person_types_stays_what_she_types(desk):
    """Two letters struck almost at once are not a scan: none is lost, none is doubled."""
    page = desk.open()
    page.evaluate(
        """() => {
          const input = document.getElementById('scan');
          input.focus();
          for (const key of 'po') {
            const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
            if (input.dispatchEvent(event)) {
              input.value += key;
              input.dispatchEvent(new Event('input', {bubbles: true}));
            }
          }
        }"""
    )
    page.get_by_role("option", name="Pommes").wait_for()

    assert page.locator("#scan").input_value() == "po"


@pytest.mark.soak
def test_a_scan_that_comes_in_two_pieces_is_put_together(desk):
    page = desk.open()
    page.evaluate(
        """async (pieces) => {
          for (const piece of pieces) {
            for (const key of piece) {
              const options = {key, bubbles: true, cancelable: true};
              document.dispatchEvent(new KeyboardEvent('keydown', options));
            }
            await new Promise((done) => setTimeout(done, 150));
          }
        }""",
        [SPREAD[:7], SPREAD[7:]],
    )
    page.locator(".basket__name").wait_for()

    assert names(page) == ["Café moulu"]


def test_an_unreadable_scan_says_so_and_the_second_one_says_what_else_to_do(desk):
    page = desk.open(locale="fr-FR")

    desk.scan("30176204220")
    assert "Code illisible" in page.locator("#notice").inner_text()
    page.wait_for_timeout(800)
    desk.scan("30176204220")

    assert "Saisissez le code sous les barres" in page.locator("#notice").inner_text()
    assert page.locator(".basket__line").count() == 0
