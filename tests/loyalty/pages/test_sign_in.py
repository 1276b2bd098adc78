"""A link opens the card once, on the device where its button is pressed."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from loyalty.events import SignInRequested
from loyalty.kernel.access.models import AccessSession, SpentToken
from loyalty.kernel.outbox import OutboxEvent
from loyalty.queries import sign_in_link
from loyalty.values import MemberId
from tests.loyalty.pages.phone import COOKIE
from tests.loyalty.world import enrol


@pytest.fixture
def eva(shop):
    """A member who can be written to."""
    with shop.begin(actor="test") as tx:
        return enrol(tx, "Eva", email="eva@example.org", phone="+33612345678").member_id


def _asked(shop):
    """Return for whom links were asked."""
    with shop.look() as tx:
        rows = tx.run(select(OutboxEvent.body).where(OutboxEvent.name == SignInRequested.name()))
        return [row.body["member_id"] for row in rows]


def _count(shop, model):
    with shop.look() as tx:
        return tx.run(select(func.count()).select_from(model)).scalar()


@pytest.fixture
def link(shop, keys, settings, eva):
    """Make the path of a link to Eva's card, as a message would carry it."""

    def made(request="sgn_1"):
        with shop.look() as tx:
            address = sign_in_link(
                tx,
                keys=keys,
                public_url=settings.public_url,
                member_id=MemberId(eva),
                request_id=request,
            )
        assert address.startswith(f"{settings.public_url}/app/enter?token=")
        return address.removeprefix(settings.public_url)

    return made


@pytest.mark.parametrize("contact", ["eva@example.org", "EVA@EXAMPLE.ORG", "06 12 34 56 78"])
def test_a_member_who_asks_gets_a_link(phone, shop, eva, contact):
    answer = phone.press("/app/sign-in?lang=en", "/app/sign-in", contact=contact)
    assert answer.status_code == 200
    assert _asked(shop) == [eva]


@pytest.mark.parametrize("contact", ["nobody@example.org", "not an address", "+33600000000", "@"])
def test_a_stranger_reads_the_same_and_gets_nothing(phone, shop, eva, contact):
    theirs = phone.press("/app/sign-in?lang=en", "/app/sign-in", contact=contact)
    hers = phone.press("/app/sign-in?lang=en", "/app/sign-in", contact="eva@example.org")
    assert _asked(shop) == [eva]
    assert _without(theirs.text, contact) == _without(hers.text, "eva@example.org")


def test_an_empty_address_is_said_to_be_empty(phone):
    answer = phone.press("/app/sign-in?lang=en", "/app/sign-in", contact=" ")
    assert answer.status_code == 422
    assert "This cannot be empty." in answer.text


def test_opening_the_link_changes_nothing(phone, shop, link):
    path = link()
    for _ in range(3):
        page = phone.open(f"{path}&lang=en")
        assert page.status_code == 200
        assert "Open my card" in page.text
    assert phone.client.get_cookie(COOKIE) is None
    assert (_count(shop, SpentToken), _count(shop, AccessSession)) == (0, 0)


def test_the_button_opens_the_card(phone, shop, link):
    sent = phone.press(link(), "/app/enter")
    assert (sent.status_code, sent.location) == (303, "/app/")
    assert "Eva" in phone.open("/app/").text


def test_a_link_opens_once_however_often_it_was_written(phone, link):
    path = link()
    phone.press(path, "/app/enter")
    other = phone.another()
    again = other.press(f"{path}&lang=en", "/app/enter")
    assert again.status_code == 403
    assert "This link was used before" in again.text
    repeated = link()
    assert other.press(repeated, "/app/enter").status_code == 403
    assert other.client.get_cookie(COOKIE) is None
    assert other.press(link("sgn_2"), "/app/enter").status_code == 303


def test_a_link_ends_after_half_an_hour(phone, link, clock):
    path = link()
    form = phone.form(path, "/app/enter")
    clock.move(by=timedelta(minutes=30))
    page = phone.open(f"{path}&lang=en")
    assert page.status_code == 403
    assert "This link has expired" in page.text
    assert phone.send(form).status_code == 403
    assert phone.client.get_cookie(COOKIE) is None


