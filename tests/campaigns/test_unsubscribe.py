"""The way out: a GET shows, a POST acts, and nobody can act for somebody else."""

from __future__ import annotations

import base64
import itertools
import re
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest

from admin.app import create_app
from campaigns.links import read_unsubscribe_token, unsubscribe_link
from campaigns.values import MessageId
from loyalty.kernel.signing import Keys, TokenRefused
from loyalty.queries import consent_history, has_consent
from loyalty.values import Purpose
from tests.campaigns.world import enrol, later, mailbox, schedule, send, start, states


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def client(runtime):
    return create_app(runtime).test_client()


@pytest.fixture
def ada(runtime):
    return enrol(runtime, "Ada", language="en")


@pytest.fixture
def path(runtime, ada):
    """The path in the header of a mail that Ada has received."""
    schedule(runtime)
    start(runtime)
    send(runtime)
    mail = message_from_bytes(mailbox(runtime)[0].read_bytes(), policy=policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return urlsplit(mail["List-Unsubscribe"].strip("<>")).path


def consented(runtime, member_id):
    with runtime.database.look() as tx:
        return has_consent(tx, member_id, Purpose.EMAIL_MARKETING)


def test_two_hundred_scanners_open_the_link_and_nobody_is_unsubscribed(client, runtime, ada, path):
    for number in range(200):
        method = "HEAD" if number % 2 else "GET"
        answer = client.open(path, method=method, headers={"User-Agent": f"scanner {number}"})
        assert answer.status_code == 200
    assert consented(runtime, ada)


def test_one_click_without_cookie_or_token_unsubscribes_at_once(client, runtime, ada, path):
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not consented(runtime, ada)
    with runtime.database.look() as tx:
        newest = consent_history(tx, ada)[0]
    assert newest.purpose is Purpose.EMAIL_MARKETING
    assert not newest.granted

    schedule(runtime, name="Next")
    start(runtime)
    send(runtime)
    assert len(mailbox(runtime)) == 1
    assert "skipped:no-consent" in states(runtime).values()


def test_doing_it_again_changes_nothing(client, runtime, ada, path):
    for _ in range(3):
        assert client.post(path).status_code == 200
    with runtime.database.look() as tx:
        withdrawn = [one for one in consent_history(tx, ada) if not one.granted]
    assert len(withdrawn) == 1


def test_a_later_yes_is_not_undone_by_looking_at_an_old_mail(client, runtime, ada, path):
    client.post(path)
    assert "stop" in client.get(path).text.lower()
    assert not consented(runtime, ada)


def test_the_page_speaks_the_language_of_the_member(client, runtime, path):
    shown = client.get(path, headers={"Accept-Language": "fr"})
    assert "Stop offers and news from Palier by e-mail?" in shown.text
    assert "You are unsubscribed" in client.post(path).text


def altered(text):
    """Yield every text that differs in one letter and says something else."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, letter in itertools.product(range(len(text)), letters):
        other = f"{text[:place]}{letter}{text[place + 1 :]}"
        if decoded(other) != decoded(text):
            yield other


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_five_thousand_forged_links_unsubscribe_nobody(client, runtime, ada, path):
    body, mac = path.rsplit("/", 1)[1].split(".")
    stranger = Keys("another-secret-0123456789-abcdefghijklm")
    forged = [
        *(f"{one}.{mac}" for one in altered(body)),
        *(f"{body}.{one}" for one in altered(mac)),
        *(body, mac, f"{body}.", f".{mac}", f"{mac}.{body}", f"{body}.{mac}.{mac}", "é.è", "....."),
    ]
    for number in range(1000):
        link = unsubscribe_link(stranger, "http://x", MessageId(f"msg_{number}"), now=NOW(runtime))
        forged.append(link.rsplit("/", 1)[1])
    assert len(forged) >= 5000
    for one in forged:
        with pytest.raises(TokenRefused):
            read_unsubscribe_token(runtime.keys, one, now=NOW(runtime))
    for one in forged[::100]:
        assert client.post(f"/app/unsubscribe/{one}").status_code in {403, 404}
    assert consented(runtime, ada)


def NOW(runtime):  # noqa: N802 - reads as a constant of the shop
    return runtime.database.clock()


def test_a_token_made_for_something_else_is_refused(client, runtime, ada, path):
    until = runtime.database.clock() + timedelta(days=1)
    other = runtime.keys.sign_token("sign-in", {"i": "msg_1"}, until=until)
    assert client.post(f"/app/unsubscribe/{other}").status_code == 403


def test_a_link_works_for_two_years_and_then_says_so(client, runtime, ada, path):
    later(runtime, days=729)
    assert client.get(path).status_code == 200
    later(runtime, days=2)
    answer = client.post(path)
    assert answer.status_code == 403
    assert consented(runtime, ada)


def test_the_link_of_a_message_that_nobody_has_is_answered_calmly(client, runtime):
    link = unsubscribe_link(runtime.keys, "http://x", MessageId("msg_gone"), now=NOW(runtime))
    for method in ("GET", "POST"):
        assert client.open(urlsplit(link).path, method=method).status_code == 200


def test_no_member_can_be_read_in_a_link(path, ada):
    body = path.rsplit("/", 1)[1].split(".")[0]
    assert ada not in decoded(body).decode()
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", path.rsplit("/", 1)[1])
