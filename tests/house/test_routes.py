"""Every route says who may call it, and every error of every route has one shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
import pytest
from flask import Blueprint, Flask, jsonify
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from loyalty.kernel.access.principals import MEMBER, PUBLIC, allow
from loyalty.kernel.web.api import ApiBlueprint
from loyalty.kernel.web.guard import policy_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MEMBERS = {"type": str, "title": str, "status": int, "detail": str, "instance": str}
MEDIA_TYPE = "application/problem+json"
FIRST_ERROR = 400
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"json": {"no_such_field": 1}},
    {"json": [1]},
    {"data": b"{", "content_type": "application/json"},
    {"data": b'{"a":1,"a":2}', "content_type": "application/json"},
    {"data": b"a=1", "content_type": "application/x-www-form-urlencoded"},
    {"data": b"\xff", "content_type": "application/json"},
)
"""Nothing, fields we never heard of, another type, and what no JSON reader takes."""


def without_policy(app: Flask) -> list[str]:
    """Return the routes, by method, that do not say who may call them."""
    return [
        f"{method} {rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        for method in _methods(rule)
        if policy_of(app, rule.endpoint, method) is None
    ]


def shape_faults(response: TestResponse) -> list[str]:
    """Return what keeps an error response from being a problem document, RFC 9457."""
    if response.content_type != MEDIA_TYPE:
        return [f"content type is {response.content_type}"]
    document = response.get_json(force=True, silent=True)
    if not isinstance(document, dict):
        return ["not an object"]
    faults = [f"no {n}" for n, kind in MEMBERS.items() if not isinstance(document.get(n), kind)]
    if document.get("status") != response.status_code:
        faults.append(f"says {document.get('status')}, is {response.status_code}")
    return faults


def error_faults(app: Flask) -> list[str]:
    """Send every API route what it cannot take; return the errors of another shape."""
    client = app.test_client()
    faults = []
    for method, path, sent in _calls(app):
        response = client.open(path, method=method, **sent)
        if response.status_code >= FIRST_ERROR:
            faults += [f"{method} {path} {sent}: {one}" for one in shape_faults(response)]
    return faults


def _calls(app: Flask) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield calls of every API route: each method, its own with every body."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        path = _path(rule)
        for method in METHODS:
            own = method in _methods(rule) and method != "GET"
            for sent in BODIES if own else BODIES[:1]:
                yield method, path, sent


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & set(METHODS))


def _path(rule: Rule) -> str:
    """Return an address that the rule matches."""
    values = dict.fromkeys(rule.arguments, "1")
    adapter = rule.map
    assert adapter is not None
    return adapter.bind("localhost").build(rule.endpoint, values, method=_methods(rule)[0])


@pytest.fixture
def opened(app):
    """The application with every door open, to reach what lies behind them."""
    closed = {
        view: view.__dict__.pop("__policy__", None) for view in set(app.view_functions.values())
    }
    for view in closed:
        view.__policy__ = PUBLIC
    yield app
    for view, policy in closed.items():
        del view.__policy__
        if policy is not None:
            view.__policy__ = policy


def test_every_route_says_who_may_call_it(app):
    assert without_policy(app) == []


def test_every_error_of_the_api_has_one_shape(app):
    assert error_faults(app) == []


def test_behind_the_doors_too(opened):
    assert error_faults(opened) == []


def test_a_mistake_of_ours_has_the_same_shape_on_every_route(opened, caplog):
    def fall_over(**values):
        message = "planted"
        raise ZeroDivisionError(message)

    fall_over.__policy__ = PUBLIC  # type: ignore[attr-defined]  # as @allow does
    own = {name: view for name, view in opened.view_functions.items() if not name.startswith("_")}
    for name in own:
        opened.view_functions[name] = fall_over
    calls = [call for call in _calls(opened) if call[2] == {}]
    client = opened.test_client()
    for method, path, sent in calls:
        response = client.open(path, method=method, **sent)
        assert response.status_code in {405, 500}, (method, path)
        assert shape_faults(response) == []
        assert "planted" not in response.get_data(as_text=True)
    assert calls


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing-here", "/api/v1/members/../../etc"])
def test_an_address_that_does_not_exist_has_it_too(app, path):
    response = app.test_client().get(path)
    assert response.status_code == 404
    assert shape_faults(response) == []


def test_every_refusal_has_a_page(app):
    from loyalty.kernel.web.reference import problems  # noqa: PLC0415 - with the application

    client = app.test_client()
    statuses = {slug: client.get(f"/problems/{slug}").status_code for slug in problems()}
    assert {slug: status for slug, status in statuses.items() if status != 200} == {}
    assert statuses


def test_the_type_of_every_error_leads_to_a_page(app):
    client = app.test_client()
    types = set()
    for method, path, sent in _calls(app):
        response = client.open(path, method=method, **sent)
        if response.status_code >= FIRST_ERROR:
            types.add(response.get_json()["type"])
    assert {one for one in types if client.get(one).status_code != 200} == set()


# --- planted --------------------------------------------------------------------------------


class _In(ma.Schema):
    name = ma.fields.String(required=True)


def _planted_api(answer, *, policy=PUBLIC, reads=True):
    """Return an API blueprint with one route that answers as told."""
    blueprint = ApiBlueprint("planted", __name__, url_prefix="/api/v1/planted")

    def view(*body, one):
        return answer()

    view.__doc__ = "Answer."
    decorated = blueprint.arguments(_In)(view) if reads else view
    if policy:
        decorated = allow(policy)(decorated)
    blueprint.route("/<one>", methods=["POST"])(decorated)
    return blueprint


def test_a_route_without_a_policy_is_found(bare_app):
    app = bare_app(api=(_planted_api(lambda: "", policy=None),))
    assert without_policy(app) == ["POST /api/v1/planted/<one> (planted.view)"]


def test_a_page_without_a_policy_is_found(bare_app):
    pages = Blueprint("pages", __name__)
    pages.get("/app/open")(lambda: "")
    pages.get("/app/closed", endpoint="closed")(allow(MEMBER)(lambda: ""))
    assert without_policy(bare_app(pages=(pages,))) == ["GET /app/open (pages.<lambda>)"]


def test_a_sound_route_passes(bare_app):
    assert error_faults(bare_app(api=(_planted_api(lambda: jsonify({})),))) == []


def test_an_error_of_another_shape_is_found(bare_app):
    api = _planted_api(lambda: ("<h1>Bad</h1>", 400), reads=False)
    faults = error_faults(bare_app(api=(api,)))
    assert len(faults) == len(BODIES)
    assert all("content type is text/html" in one for one in faults)


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"type": "/a", "title": "A", "status": 400, "detail": "d"}, "no instance"),
        ({"type": "/a", "title": "A", "status": 409, "detail": "d", "instance": "/"}, "says 409"),
        ([], "not an object"),
    ],
)
def test_a_crooked_document_is_found(document, fault):
    app = Flask(__name__)
    headers = {"Content-Type": MEDIA_TYPE}
    app.get("/")(lambda: (json.dumps(document), 400, headers))
    found = shape_faults(app.test_client().get("/"))
    assert any(fault in one for one in found), found
