"""From the poster to the card, and the card without a network."""

from __future__ import annotations

import time

import pytest

from tests.journeys.shopper import IS_KEPT, PHONE, Shop, letters, shoot, until, wait_until_kept

pytestmark = pytest.mark.browser

NO_NETWORK = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")
LATE_SECONDS = 6


@pytest.fixture
def shop(live):
    return Shop(live)


@pytest.fixture
def phone(visit, shop):
    """Open a page on a phone of its own; ``member_id`` is signed in on it."""

    def opened(path="/app/", *, member_id=None, **options):
        page = visit("/app/rules", viewport=PHONE, **options)
        if member_id is not None:
            shop.sign_in(page.context, member_id)
        page.goto(path)
        return page

    return opened


@pytest.fixture
def joined(phone):
    """Ada's phone, a minute after she saw the poster."""
    page = phone("/app/join?store=lyon-1")
    shoot(page, "join")
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("E-mail", exact=True).fill("ada@example.org")
    page.get_by_role("button", name="Get my card").click()
    page.wait_for_url("**/app/")
    return page


def test_she_joins_and_her_card_needs_no_network_any_more(joined, trouble):
    trouble.expect(*NO_NETWORK)
    code = letters(joined)
    assert len(code) == 23
    assert "Welcome, Ada!" in joined.inner_text("main")
    shoot(joined, "card-new")
    wait_until_kept(joined)

    joined.context.set_offline(True)
    joined.reload()

    assert letters(joined) == code
    assert "No network" in joined.inner_text("main")
    assert joined.locator("#card-code svg").first.is_visible()
    shoot(joined, "card-offline")
    joined.goto("/app/points")
    assert letters(joined) == code

    joined.goto("/app/")
    joined.get_by_role("link", name="Try again").click()
    joined.get_by_text("No network").wait_for()
    assert letters(joined) == code


def test_the_network_coming_back_brings_the_card_of_now(joined, trouble):
    trouble.expect(*NO_NETWORK)
    wait_until_kept(joined)
    joined.context.set_offline(True)
    joined.reload()
    joined.get_by_text("No network").wait_for()
    joined.context.set_offline(False)
    joined.wait_for_selector("#as-of", timeout=30_000)


@pytest.mark.soak  # waits longer than the page does between two looks
def test_the_card_is_not_taken_away_while_it_is_held_out(joined, trouble):
    trouble.expect(*NO_NETWORK)
    wait_until_kept(joined)
    joined.context.set_offline(True)
    joined.reload()
    joined.locator("#card-code button").click()
    joined.context.set_offline(False)
    joined.wait_for_timeout(4_500)
    assert joined.locator("#card-code-full").is_visible()
    joined.keyboard.press("Escape")
    joined.wait_for_selector("#as-of", timeout=30_000)


@pytest.mark.soak
def test_a_network_that_does_not_answer_is_no_network(joined, live, trouble):
    trouble.expect(*NO_NETWORK)
    code = letters(joined)
    wait_until_kept(joined)
    prompt = live.app.wsgi_app

    def late(environ, start_response):
        if environ["PATH_INFO"] == "/app/":
            time.sleep(LATE_SECONDS)
        return prompt(environ, start_response)

    live.app.wsgi_app = late
    began = time.monotonic()
    joined.reload()
    assert letters(joined) == code
    assert "No network" in joined.inner_text("main")
    assert time.monotonic() - began < LATE_SECONDS - 1


def test_the_phone_keeps_one_page_of_hers_and_what_everybody_gets(phone, shop):
    ada = shop.regular()
    page = phone(member_id=ada)
    wait_until_kept(page)
    for path in ("/app/vouchers", "/app/points", "/app/me", "/app/"):
        page.goto(path)
    kept = page.evaluate(
        """async () => {
          const found = {};
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              const answer = await cache.match(request);
              found[new URL(request.url).pathname] = await answer.text();
            }
          }
          return found;
        }"""
    )
    own = {path for path in kept if not path.startswith("/static/")}
    assert own == {"/app/pocket", "/app/offline"}
    everything = "".join(kept.values())
    assert "Ada L." in kept["/app/pocket"]
    assert everything.count("Ada L.") == kept["/app/pocket"].count("Ada L.")
    secrets = ("Lefèvre", "@example.org", ada, "Lyon Bellecour", *shop.voucher_codes(ada))
    assert not [secret for secret in secrets if secret in everything]
    assert not page.evaluate("() => Object.keys(localStorage).filter(k => k !== 'palier-theme')")


def test_signing_out_leaves_nothing_of_her(joined, trouble):
    trouble.expect(*NO_NETWORK)
    wait_until_kept(joined)
    joined.goto("/app/me")
    joined.get_by_role("button", name="Sign out", exact=True).click()
    joined.wait_for_url("**/app/sign-in")
    assert "You are signed out." in joined.inner_text("main")
    assert joined.evaluate(IS_KEPT) == []
    joined.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        joined.goto("/app/")


