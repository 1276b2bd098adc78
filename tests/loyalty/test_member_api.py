"""``/api/v1/members``: staff enrol, find and look after members over HTTP."""

from __future__ import annotations

import pytest

from loyalty.commands import record_purchase
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.plugin import plugin
from loyalty.values import Purpose
from loyalty.wordings import consent_wording
from tests.loyalty.world import KEYS, line, sale

ADA = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org", "language": "en"}


@pytest.fixture
def database(sqlite_database):
    """The edge is tried on the embedded database; commands are tried on both."""
    return sqlite_database


@pytest.fixture
def app(shop, settings):
    """The application with the package's API."""
    runtime = Runtime(
        settings=settings, database=shop, keys=Keys(settings.secret_key), cache=MemoryCache()
    )
    return build_app(runtime, (plugin,))


@pytest.fixture
def call(app, shop, settings):
    """Call the API as a member of staff with a role, or as nobody."""
    token = Keys(settings.secret_key).mac("csrf", b"visit-1").hex()[:40]

    def called(method, path, body=None, *, role=Role.SUPPORT, key=None):
        client = app.test_client()
        headers = {"X-CSRF-Token": token}
        if key:
            headers["Idempotency-Key"] = key
        if role is not None:
            with shop.begin(actor="test") as tx:
                who = take_on_staff(tx, name="Cleo", role=role)
                session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=who.staff_id)
            client.set_cookie("palier-staff", session.token)
            client.set_cookie("palier-visit", "visit-1")
        path = f"/api/v1/members{path}"
        return client.open(path, method=method, json=body, headers=headers)

    return called


@pytest.fixture
def enrolled(call):
    """Ada, enrolled over the API."""
    answer = call("POST", "", ADA, key="k1")
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_member_is_enrolled_once_whatever_is_repeated(app, shop, settings, call, enrolled):
    client = app.test_client()
    with shop.begin(actor="test") as tx:
        who = take_on_staff(tx, name="Cleo", role=Role.SUPPORT)
        session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=who.staff_id)
    client.set_cookie("palier-staff", session.token)
    client.set_cookie("palier-visit", "visit-1")
    headers = {
        "X-CSRF-Token": Keys(settings.secret_key).mac("csrf", b"visit-1").hex()[:40],
        "Idempotency-Key": "k2",
    }
    ben = {"given_name": "Ben", "language": "fr"}
    first = client.post("/api/v1/members", json=ben, headers=headers)
    again = client.post("/api/v1/members", json=ben, headers=headers)
    other = client.post("/api/v1/members", json=ben | {"given_name": "Eve"}, headers=headers)

    assert again.json == first.json | {"replayed": True}
    assert (other.status_code, other.json["type"]) == (409, "/problems/source-reused")
    taken = call("POST", "", ADA | {"given_name": "Mallory"}, key="k3")
    assert (taken.status_code, taken.json["type"]) == (409, "/problems/email-taken")


