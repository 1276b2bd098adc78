"""Signing in to the back office: what is said, how often one may try, where it leads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from admin.pages import entry
from loyalty.kernel.access.people import let_go_staff
from loyalty.kernel.access.principals import Role
from tests.admin.office import PASSWORD, STAFF_COOKIE, words

EMAIL = "dora@example.org"
DOOR, HOME = "/admin/sign-in", "/admin/"


@pytest.fixture
def dora(office):
    """The id of Dora, who signs in with her address."""
    return office.employ(EMAIL)


def enter(phone, email=EMAIL, password=PASSWORD, *, page=f"{DOOR}?lang=en", **typed):
    return phone.press(page, DOOR, email=email, password=password, **typed)


def test_address_and_password_open_the_home(office, dora):
    phone = office.stranger()
    answer = enter(phone, email="  Dora@Example.org ")
    assert (answer.status_code, answer.location) == (302, HOME)
    cookie = answer.headers.get_all("Set-Cookie")
    [session] = [one for one in cookie if one.startswith(STAFF_COOKIE)]
    assert "HttpOnly" in session
    assert "SameSite=Strict" in session
    assert phone.open(HOME).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong horse battery"),
        ("nobody@example.org", PASSWORD),
        ("not an address", "open sesame now"),
    ],
)
def test_wrong_and_unknown_are_told_alike(office, dora, email, password):
    phone = office.stranger()
    answer = enter(phone, email=email, password=password)
    assert answer.status_code == 401
    page = words(answer.text)
    assert "The address and the password do not belong together." in page
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert phone.open(HOME).status_code == 302


def test_empty_fields_are_named(office):
    answer = enter(office.stranger(), email="", password="")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2


def test_somebody_who_left_is_not_let_in(office, dora):
    with office.database.begin(actor="test") as tx:
        let_go_staff(tx, staff_id=dora)
    assert enter(office.stranger()).status_code == 401


def test_a_cashier_with_a_password_is_told_where_to_go(office):
    office.employ("cleo@example.org", Role.CASHIER)
    phone = office.stranger()
    answer = enter(phone, email="cleo@example.org")
    assert answer.status_code == 403
    assert "This account opens tills only" in words(answer.text)
    assert phone.client.get_cookie(STAFF_COOKIE) is None


def test_after_five_tries_even_the_right_password_has_to_wait(office, dora):
    phone = office.stranger()
    for _ in range(entry.TRIES):
        assert enter(phone, password="guess after guess").status_code == 401
    answer = enter(phone)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(entry.TRY_SECONDS)
    assert "Wait a quarter of an hour" in words(answer.text)
    assert phone.open(HOME).status_code == 302
    assert enter(office.stranger(), email="DORA@example.org").status_code == 429


def test_other_addresses_do_not_wait_with_her(office, dora):
    office.employ("ella@example.org")
    for _ in range(entry.TRIES + 1):
        enter(office.stranger(), password="guess after guess")
    assert enter(office.stranger(), email="ella@example.org").location == HOME


def test_a_good_sign_in_forgets_the_tries_before(office, dora):
    for _ in range(2):
        for _ in range(entry.TRIES - 1):
            enter(office.stranger(), password="guess after guess")
        assert enter(office.stranger()).location == HOME


def test_one_place_cannot_try_many_addresses(office, dora, monkeypatch):
    monkeypatch.setattr(entry, "TRIES_HERE", 3)
    for n in range(3):
        assert enter(office.stranger(), email=f"guess{n}@example.org").status_code == 401
    assert enter(office.stranger()).status_code == 429


def test_a_session_that_fell_asleep_says_so_and_comes_back(office, dora, clock):
    phone = office.stranger()
    enter(phone)
    clock.move(by=timedelta(minutes=31))
    wanted = f"/admin/members/{office.ada}"
    sent = phone.open(wanted)
    assert sent.location == f"{DOOR}?next={wanted}"
    page = phone.open(f"{sent.location}&lang=en")
    assert "Your session has ended. Please sign in again." in words(page.text)
    back = enter(phone, page=sent.location)
    assert back.location == wanted
    assert phone.open(wanted).status_code == 200


def test_whoever_has_not_been_here_is_not_told_of_a_session(office):
    phone = office.stranger()
    sent = phone.open(HOME)
    assert "Your session has ended" not in words(phone.open(f"{sent.location}&lang=en").text)


OUTSIDE = (
    "//evil.example/admin/",
    "https://evil.example/admin/",
    "/admin//evil.example",
    "/admin/\\evil.example",
    "\\\\evil.example",
    "/\\evil.example/admin/",
    "/admin/../..//evil.example",
    "javascript:alert(1)",
    "/administration",
    "/app/",
    "admin/",
    "/admin/\r\nSet-Cookie: a=b",
    "/admin/\x00",
    "/admin/\u2028evil",
    "/admin/é",
    " /admin/",
    "",
)


def test_next_never_leads_out_of_the_back_office(office, dora):
    for wanted in OUTSIDE:
        answer = enter(office.stranger(), next=wanted)
        assert answer.location == HOME, wanted
        cookies = {cookie.split("=")[0] for cookie in answer.headers.get_all("Set-Cookie")}
        assert cookies == {STAFF_COOKIE}


def test_next_leads_where_one_wanted_to_be(office, dora):
    for wanted in ("/admin/books?before=3", "/admin/members?q=lov", "/admin/"):
        assert enter(office.stranger(), next=wanted).location == wanted


def test_next_is_harmless_on_the_page(office):
    page = office.stranger().open(f'{DOOR}?next="><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_whoever_is_signed_in_goes_straight_on(office):
    desk = office.desk()
    assert desk.open(DOOR).location == HOME
    assert desk.open(f"{DOOR}?next=/admin/books").location == "/admin/books"
    assert desk.open(f"{DOOR}?next=//evil.example").location == HOME


def test_signing_out_ends_the_session_not_only_the_cookie(office):
    desk = office.desk()
    kept = desk.client.get_cookie(STAFF_COOKIE).value
    answer = desk.press(f"{HOME}?lang=en", "/admin/sign-out")
    assert answer.location == DOOR
    assert "You are signed out." in words(desk.open(f"{DOOR}?lang=en").text)
    other = office.stranger()
    other.client.set_cookie(STAFF_COOKIE, kept)
    assert other.open(HOME).status_code == 302


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_somebody_else_signs_nobody_in(office, dora, headers):
    phone = office.stranger()
    form = phone.form(DOOR, DOOR)
    typed = {"email": EMAIL, "password": PASSWORD}
    if headers:
        typed["csrf_token"] = form.fields["csrf_token"]
    answer = phone.client.post(DOOR, data=typed, headers=headers)
    assert answer.status_code == 403
    assert phone.client.get_cookie(STAFF_COOKIE) is None


def test_a_form_with_fields_we_never_made_is_refused(office, dora):
    answer = enter(office.stranger(), role="admin")
    assert answer.status_code == 422
