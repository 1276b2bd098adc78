"""What a member decides is written down with its words, and can be undone as easily."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import text

from loyalty.commands import block_member, correct_identity
from loyalty.queries import (
    consent_history,
    consent_wording,
    consents_of,
    has_consent,
    membership,
    sign_in_link,
)
from loyalty.values import Identity, Purpose

EMAIL = Purpose.EMAIL_MARKETING


def _history(shop, member_id):
    with shop.look() as tx:
        return consent_history(tx, member_id)


def _press(hers, purpose, /, **typed):
    """Press the switch of a purpose as the page shows it."""
    page = hers.open("/app/me?lang=en").text
    nth = list(Purpose).index(purpose)
    switch = re.findall(r'role="switch" aria-checked="(\w+)".*?value="(yes|no)"', page)[nth]
    form = hers.form("/app/me?lang=en", "/app/me/consents", nth=nth)
    return hers.send(form, **{"granted": switch[1], **typed})


def test_everything_is_off_until_she_says_yes(hers):
    page = hers.open("/app/me?lang=en").text
    assert re.findall(r'role="switch" aria-checked="(\w+)"', page) == ["false"] * 3


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_switch_writes_a_yes_then_a_no_and_forgets_neither(hers, shop, ada, settings, purpose):
    assert _press(hers, purpose).status_code == 303
    with shop.look() as tx:
        assert has_consent(tx, ada, purpose)
    assert _press(hers, purpose).status_code == 303
    with shop.look() as tx:
        assert not has_consent(tx, ada, purpose)
    newest, oldest = _history(shop, ada)
    assert (oldest.granted, newest.granted) == (True, False)
    for one in (newest, oldest):
        assert one.wording == consent_wording(purpose, "en", brand=settings.brand).text
        assert (one.wording_version, one.language, one.channel) == (1, "en", "web")


def test_the_same_switch_pressed_twice_at_once_is_one_answer(hers, shop, ada):
    form = hers.form("/app/me?lang=en", "/app/me/consents")
    hers.send(form, granted="yes")
    hers.send(form, granted="yes")
    assert len(_history(shop, ada)) == 1


def test_the_page_says_since_when(hers):
    _press(hers, EMAIL)
    assert "Yes since 10 March 2026" in hers.open("/app/me?lang=en").text
    _press(hers, EMAIL)
    assert "No since 10 March 2026" in hers.open("/app/me?lang=en").text


def test_one_purpose_does_not_move_another(hers, shop, ada):
    _press(hers, Purpose.SMS_MARKETING)
    with shop.look() as tx:
        assert list(consents_of(tx, ada)) == [Purpose.SMS_MARKETING]


@pytest.mark.parametrize("wordings", ["en.0", "en.99", "xx.1", "", "en"])
def test_words_that_were_not_shown_cannot_be_agreed_to(hers, shop, ada, wordings):
    assert _press(hers, EMAIL, wordings=wordings).status_code == 303
    assert _history(shop, ada) == ()
    assert "please read them again" in hers.open("/app/me?lang=en").text


@pytest.mark.parametrize("typed", [{"purpose": "everything"}, {"granted": "maybe"}])
def test_an_answer_that_is_none_is_not_written(hers, shop, ada, typed):
    _press(hers, EMAIL, **typed)
    assert _history(shop, ada) == ()


def test_nobody_can_answer_for_her_from_another_site(hers, shop, ada):
    assert _press(hers, EMAIL, csrf_token="x").status_code == 403
    assert _history(shop, ada) == ()


def test_a_blocked_member_can_still_withdraw(hers, shop, ada):
    _press(hers, EMAIL)
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
    _press(hers, EMAIL)
    with shop.look() as tx:
        assert not has_consent(tx, ada, EMAIL)


def test_the_language_she_chooses_is_hers_from_then_on(hers, shop, ada):
    hers.press("/app/me", "/app/me/language", language="fr")
    assert "Votre carte" in hers.open("/app/").text
    with shop.look() as tx:
        assert membership(tx, ada).language == "fr"
    hers.press("/app/me", "/app/me/language", language="en")
    assert "Your card" in hers.open("/app/").text


def test_a_language_we_do_not_speak_changes_nothing(hers, shop, ada):
    hers.press("/app/me", "/app/me/language", language="de")
    with shop.look() as tx:
        assert membership(tx, ada).language == "en"


def test_she_sees_what_we_know_of_her(hers, shop, ada):
    with shop.begin(actor="test") as tx:
        correct_identity(
            tx,
            member_id=ada,
            identity=Identity("Ada", "Byron", "ada@example.org", "+33612345678"),
        )
    page = html.unescape(hers.open("/app/me?lang=en").text)
    for fact in ("Ada Byron", "ada@example.org", "+33612345678", "10 March 2026"):
        assert fact in page


def test_she_sees_where_she_joined(phone):
    phone.join(given_name="Ada", email="ada@example.org")
    assert "Lyon Bellecour" in phone.open("/app/me").text


def test_a_shop_that_closed_is_not_named(phone, shop):
    phone.join(given_name="Ada", email="ada@example.org")
    with shop.begin(actor="test") as tx:
        tx.run(text("UPDATE members SET home_store_id = 'gone-9'"))
    page = phone.open("/app/me?lang=en")
    assert page.status_code == 200
    assert "Joined in" not in page.text


def test_a_membership_that_was_erased_opens_nothing_any_more(hers, shop, ada, keys):
    with shop.begin(actor="test") as tx:
        link = sign_in_link(tx, keys=keys, public_url="", member_id=ada, request_id="sgn_1")
        tx.run(text("UPDATE members SET state = 'erased'"))
    for path in ("/app/", "/app/me", "/app/points"):
        assert hers.open(path).location.startswith("/app/sign-in")
    assert "Ada" not in hers.open("/app/join").text
    answer = hers.another().press(f"{link}&lang=en", "/app/enter")
    assert answer.status_code == 403
    assert "This link is not complete" in answer.text
