"""What a scanner sees of the page: the code is read from a picture of the screen, as tills do."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from tests.journeys.shopper import PHONE, Shop, letters, shoot

pytestmark = [pytest.mark.browser, pytest.mark.soak]

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active", "color_scheme": "dark"},
}
QUIET_MODULES = 4


@pytest.fixture
def shop(live):
    return Shop(live)


@pytest.fixture
def screen(visit, shop):
    """Ada's card on a screen of its own."""

    def opened(path="/app/", **options):
        page = visit("/app/rules", viewport=PHONE, **options)
        shop.sign_in(page.context, shop.regular())
        page.goto(path)
        return page

    return opened


def _picture(page):
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _read(picture):
    """Return the codes in a picture, read as strictly as a simple scanner reads."""
    found = zxingcpp.read_barcodes(picture, try_invert=False, try_downscale=False)
    return [one.text for one in found]


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize("look", LOOKS)
def test_the_card_is_read_from_the_screen(screen, look, scale):
    page = screen(device_scale_factor=scale, **LOOKS[look])
    code = letters(page)
    shoot(page, f"card-{look}-{scale}x")
    assert _read(_picture(page)) == [code]
    half = _picture(page).resize((PHONE["width"] * scale // 2, PHONE["height"] * scale // 2))
    assert _read(half) == [code]


@pytest.mark.parametrize("look", LOOKS)
def test_the_card_held_out_is_read_and_nothing_else_is_there(screen, look):
    page = screen(**LOOKS[look])
    code = letters(page)
    page.locator("#card-code button").click()
    page.locator("#card-code-full").wait_for()
    shoot(page, f"held-out-{look}")
    picture = _picture(page)
    assert _read(picture) == [code]
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    shown = "".join(page.locator("#card-code-full .qr__letters span").all_inner_texts())
    assert shown == code


@pytest.mark.parametrize("look", LOOKS)
def test_around_the_code_all_is_white(screen, look):
    page = screen(**LOOKS[look])
    symbol = page.locator("#card-code svg").bounding_box()
    modules = QUIET_MODULES * 2 + 25
    quiet = symbol["width"] * QUIET_MODULES / modules
    picture = _picture(page)
    left, top = round(symbol["x"]), round(symbol["y"])
    right, bottom = left + int(symbol["width"]), top + int(symbol["height"])
    ring = [
        picture.getpixel((x, y))
        for x in range(left + 1, right - 1)
        for y in range(top + 1, bottom - 1)
        if min(x - left, y - top, right - x, bottom - y) < quiet - 1
    ]
    assert set(ring) == {(255, 255, 255)}


def test_every_voucher_is_read(visit, shop):
    ada = shop.enrol("Ada")
    shop.sell(ada, 12_000, 13_000)
    page = visit("/app/rules", viewport=PHONE)
    shop.sign_in(page.context, ada)
    page.goto("/app/vouchers")
    shown = page.get_by_role("button", name="Show code")
    read = []
    for number in range(shown.count()):
        shown.nth(number).click()
        read += _read(_picture(page))
        page.keyboard.press("Escape")
    assert sorted(read) == sorted(shop.voucher_codes(ada))
    assert len(read) == 2


def test_the_poster_prints_on_one_sheet_and_is_read_from_it(visit, shop, live):
    page = visit("/app/poster/lyon-1")
    page.emulate_media(media="print")
    shoot(page, "poster-printed")
    assert _read(_picture(page)) == [f"{live.url}/app/join?store=lyon-1"]
    assert not page.get_by_role("button", name="Print").is_visible()
    sheets = page.pdf(prefer_css_page_size=True, print_background=True)
    assert sheets.count(b"/Type /Page\n") == 1


def test_on_a_small_phone_the_whole_code_is_seen_without_scrolling(screen):
    page = screen()
    for size in ({"width": 320, "height": 568}, {"width": 375, "height": 667}):
        page.set_viewport_size(size)
        page.reload()
        tabs = page.locator(".app-tabs").bounding_box()
        symbol = page.locator("#card-code svg").bounding_box()
        assert symbol["y"] + symbol["height"] <= tabs["y"]
        assert symbol["width"] >= 240
        assert _read(_picture(page)) == [letters(page)]


def test_the_screen_stays_awake_while_the_code_is_held_out(screen, live):
    page = screen()
    page.context.grant_permissions(["screen-wake-lock"], origin=live.url)
    page.add_init_script(
        """window.locks = [];
        const request = navigator.wakeLock.request.bind(navigator.wakeLock);
        navigator.wakeLock.request = async (kind) => {
          const lock = await request(kind);
          window.locks.push(lock);
          return lock;
        };"""
    )
    page.reload()
    assert page.evaluate("locks.length") == 0
    page.locator("#card-code button").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("locks.length === 1 && !locks[0].released")
    page.keyboard.press("Escape")
    page.wait_for_function("locks.every((lock) => lock.released)")
    assert page.evaluate("document.activeElement.matches('#card-code button')")


def test_a_refused_wake_lock_is_no_trouble(screen):
    page = screen()
    page.add_init_script(
        """navigator.wakeLock.request =
          () => Promise.reject(new DOMException("no", "NotAllowedError"));"""
    )
    page.reload()
    page.locator("#card-code button").click()
    assert page.locator("#card-code-full").is_visible()
