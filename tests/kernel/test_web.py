from __future__ import annotations

import json
import re

import pytest

from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import (
    PrincipalKind,
    Role,
)
from loyalty.kernel.access.sessions import start_session
from tests.kernel.web_kit import csrf_of

# --- one error shape ------------------------------------------------------------------------

SHAPES = {
    "unknown address": (404, "not-found", {"path": "/api/v1/nothing"}),
    "wrong method": (405, "method-not-allowed", {"path": "/api/v1/things", "method": "DELETE"}),
    "not JSON": (415, "unsupported-media-type", {"data": "x", "method": "POST"}),
    "broken JSON": (400, "bad-request", {"json_text": "{", "method": "POST"}),
    "unknown field": (422, "invalid-input", {"json_text": '{"x": 1}', "method": "POST"}),
    "undeclared view": (403, "not-allowed", {"path": "/api/v1/things/forgotten"}),
    "not signed in": (401, "not-signed-in", {"path": "/api/v1/things/mine"}),
    "our mistake": (500, "internal-server-error", {"path": "/api/v1/things/mistake"}),
    "database away": (503, "storage-unavailable", {"path": "/api/v1/things/away"}),
    "too many": (429, "too-many-tries", {"path": "/api/v1/things/busy"}),
    "too large": (413, "request-entity-too-large", {"json_text": "[" + "1," * 600_000 + "1]"}),
}


@pytest.mark.parametrize("case", SHAPES)
def test_every_error_has_the_one_shape(client, case):
    status, slug, given = SHAPES[case]
    text = given.get("json_text")
    answer = client.open(
        given.get("path", "/api/v1/things"),
        method=given.get("method", "POST" if text else "GET"),
        data=text or given.get("data"),
        content_type="application/json" if text else None,
    )
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    document = json.loads(answer.data)
    assert {"type", "title", "status", "detail", "instance"} <= set(document)
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == status
    assert document["detail"]


def test_unavailable_and_too_many_say_when_to_come_back(client):
    assert client.get("/api/v1/things/away").headers["Retry-After"] == "2"
    assert client.get("/api/v1/things/busy").headers["Retry-After"] == "42"


def test_a_mistake_of_ours_tells_nothing_of_itself(client):
    assert "ada@" not in client.get("/api/v1/things/mistake").text


def test_refusals_speak_the_language_of_the_caller(client):
    french = client.get("/api/v1/things/mine", headers={"Accept-Language": "fr"}).get_json(
        force=True
    )
    english = client.get("/api/v1/things/mine", headers={"Accept-Language": "en"}).get_json(
        force=True
    )
    assert english["title"] == "Please sign in"
    assert french["title"] != english["title"]


# --- at the door ----------------------------------------------------------------------------


def test_a_signed_in_member_is_known(as_member):
    assert as_member.get("/api/v1/things/mine").get_json()["id"] == "mbr_1"


def test_a_member_is_not_staff(as_member):
    answer = as_member.post("/admin/thing", data={"csrf_token": csrf_of(as_member)})
    assert answer.status_code == 302
    assert answer.location.startswith("/admin/sign-in")


def test_a_cookie_alone_cannot_write(as_member):
    headers = {"Idempotency-Key": "1"}
    assert as_member.post("/api/v1/things/mine", headers=headers).status_code == 403
    token = csrf_of(as_member)
    good = as_member.post("/api/v1/things/mine", headers={**headers, "X-CSRF-Token": token})
    assert good.status_code == 200
    other_site = {**headers, "X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
    assert as_member.post("/api/v1/things/mine", headers=other_site).status_code == 403
    wrong = {**headers, "X-CSRF-Token": token[::-1]}
    assert as_member.post("/api/v1/things/mine", headers=wrong).status_code == 403


def test_a_write_needs_a_name_of_its_own(as_member):
    token = {"X-CSRF-Token": csrf_of(as_member)}
    assert as_member.post("/api/v1/things/mine", headers=token).status_code == 422
    long = {**token, "Idempotency-Key": "x" * 121}
    assert as_member.post("/api/v1/things/mine", headers=long).status_code == 422
    good = {**token, "Idempotency-Key": "abc"}
    assert (
        as_member.post("/api/v1/things/mine", headers=good).get_json()["source"]
        == "member:mbr_1:abc"
    )


def test_the_wrong_role_is_told_so(client, runtime):
    with runtime.database.begin(actor="test") as tx:
        analyst = take_on_staff(tx, name="Eve", role=Role.ANALYST)
        session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=analyst.staff_id)
    client.set_cookie("palier-staff", session.token)
    answer = client.post("/admin/thing", data={"csrf_token": csrf_of(client)},
                         headers={"Accept": "application/json"})  # fmt: skip
    assert answer.status_code == 403
    assert answer.get_json(force=True)["type"] == "/problems/not-allowed"


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 4000, "../../etc"])
def test_a_made_up_session_is_nobody(client, token):
    client.set_cookie("palier-member", token)
    assert client.get("/api/v1/things/mine").status_code == 401


def test_every_answer_carries_the_headers(client):
    for path in ("/openapi.json", "/api/v1/nothing", "/problems/nothing"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert re.search(r"'nonce-[\w-]{20,}'", policy)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "camera=()" in headers["Permissions-Policy"]


def test_static_files_live_as_long_as_their_content(client):
    with client.get("/static/kernel/tokens.css") as plain:
        assert plain.status_code == 200
        assert plain.headers["Cache-Control"] == "no-cache"
    for name in ("../settings.py", "..%2fsettings.py", "nothing.css", "js/../../problems.py"):
        assert client.get(f"/static/kernel/{name}").status_code == 404


def test_the_description_of_the_api_is_valid_openapi(client):
    validator = pytest.importorskip("openapi_spec_validator")
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    validator.validate(document)


def test_the_sentence_of_a_field_speaks_the_language_of_the_caller(client):
    sent = {"json": {"count": "x"}, "headers": {"Accept-Language": "fr"}}
    answer = client.post("/api/v1/things", **sent).get_json(force=True)
    assert answer["errors"] == {"count": ["Indiquez un nombre entier."]}