@pytest.mark.parametrize(
    ("change", "status", "slug"),
    [
        ({"email": "nowhere"}, 422, "invalid-identity"),
        ({"phone": "12"}, 422, "invalid-identity"),
        ({"given_name": ""}, 422, "invalid-input"),
        ({"language": "de"}, 422, "invalid-input"),
        ({"surname": "x"}, 422, "invalid-input"),
        ({"born_on": "1990-02-30"}, 422, "invalid-input"),
        ({"channel": "pigeon"}, 422, "invalid-input"),
        ({"home_store_id": "mars-1"}, 422, "unknown-store"),
        ({"given_name": "a\u202eb"}, 422, "invalid-input"),
        (
            {
                "consents": [
                    {
                        "purpose": "sms-marketing",
                        "granted": True,
                        "wording_version": 99,
                        "language": "en",
                    }
                ]
            },
            409,
            "wording-changed",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_name(call, change, status, slug):
    answer = call("POST", "", ADA | change, key="k1")

    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{slug}")
    assert answer.content_type == "application/problem+json"


def test_a_write_needs_its_key(call):
    answer = call("POST", "", ADA)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-input")
    assert "Idempotency-Key" in answer.json["errors"]


@pytest.mark.parametrize("role", [None, *Role])
def test_only_those_who_look_after_members_see_them(call, enrolled, role):
    may_look = role in {Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN, Role.DPO}
    may_write = may_look and role is not Role.DPO
    refusal = 401 if role is None else 403
    member = f"/{enrolled['member_id']}"

    for path in (member, f"{member}/cards", f"{member}/consents", "?q=ada", f"{member}/postings"):
        status = call("GET", path, role=role).status_code
        assert status == (200 if may_look else refusal), path
    status = call("POST", f"{member}/cards", role=role, key="card:1").status_code
    assert status == (201 if may_write else refusal)


def test_a_member_is_shown_with_points_level_and_vouchers(call, enrolled, shop, clock):
    with shop.begin(actor="test") as tx:
        one = sale(enrolled["member_id"], line(price=12_000), occurred_at=tx.now)
        record_purchase(tx, keys=KEYS, sale=one)
    shown = call("GET", f"/{enrolled['member_id']}").json
    lines = call("GET", f"/{enrolled['member_id']}/postings").json

    assert (shown["given_name"], shown["email"]) == ("Ada", "ada@example.org")
    assert (shown["points"]["balance"], shown["tier"]["level"]) == (120, "base")
    assert shown["tier"]["to_next_minor"] == 288_000
    assert [one["value_minor"] for one in shown["vouchers"]] == [100]
    assert [one["points"] for one in lines["items"]] == [120]
    assert lines["next_before"] is None


def test_members_are_found_and_unknown_ones_are_not(call, enrolled):
    assert [one["given_name"] for one in call("GET", "?q=love").json["items"]] == ["Ada"]
    assert call("GET", f"?q={enrolled['code']}").json["items"][0]["family_name"] == "Lovelace"
    assert call("GET", "?q=nobody").json == {"items": [], "after": None}
    for path in (
        "/mbr_nobody",
        "/mbr_nobody/cards",
        "/mbr_nobody/postings",
        "/mbr_nobody/consents",
    ):
        answer = call("GET", path)
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-member")


def test_a_lost_card_is_replaced_and_a_stolen_one_blocked(call, enrolled):
    cards = f"/{enrolled['member_id']}/cards"
    new = call("POST", f"{cards}/{enrolled['card_id']}/replacement", key="lost:1")
    again = call("POST", f"{cards}/{enrolled['card_id']}/replacement", key="lost:2")
    blocked = call("PUT", f"{cards}/{new.json['card_id']}/block")
    states = {one["card_id"]: one["state"] for one in call("GET", cards).json["items"]}

    assert (new.status_code, new.json["state"]) == (201, "active")
    assert (again.status_code, again.json["type"]) == (409, "/problems/card-not-active")
    assert (blocked.status_code, blocked.json["code"]) == (200, "")
    assert states == {enrolled["card_id"]: "replaced", new.json["card_id"]: "blocked"}
    assert call("PUT", f"{cards}/crd_none/block").json["type"] == "/problems/unknown-card"


def test_a_consent_is_written_to_the_words_that_were_read(call, enrolled, settings):
    path = f"/{enrolled['member_id']}/consents"
    wording = consent_wording(Purpose.SMS_MARKETING, "en", brand=settings.brand)
    said = {
        "purpose": "sms-marketing",
        "granted": True,
        "wording_version": wording.version,
        "language": "en",
    }
    first = call("POST", path, said, key="c1")
    again = call("POST", path, said, key="c2")
    shown = {one["purpose"]: one["granted"] for one in call("GET", path).json["items"]}

    assert (first.status_code, first.json["changed"], again.json["changed"]) == (201, True, False)
    assert shown == {"sms-marketing": True, "email-marketing": False, "personal-offers": False}
    old = call("POST", path, said | {"wording_version": 99}, key="c3")
    assert old.json["type"] == "/problems/wording-changed"


def test_staff_are_told_why_a_purchase_earned_what_it_did(call, shop, ada):
    with shop.begin(actor="test") as tx:
        bought = record_purchase(tx, keys=KEYS, sale=sale(ada, line(1), occurred_at=tx.now))
    told = call("GET", f"/{ada}/purchases/{bought.purchase_id}/explanation")

    assert (told.status_code, told.json["purchase_id"]) == (200, bought.purchase_id)
    assert told.json["fired"][0]["line_no"] == 1
    assert told.json["sentences"][0].startswith("Ligne 1, ")
    other = call("GET", f"/{ada}/purchases/pur_none/explanation")
    assert (other.status_code, other.json["type"].split("/")[-1]) == (404, "unknown-purchase")
