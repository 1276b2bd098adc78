"""The till's camera, fed with a film of the drawn card; and what is said where there is none."""

from io import BytesIO

import pytest
from PIL import Image

from loyalty.queries import card_png
from tests.journeys.conftest import QUIET
from tests.journeys.till import Desk
from tests.journeys.video import film
from tests.services import chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(live, visit, trouble):
    return Desk(live, visit, trouble)


@pytest.fixture
def camera_browser(browser):
    """Launch a Chromium with a camera of our making: a film, or none at all."""
    opened = []

    def launch(film_path=None, *flags):
        camera = (
            [
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film_path}",
            ]
            if film_path
            else []
        )
        made = browser.browser_type.launch(
            executable_path=chromium.find_chromium(),
            args=[*chromium.FLAGS, QUIET, *camera, *flags],
        )
        opened.append(made)
        return made

    yield launch
    for made in opened:
        made.close()


def test_the_camera_reads_the_card_on_the_members_phone(desk, camera_browser, tmp_path):
    film_path = film(tmp_path / "card.y4m", desk.ada_card, blank=3)
    page = desk.open(by=camera_browser(film_path), permissions=["camera"])

    page.locator("#open-camera").click()
    page.locator(".member-line__name").wait_for(timeout=15_000)

    assert page.locator(".member-line__name").inner_text() == "Ada L."
    assert page.locator("#camera[open]").count() == 0
    assert page.evaluate("document.querySelector('video').srcObject") is None


@pytest.mark.soak
def test_the_camera_is_let_go_of_while_the_page_is_hidden(desk, camera_browser, tmp_path):
    film_path = film(tmp_path / "nothing.y4m", "NOTACARDCODE")
    page = desk.open(by=camera_browser(film_path), permissions=["camera"])
    page.locator("#open-camera").click()
    page.locator("#camera[data-camera=on]").wait_for()

    turn = """(state) => {
      const value = state === 'hidden';
      Object.defineProperty(document, 'hidden', {value, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(turn, "hidden")
    assert page.locator("#camera").get_attribute("data-camera") == "paused"
    assert page.evaluate("document.querySelector('video').srcObject") is None
    page.evaluate(turn, "visible")
    page.locator("#camera[data-camera=on]").wait_for()
    assert page.evaluate("document.querySelector('video').srcObject.active")
    page.keyboard.press("Escape")
    page.locator("#camera[data-camera=off]").wait_for(state="attached")
    assert page.evaluate("document.querySelector('video').srcObject") is None


def test_a_refused_camera_says_what_to_do_instead(desk, camera_browser, tmp_path):
    film_path = film(tmp_path / "card.y4m", desk.ada_card)
    page = desk.open(by=camera_browser(film_path, "--deny-permission-prompts"))

    page.locator("#open-camera").click()

    page.get_by_text("The camera was refused.").wait_for()
    assert page.locator(".camera").is_hidden()


def test_without_a_camera_a_picture_of_the_card_will_do(desk, camera_browser, tmp_path):
    page = desk.open(by=camera_browser(), permissions=["camera"])
    picture = tmp_path / "card.png"
    drawn = Image.open(BytesIO(card_png(desk.ada_card, scale=6))).convert("L")
    drawn.rotate(12, expand=True, fillcolor=255).save(picture)

    page.locator("#open-camera").click()
    page.get_by_text("No camera was found.").wait_for()
    page.locator("#camera input[type=file]").set_input_files(str(picture))

    page.locator(".member-line__name").wait_for(timeout=15_000)
    assert page.locator(".member-line__name").inner_text() == "Ada L."


@pytest.mark.soak
def test_a_picture_without_a_code_is_named_as_such(desk, camera_browser, tmp_path):
    page = desk.open(by=camera_browser(), permissions=["camera"])
    picture = tmp_path / "grey.png"
    Image.new("L", (200, 200), 128).save(picture)

    page.locator("#open-camera").click()
    page.locator("#camera input[type=file]").set_input_files(str(picture))

    page.get_by_text("No code was found in the picture.").wait_for()


@pytest.mark.soak
def test_the_decoder_is_fetched_only_when_the_camera_is_wanted(desk):
    page = desk.open()
    fetched = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")

    assert not [name for name in fetched if "zxing" in name]
    assert any("till.js" in name for name in fetched)
