"""``/api/v1/me``: what a member's own phone may read and write, and nobody else's."""

from __future__ import annotations

import pytest

from loyalty.commands import block_member, earn_points
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.plugin import plugin
from loyalty.queries import consent_history, consent_wording
from loyalty.values import Purpose
from tests.loyalty.pages.phone import Phone

READS = ("/api/v1/me", "/api/v1/me/postings", "/api/v1/me/consents")


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def phone(shop, settings):
    """A phone on which nobody is signed in."""
    runtime = Runtime(
        settings=settings, database=shop, keys=Keys(settings.secret_key), cache=MemoryCache()
    )
    return Phone(build_app(runtime, (plugin,)))


@pytest.fixture
def hers(phone, shop, ada):
    """Ada's phone."""
    return phone.sign_in_as(shop, ada)


@pytest.fixture
def token(hers):
    """The form token of her browser, as the pages carry it."""
    return hers.form("/app/me", "/app/sign-out").fields["csrf_token"]


def _answer(hers, token, **changed):
    body = {
        "purpose": "email-marketing",
        "granted": True,
        "wording_version": 1,
        "language": "en",
        **changed,
    }
    headers = {"X-CSRF-Token": token, "Idempotency-Key": "one"}
    return hers.client.post("/api/v1/me/consents", json=body, headers=headers)


@pytest.mark.parametrize("path", READS)
def test_nobody_reads_without_signing_in(phone, path):
    answer = phone.open(path)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_a_member_reads_herself(hers, shop, ada):
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=400, source="test:1")
    me = hers.open("/api/v1/me").json
    assert (me["member_id"], me["display_name"], me["language"]) == (ada, "Ada", "en")
    assert me["card"]["grouped"].replace(" ", "") == me["card"]["code"]
    assert me["points"] == {
        "balance": 400,
        "available": 400,
        "held": 0,
        "value_minor": 200,
        "lapsing_points": 400,
        "lapsing_on": "2027-04-01",
    }
    assert (me["tier"]["level"], me["tier"]["level_name"]) == ("base", "Base")
    assert (me["tier"]["to_next_minor"], me["tier"]["kept_until_on"]) == (300_000, None)
    assert (me["vouchers"], me["as_of"]) == ([], "2026-03-10T09:30:00Z")


def test_a_blocked_member_is_refused_in_words(hers, shop, ada):
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
    answer = hers.open("/api/v1/me")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/member-blocked")


def test_the_statement_is_read_page_by_page(hers, shop, ada):
    with shop.begin(actor="test") as tx:
        for n in range(1, 8):
            earn_points(tx, member_id=ada, points=n, source=f"test:{n}")
    seen, before = [], None
    while True:
        query = {"limit": 3} | ({"before": before} if before else {})
        page = hers.client.get("/api/v1/me/postings", query_string=query).json
        seen += [one["points"] for one in page["items"]]
        before = page["next_before"]
        if before is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "before=0", "before=x"])
def test_a_page_that_cannot_be_is_refused(hers, query):
    assert hers.open(f"/api/v1/me/postings?{query}").status_code == 422


def test_a_yes_is_kept_with_its_words(hers, shop, ada, token, settings):
    answer = _answer(hers, token)
    assert (answer.status_code, answer.json) == (201, {"seq": 1, "changed": True})
    assert _answer(hers, token).json == {"seq": 1, "changed": False}
    with shop.look() as tx:
        (kept,) = consent_history(tx, ada)
    wording = consent_wording(Purpose.EMAIL_MARKETING, "en", brand=settings.brand)
    assert (kept.wording, kept.wording_version) == (wording.text, 1)
    shown = {one["purpose"]: one for one in hers.open("/api/v1/me/consents").json["items"]}
    assert shown["email-marketing"]["granted"]
    assert shown["email-marketing"]["wording"] == wording.text
    assert (shown["sms-marketing"]["granted"], shown["sms-marketing"]["at"]) == (False, None)


def test_words_of_another_number_are_refused(hers, token):
    answer = _answer(hers, token, wording_version=9)
    assert (answer.status_code, answer.json["wording_version"]) == (409, 1)


@pytest.mark.parametrize(
    "changed",
    [{"purpose": "all"}, {"granted": "yes"}, {"granted": 1}, {"language": "de"}, {"more": 1}],
)
def test_an_answer_that_is_none_is_refused(hers, shop, ada, token, changed):
    assert _answer(hers, token, **changed).status_code == 422
    with shop.look() as tx:
        assert consent_history(tx, ada) == ()


def test_another_site_cannot_answer_for_her(hers):
    assert _answer(hers, "").status_code == 403