@pytest.mark.soak
def test_the_next_member_on_a_phone_finds_nothing_of_the_last(phone, shop, trouble):
    trouble.expect(*NO_NETWORK)
    ada, ben = shop.enrol("Ada"), shop.enrol("Ben")
    page = phone(member_id=ada)
    wait_until_kept(page)
    page.goto(shop.link(ben))
    page.get_by_role("button", name="Open my card").click()
    page.wait_for_url("**/app/")
    until(
        page,
        """async () => {
          const kept = await (await caches.open("palier-app-pocket")).match("/app/pocket");
          return kept && (await kept.text()).includes("Ben");
        }""",
    )
    page.context.set_offline(True)
    page.reload()
    assert letters(page) == shop.code(ben)
    assert "Ada" not in page.content()


def test_a_session_that_ended_elsewhere_empties_the_pocket(phone, shop, live):
    ada = shop.enrol("Ada")
    page = phone(member_id=ada)
    wait_until_kept(page)
    page.context.clear_cookies(name="palier-member")
    page.goto("/app/")
    page.wait_for_url("**/app/sign-in**")
    until(page, f"async () => (await ({IS_KEPT})()).length === 0")


def test_without_a_card_and_without_a_network_the_app_says_so(phone, trouble):
    trouble.expect(*NO_NETWORK)
    page = phone("/app/offline")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto("/app/")
    assert "This page needs a network." in page.inner_text("main")


@pytest.mark.soak
def test_a_link_opens_the_card_on_another_device(phone, shop):
    ada = shop.enrol("Ada")
    tablet = phone(shop.link(ada))
    assert "One tap" in tablet.inner_text("main")
    shoot(tablet, "enter")
    tablet.get_by_role("button", name="Open my card").click()
    tablet.wait_for_url("**/app/")
    assert letters(tablet) == shop.code(ada)


def test_a_choice_without_a_network_is_not_taken_for_made(phone, shop, trouble):
    trouble.expect(*NO_NETWORK)
    page = phone("/app/me", member_id=shop.enrol("Ada"))
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.get_by_role("switch", name="Offers by e-mail").click()
    page.get_by_text("This page needs a network.").wait_for()
    page.context.set_offline(False)
    page.wait_for_selector("#as-of", timeout=30_000)
    page.goto("/app/me")
    switch = page.get_by_role("switch", name="Offers by e-mail")
    assert switch.get_attribute("aria-checked") == "false"


def test_a_server_in_trouble_still_leaves_her_the_card(joined, live, trouble):
    trouble.expect("500", "503")
    code = letters(joined)
    wait_until_kept(joined)

    def broken(environ, start_response):
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"away"]

    live.app.wsgi_app = broken
    joined.reload()
    assert letters(joined) == code


@pytest.mark.soak
def test_a_page_left_open_is_renewed_when_she_comes_back(phone, shop):
    ada = shop.enrol("Ada")
    page = phone(member_id=ada)
    assert page.locator(".pass__points").inner_text() == "0"
    shop.sell(ada, 1_200)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    assert page.locator(".pass__points").inner_text() == "0"
    page.evaluate(
        """const late = Date.now() + 61000;
        Date.now = () => late;
        document.dispatchEvent(new Event("visibilitychange"));"""
    )
    page.get_by_text("12", exact=True).wait_for()


@pytest.mark.soak
def test_a_new_worker_keeps_the_old_pages_looks_until_it_has_a_new_one(joined, live, trouble):
    trouble.expect(*NO_NETWORK)
    wait_until_kept(joined)
    joined.evaluate(
        """async () => {
          const shell = await caches.open("palier-app-shell");
          await shell.put("/static/kernel/old.css?v=1", new Response("old"));
        }"""
    )
    joined.evaluate(
        "() => navigator.serviceWorker.getRegistration().then((one) => one.unregister())"
    )
    joined.goto("/app/")
    wait_until_kept(joined)
    until(
        joined,
        """async () => {
          const shell = await caches.open("palier-app-shell");
          return !(await shell.match("/static/kernel/old.css?v=1"));
        }""",
    )
    joined.context.set_offline(True)
    joined.reload()
    assert (
        joined.evaluate("getComputedStyle(document.querySelector('.pass')).borderRadius") == "20px"
    )


def test_one_tap_gives_a_consent_and_one_takes_it_back(phone, shop):
    page = phone("/app/me", member_id=shop.enrol("Ada"))
    switch = page.get_by_role("switch", name="Offers by e-mail")
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    page.get_by_text("Switched on: Offers by e-mail.").wait_for()
    assert switch.get_attribute("aria-checked") == "true"
    switch.click()
    page.get_by_text("Switched off: Offers by e-mail.").wait_for()
    assert switch.get_attribute("aria-checked") == "false"
