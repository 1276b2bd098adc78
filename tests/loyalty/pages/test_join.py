"""Enrolment from a poster: quick, refused in plain words, and provable afterwards."""

from __future__ import annotations

import html
import re

import pytest

from loyalty.queries import consent_history, consent_wording, member_by_email, membership
from loyalty.values import Channel, Purpose
from tests.loyalty.pages.phone import COOKIE, Forms

ADA = {"given_name": "Ada", "email": "ada@example.org", "phone": ""}


def _member(shop, email="ada@example.org"):
    with shop.look() as tx:
        found = member_by_email(tx, email)
        return None if found is None else membership(tx, found)


def _consents(shop, member):
    with shop.look() as tx:
        return consent_history(tx, member.member_id)


def test_a_shopper_joins_and_sees_her_card(phone, shop):
    sent = phone.join(**ADA)
    assert (sent.status_code, sent.location) == (303, "/app/")
    page = phone.open("/app/")
    assert page.status_code == 200
    assert "Welcome, Ada! Here is your card." in html.unescape(page.text)
    member = _member(shop)
    assert (member.language, member.home_store_id) == ("en", "lyon-1")


def test_a_telephone_number_alone_is_enough(phone, shop):
    assert phone.join(given_name="Ben", phone="06 12 34 56 78").status_code == 303
    assert phone.open("/app/").status_code == 200


def test_nothing_is_ticked_before_she_ticks_it(phone):
    page = phone.open("/app/join?store=lyon-1").text
    boxes = re.findall(r"<input type=\"checkbox\"[^>]*>", page)
    assert len(boxes) == 3
    assert not [box for box in boxes if "checked" in box]


def test_unticked_consents_are_not_given(phone, shop):
    phone.join(**ADA)
    assert _consents(shop, _member(shop)) == ()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_consent_is_stored_with_the_words_that_were_read(phone, shop, settings, language):
    page = f"/app/join?store=lyon-1&lang={language}"
    shown = html.unescape(phone.open(page).text)
    phone.join(page=page, **ADA, consents=["email-marketing", "personal-offers"])
    kept = _consents(shop, _member(shop))
    assert {one.purpose for one in kept} == {Purpose.EMAIL_MARKETING, Purpose.PERSONAL_OFFERS}
    for one in kept:
        wording = consent_wording(one.purpose, language, brand=settings.brand)
        assert one.granted
        assert (one.wording, one.wording_version) == (wording.text, wording.version)
        assert one.wording in shown
        assert (one.language, one.channel) == (language, Channel.POSTER)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"given_name": ""}, "given_name", "This cannot be empty."),
        ({"given_name": "A" * 81}, "given_name", "At most 80 characters."),
        ({"given_name": "Ada\u202egro"}, "given_name", "cannot be seen"),
        ({"email": "ada@"}, "email", "This is not an e-mail address."),
        ({"email": "", "phone": ""}, "email", "Give your e-mail address or your telephone"),
        ({"email": "", "phone": "12"}, "phone", "This is not a telephone number."),
        ({"consents": ["sms-marketing"]}, "phone", "to receive offers by SMS"),
        (
            {"email": "", "phone": "0612345678", "consents": ["email-marketing"]},
            "email",
            "to receive offers by e-mail",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(phone, shop, typed, field, sentence):
    sent = phone.join(**{**ADA, **typed})
    assert sent.status_code == 422
    beside = re.search(rf'id="f-{field}-error">.*?</p>', sent.text, re.DOTALL)
    assert beside is not None
    assert sentence in html.unescape(beside[0])
    assert _member(shop) is None


def test_what_was_typed_and_ticked_stays_in_the_form(phone):
    sent = phone.join(given_name="Ada", email="ada@", consents=["email-marketing"])
    assert 'value="ada@"' in sent.text
    assert re.search(r'value="email-marketing" checked', sent.text)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "ADA@Example.org"}, "with this e-mail address"),
        ({"email": "", "phone": "+33 6 12 34 56 78"}, "with this telephone number"),
    ],
)
def test_a_second_card_for_one_address_is_refused_with_a_way_to_the_first(phone, typed, sentence):
    phone.join(given_name="Ada", email="ada@example.org", phone="0612345678")
    other = phone.another()
    sent = other.join(**{**ADA, "given_name": "Mallory", **typed})
    assert sent.status_code == 409
    assert sentence in sent.text
    form = next(form for form in Forms(sent.text).found if form.action == "/app/sign-in")
    answer = other.send(form)
    assert answer.status_code == 200
    assert "a link is on its way" in answer.text
    assert other.client.get_cookie(COOKIE) is None


def test_the_same_form_sent_twice_enrols_once(phone, shop):
    form = phone.form("/app/join?store=lyon-1&lang=en", "/app/join")
    first, again = phone.send(form, **ADA), phone.send(form, **ADA)
    assert (first.status_code, again.status_code) == (303, 303)
    assert phone.open("/app/").status_code == 200


def test_the_same_form_with_something_else_in_it_is_looked_at_again(phone, shop):
    form = phone.form("/app/join?store=lyon-1&lang=en", "/app/join")
    phone.send(form, **ADA)
    sent = phone.send(form, given_name="Ben", email="ben@example.org")
    assert sent.status_code == 409
    assert "This form was sent before" in sent.text
    anew = next(one for one in Forms(sent.text).found if one.action == "/app/join")
    assert phone.send(anew).status_code == 303
    assert _member(shop, "ben@example.org").given_name == "Ben"


def test_words_that_changed_meanwhile_are_shown_again(phone, shop):
    sent = phone.join(**ADA, consents=["email-marketing"], wordings="en.0.1.1")
    assert sent.status_code == 409
    assert "please read them again" in sent.text
    assert _member(shop) is None


def test_a_poster_of_a_shop_that_closed_still_enrols(phone, shop):
    assert phone.join(page="/app/join?store=gone-9", **ADA).status_code == 303
    assert _member(shop).home_store_id is None


def test_a_form_from_another_site_is_refused(phone, shop):
    form = phone.form("/app/join?lang=en", "/app/join")
    form.fields["csrf_token"] = "0" * 40
    assert phone.send(form, **ADA).status_code == 403
    assert _member(shop) is None


def test_another_site_cannot_send_even_a_right_token(phone, shop):
    form = phone.form("/app/join?lang=en", "/app/join")
    sent = phone.client.post(
        "/app/join", data={**form.fields, **ADA}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert sent.status_code == 403
    assert _member(shop) is None


def test_a_machine_that_tries_on_and_on_has_to_wait(phone, shop):
    form = phone.form("/app/join?lang=en", "/app/join")
    answers = [phone.send(form, given_name="").status_code for _ in range(31)]
    assert set(answers[:30]) == {422}
    last = phone.send(form, **ADA)
    assert (answers[30], last.status_code) == (429, 429)
    assert int(last.headers["Retry-After"]) > 0
    assert "Wait a few minutes" in last.text
    assert _member(shop) is None


def test_a_field_that_we_did_not_ask_for_is_refused(phone, shop):
    assert phone.join(**ADA, state="blocked").status_code == 422
    assert _member(shop) is None


def test_joining_on_a_phone_in_use_closes_the_other_card(phone, shop, ada):
    phone.sign_in_as(shop, ada)
    before = phone.client.get_cookie(COOKIE).value
    assert "The card of Ada is open in this browser" in phone.open("/app/join?lang=en").text
    phone.join(given_name="Ben", email="ben@example.org")
    assert "Ben" in phone.open("/app/").text
    phone.client.set_cookie(COOKIE, before)
    assert phone.open("/app/").status_code in (302, 303)
