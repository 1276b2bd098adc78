from __future__ import annotations

import json
import re

import marshmallow as ma
import pytest
from flask import Blueprint, request

from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import (
    MEMBER,
    PUBLIC,
    PrincipalKind,
    Role,
    allow,
    staff,
)
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.plugin import Plugin
from loyalty.kernel.problems import StorageUnavailable, TooManyTries
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web import app_kit, fields
from loyalty.kernel.web.api import api_blueprint, request_source
from loyalty.kernel.web.context import principal
from loyalty.kernel.web.pages import read_form


class In(ma.Schema):
    count = fields.Whole(at_least=1, at_most=100)
    quantity = fields.Quantity()
    name = fields.TextLine(longest=20)
    code = fields.Code()
    day = fields.LocalDay()
    at = fields.Instant()


def make_views():
    blp = api_blueprint("things", prefix="/things", description="Things.")

    @blp.route("", methods=["POST"])
    @allow(PUBLIC)
    @blp.arguments(In)
    @blp.response(200, In)
    def create(body):
        return body

    @blp.route("/mine", methods=["GET", "POST"])
    @allow(MEMBER)
    def mine():
        return {"id": principal().id, "source": request_source() if _posting() else ""}

    @blp.route("/forgotten")
    def forgotten():
        return {}

    @blp.route("/mistake")
    @allow(PUBLIC)
    def mistake():
        raise ZeroDivisionError("card BBBBBBBBBBBBBBBBBBBBBBB of ada@example.org")

    @blp.route("/away")
    @allow(PUBLIC)
    def away():
        raise StorageUnavailable

    @blp.route("/busy")
    @allow(PUBLIC)
    def busy():
        raise TooManyTries(42)

    pages = Blueprint("pages", __name__)

    @pages.post("/admin/thing")
    @allow(staff(Role.MARKETER))
    def thing():
        form = read_form(In())
        return {"values": str(form.values), "errors": form.errors}

    for name, path in (
        ("shopper.sign_in", "/app/sign-in"),
        ("till.welcome", "/till/enrol"),
        ("admin.sign_in", "/admin/sign-in"),
    ):
        package = Blueprint(name.split(".")[0], __name__)
        package.add_url_rule(path, name.split(".")[1], allow(PUBLIC)(lambda: "sign in"))
        yield package
    yield pages
    yield blp


def _posting():
    return request.method == "POST"


@pytest.fixture
def runtime(sqlite_database, settings):
    return Runtime(settings=settings, database=sqlite_database, keys=Keys("k"), cache=MemoryCache())


@pytest.fixture
def client(runtime, monkeypatch):
    monkeypatch.setattr(app_kit, "TEMPLATE_PACKAGES", ("loyalty.kernel.web",))
    *pages, blp = make_views()
    app = app_kit.build_app(runtime, (Plugin("test", api=(blp,), pages=tuple(pages)),))
    return app.test_client()


@pytest.fixture
def as_member(client, runtime):
    with runtime.database.begin(actor="test") as tx:
        session = start_session(tx, kind=PrincipalKind.MEMBER, subject_id="mbr_1")
    client.set_cookie("palier-member", session.token)
    return client


def csrf_of(client):
    """The token that a page of ours would carry in this browser."""
    client.set_cookie("palier-visit", "some visit")
    return Keys("k").mac("csrf", b"some visit").hex()[:40]


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


# --- hostile documents ----------------------------------------------------------------------

HOSTILE = [
    '{"count": NaN}', '{"count": Infinity}', '{"count": -Infinity}', '{"count": 1e400}',
    '{"count": 1, "count": 2}', '{"name": "\\u0000"}', '{"name": "\\ud800"}',
    '{"count": ' + "9" * 5000 + "}", "[" * 5000 + "]" * 5000, '{"name": "a\nb"}', "\x00", "",
    "null", "[]", '"text"', "1", "{'count': 1}", '{"count": 01}', '{"count": 1,}',
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_document_is_refused_and_never_a_crash(client, text):
    answer = client.post("/api/v1/things", data=text.encode("utf-8", "surrogatepass"),
                         content_type="application/json")  # fmt: skip
    assert 400 <= answer.status_code < 500
    assert answer.content_type == "application/problem+json"


def test_a_body_that_is_not_utf_8_is_refused(client):
    answer = client.post(
        "/api/v1/things", data=b'{"name": "\xff"}', content_type="application/json"
    )
    assert answer.status_code == 400


REFUSED = {
    "count": [1.0, 1.9, "1", "1_0", "١٢", True, None, [], {}, 0, 101, 10**17, -1],
    "quantity": [0, -1, 1.5, "1,5", "1.2345", "1e3", "", "-1", "0", "0.000", 10_000, "10000", True],
    "name": ["", "  ", "a" * 21, 5, "a\u202eb", "a\u200bb", "a\tb", None],
    "code": ["", "Lyon", "a b", "-a", "a-", "é", "a" * 41, 5, "a/b", "../x"],
    "day": ["2026-02-30", "2026-2-3", "20260203", "x", 5, "2026-02-03T00:00", None],
    "at": ["2026-02-03T00:00:00", "2026-02-03", "x", 5, None, "0001-01-01T00:00:00+14:00"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field in REFUSED for value in REFUSED[field]]
)
def test_a_field_names_itself_when_it_is_refused(client, field, value):
    answer = client.post("/api/v1/things", json={field: value})
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == [field]


def test_good_fields_come_back_as_they_are_meant(client):
    sent = {
        "count": 7, "quantity": "0.75", "name": " Zoé ", "code": "lyon-2", "day": "2024-02-29",
        "at": "2026-03-06T17:40:00+01:00",
    }  # fmt: skip
    answer = client.post("/api/v1/things", json=sent).get_json()
    assert answer == {
        "count": 7, "quantity": "0.750", "name": "Zoé", "code": "lyon-2", "day": "2024-02-29",
        "at": "2026-03-06T16:40:00Z",
    }  # fmt: skip
    assert client.post("/api/v1/things", json={"quantity": 3}).get_json() == {"quantity": 3}


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
