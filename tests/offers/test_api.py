"""The JSON API for staff: documents in, previews, states and grants out."""

from __future__ import annotations

import pytest

from loyalty.kernel.access.principals import Role
from tests.offers.build import document
from tests.offers.world import launch


@pytest.fixture
def call(desk):
    """Call the API as somebody with a role; the marketer unless told otherwise."""

    def called(method, path, body=None, *, role=Role.MARKETER):
        phone = desk(role)
        page = "/admin/offers/new" if role in {Role.MARKETER, Role.ADMIN} else None
        headers = {}
        if page:
            form = phone.form(page, "/admin/offers/new")
            headers = {"X-CSRF-Token": form.fields["csrf_token"]}
        return phone.client.open(path, method=method, json=body, headers=headers)

    return called


def test_an_offer_goes_through_its_life(call):
    drafted = call("POST", "/api/v1/offers", {"document": document()})
    assert (drafted.status_code, drafted.json["version"]) == (201, 1)
    path = f"/api/v1/offers/{drafted.json['offer_id']}"

    live = call("PATCH", path, {"state": "live"})
    assert (live.status_code, live.json["state"], live.json["changed"]) == (200, "live", True)
    shown = call("GET", path).json
    assert shown["summary"]["value"]
    assert shown["document"]["category"] == "coffee"
    assert shown["results"]["uses"] == 0
    listed = call("GET", "/api/v1/offers?state=live").json
    assert [one["offer_id"] for one in listed["items"]] == [drafted.json["offer_id"]]
    assert listed["after"] is None

    ended = call("PATCH", path, {"state": "ended", "reason": "enough"})
    assert (ended.json["state"], call("GET", path).json["end_reason"]) == ("ended", "enough")
    again = call("PATCH", path, {"state": "live"})
    assert (again.status_code, again.json["type"]) == (409, "/problems/offer-not-draft")


def test_a_wrong_document_names_its_keys(call):
    answer = call("POST", "/api/v1/offers", {"document": document(percent=120, categry="x")})
    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/offer-refused"
    assert {(one["path"], one["suggestion"]) for one in answer.json["faults"]} == {
        ("percent", ""),
        ("categry", "category"),
    }


def test_a_preview_keeps_nothing(call):
    answer = call("POST", "/api/v1/offers/previews", {"document": document()})
    assert (answer.status_code, answer.json["baskets"]) == (200, 0)
    assert call("GET", "/api/v1/offers").json["items"] == []


def test_an_offer_is_given_to_a_member_once(call, small_shop, small_ada):
    with small_shop.begin(actor="staff:dora") as tx:
        off = launch(tx, granted_only=True)
    path = f"/api/v1/offers/{off}/grants/{small_ada}"
    assert [call("PUT", path).json["changed"] for _ in range(2)] == [True, False]
    assert call("PUT", "/api/v1/offers/off_nobody/grants/mbr_x").status_code == 404
    assert call("PUT", f"/api/v1/offers/{off}/grants/mbr_nobody").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/offers", {}),
        ("POST", "/api/v1/offers", {"document": []}),
        ("POST", "/api/v1/offers", {"document": {}, "more": 1}),
        ("GET", "/api/v1/offers?state=open", None),
        ("GET", "/api/v1/offers?limit=0", None),
        ("PATCH", "/api/v1/offers/off_1", {"state": "draft"}),
    ],
)
def test_a_request_out_of_shape_is_refused_in_the_one_shape(call, method, path, body):
    answer = call(method, path, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_reading_is_for_the_back_office_and_writing_for_marketers(call, app):
    assert app.test_client().get("/api/v1/offers").status_code == 401
    assert call("GET", "/api/v1/offers", role=Role.ANALYST).status_code == 200
    assert call("GET", "/api/v1/offers", role=Role.CASHIER).status_code == 403