def test_a_link_of_one_second_less_still_opens(phone, link, clock):
    path = link()
    clock.move(by=timedelta(minutes=29, seconds=59))
    assert phone.press(path, "/app/enter").status_code == 303


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "other", "noise"])
def test_a_damaged_link_opens_nothing(phone, shop, keys, link, harm):
    path = link()
    token = parse_qs(urlsplit(path).query)["token"][0]
    harmed = {
        "cut": token[:-3],
        "changed": ("B" if token[4] != "B" else "C").join((token[:4], token[5:])),
        "empty": "",
        "other": keys.sign_token("something-else", {"m": "mbr_1", "r": "x"}, until=_later(shop)),
        "noise": "é.\x00%",
    }[harm]
    page = phone.client.get("/app/enter", query_string={"token": harmed, "lang": "en"})
    assert page.status_code == 403
    assert "This link is not complete" in page.text
    form = phone.form(path, "/app/enter")
    assert phone.send(form, token=harmed).status_code == 403
    assert phone.client.get_cookie(COOKIE) is None


def test_a_link_cannot_be_spent_from_another_site(phone, shop, link):
    form = phone.form(link(), "/app/enter")
    form.fields["csrf_token"] = ""
    assert phone.send(form).status_code == 403
    assert _count(shop, SpentToken) == 0


def test_one_person_is_not_written_to_without_end(phone, shop, eva):
    form = phone.form("/app/sign-in", "/app/sign-in")
    answers = {phone.send(form, contact="eva@example.org").status_code for _ in range(6)}
    assert answers == {200}
    assert len(_asked(shop)) == 3


def test_one_address_cannot_ask_for_everybody(phone, shop):
    form = phone.form("/app/sign-in", "/app/sign-in")
    answers = [phone.send(form, contact=f"a{n}@example.org").status_code for n in range(21)]
    assert answers == [200] * 20 + [429]
    last = phone.send(form, contact="eva@example.org")
    assert last.headers["Retry-After"] == "900"
    assert "dans un quart d’heure" in html.unescape(last.text)


def test_one_address_cannot_try_links_without_end(phone, link, monkeypatch):
    monkeypatch.setattr("loyalty.pages.sign_in.ENTRIES", 2)
    form = phone.form(link(), "/app/enter")
    answers = [phone.send(form, token=f"guess.{n}").status_code for n in range(2)]
    assert [*answers, phone.send(form).status_code] == [403, 403, 429]
    assert phone.client.get_cookie(COOKIE) is None


def test_who_is_signed_in_goes_to_her_card(hers):
    assert hers.open("/app/sign-in").location == "/app/"


def test_signing_out_ends_the_session_and_empties_the_browser(hers, shop):
    before = hers.client.get_cookie(COOKIE).value
    answer = hers.press("/app/me", "/app/sign-out")
    assert answer.location == "/app/sign-in"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert hers.client.get_cookie(COOKIE) is None
    hers.client.set_cookie(COOKIE, before)
    assert hers.open("/app/").location.startswith("/app/sign-in")
    assert _count(shop, AccessSession) == 0


def test_a_browser_that_is_a_till_keeps_the_sales_it_has_to_send(hers):
    hers.client.set_cookie("palier-terminal", "a-till-lives-here")
    answer = hers.press("/app/me", "/app/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_signing_out_everywhere_ends_every_device(hers, shop, ada, ben):
    tablet = hers.another().sign_in_as(shop, ada)
    bens = hers.another().sign_in_as(shop, ben)
    hers.press("/app/me", "/app/sign-out", everywhere="1")
    assert tablet.open("/app/").location.startswith("/app/sign-in")
    assert bens.open("/app/").status_code == 200


def test_signing_out_here_leaves_other_devices_alone(hers, shop, ada):
    tablet = hers.another().sign_in_as(shop, ada)
    hers.press("/app/me", "/app/sign-out")
    assert tablet.open("/app/").status_code == 200


def _without(text, contact):
    """Return the page without what differs on every request anyway, and without the address."""
    text = re.sub(r'(nonce|content|value)="[^"]{20,}"', "", text)
    return text.replace(contact, "")


def _later(shop):
    return shop.clock() + timedelta(minutes=5)
