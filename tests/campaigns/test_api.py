"""``/api/v1/campaigns``: the same rules as the pages, in JSON."""

from __future__ import annotations

import pytest

from admin.app import create_app
from loyalty.kernel.access.principals import Role
from tests.campaigns.desk import Desk
from tests.campaigns.world import DOCUMENT, crowd, enrol, send, start

WHEN = {"on": "2026-03-10", "at": "11:00"}
BODY = {"name": "Gold, this week", "document": {**DOCUMENT, "schedule": WHEN}}


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def dora(runtime):
    return Desk(create_app(runtime), runtime)


def test_the_life_of_a_campaign(dora, runtime):
    crowd(runtime, 3)
    enrol(runtime, "Ben", purposes=())
    made = dora.call("POST", "", BODY)
    assert made.status_code == 201
    assert made.json["state"] == "draft"
    address = f"/{made.json['campaign_id']}"

    changed = dora.call("PUT", address, {**BODY, "name": "Gold", "revision": 1})
    assert changed.json["revision"] == 2
    scheduled = dora.call("PUT", f"{address}/schedule", {"revision": 2})
    assert scheduled.json["due_at"] == "2026-03-10T10:00:00Z"
    for state in ("paused", "paused", "scheduled"):
        assert dora.call("PUT", f"{address}/state", {"state": state}).json["state"] == state

    start(runtime)
    send(runtime)
    dora.sign_in()
    shown = dora.call("GET", address).json
    assert shown["occurrences"][0]["audience"] == 4
    assert shown["document"]["content"]["fr"]["subject"] == DOCUMENT["content"]["fr"]["subject"]
    (result,) = dora.call("GET", f"{address}/results").json["items"]
    assert {key: result[key] for key in ("audience", "sent", "skipped", "failed", "pending")} == {
        "audience": 4, "sent": 3, "skipped": 1, "failed": 0, "pending": 0,
    }  # fmt: skip
    assert result["skipped_by"] == {"no-consent": 1}


def test_lists_are_paged_and_stay_where_they_are(dora, runtime):
    crowd(runtime, 5)
    ids = [
        dora.call("POST", "", {**BODY, "name": f"Campaign {n}"}).json["campaign_id"]
        for n in range(5)
    ]
    first = dora.call("GET", "?limit=2").json
    second = dora.call("GET", f"?limit=2&after={first['after']}").json
    assert [one["campaign_id"] for one in first["items"] + second["items"]] == sorted(ids)[:0:-1]
    assert dora.call("GET", "?state=paused").json["items"] == []

    dora.call("PUT", f"/{ids[0]}/schedule", {"revision": 1})
    start(runtime)
    send(runtime)
    dora.sign_in()
    page = dora.call("GET", f"/{ids[0]}/messages?limit=2").json
    found = list(page["items"])
    while page["after"]:
        page = dora.call("GET", f"/{ids[0]}/messages?limit=2&after={page['after']}").json
        found += page["items"]
    assert len(found) == len({one["member_id"] for one in found}) == 5
    assert "@" not in str(found)


def test_every_fault_of_a_document_is_listed_with_its_place(dora):
    wrong = {
        "audience": {"tier": ["gold"]},
        "channels": ["pigeon"],
        "content": {"fr": {"subject": "{prenom}", "body": "a\n{oops"}},
        "schedule": {"on": "soon"},
        "extra": 1,
    }
    answer = dora.call("POST", "", {"name": "x", "document": wrong})
    assert answer.status_code == 422
    assert answer.json["type"] == "/problems/campaign-refused"
    faults = {one["path"]: one for one in answer.json["faults"]}
    assert set(faults) == {
        *("extra", "audience.tier", "channels", "schedule"),
        *("content.fr.subject", "content.fr.body"),
    }
    assert faults["content.fr.subject"]["suggestion"] == "{first_name}"
    assert (faults["content.fr.body"]["line"], faults["content.fr.body"]["column"]) == (2, 1)


@pytest.mark.parametrize(
    "document",
    [{"audience": []}, {"content": "x"}, {"content": {"fr": []}}, {"schedule": 5},
     {"schedule": {"on": 5, "at": []}}, {"channels": "email"}, {"channels": [None]},
     {"channels": []},
     {"content": {"fr": {"body": {"a": 1}}}}],
)  # fmt: skip
def test_a_document_of_the_wrong_shape_is_refused_and_never_a_server_error(dora, document):
    answer = dora.call("POST", "", {"name": "x", "document": {**DOCUMENT, **document}})
    assert answer.status_code in {201, 422}
    assert "channels" not in document or answer.status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("GET", "/cmp_nobody", None, (404, "unknown-campaign")),
        ("GET", "/cmp_nobody/results", None, (404, "unknown-campaign")),
        ("GET", "/cmp_nobody/messages", None, (404, "unknown-campaign")),
        ("PUT", "/cmp_nobody", {**BODY, "revision": 1}, (404, "unknown-campaign")),
        ("PUT", "/cmp_nobody/schedule", {"revision": 1}, (404, "unknown-campaign")),
        ("PUT", "/cmp_nobody/state", {"state": "paused"}, (404, "unknown-campaign")),
        ("PUT", "/cmp_nobody/state", {"state": "finished"}, (422, "invalid-input")),
        ("POST", "", {"name": "x"}, (422, "invalid-input")),
        ("POST", "", {**BODY, "extra": 1}, (422, "invalid-input")),
        ("PUT", "/cmp_nobody/schedule", {"revision": 1.0}, (422, "invalid-input")),
        ("GET", "/cmp_nobody/messages?after=x", None, (422, "invalid-input")),
    ],
)
def test_refusals_have_one_shape(dora, method, path, body, refusal):
    status, slug = refusal
    answer = dora.call(method, path, body)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == f"/problems/{slug}"


def test_conflicts_name_the_state(dora):
    made = dora.call("POST", "", BODY).json
    address = f"/{made['campaign_id']}"
    assert dora.call("POST", "", BODY).json["type"] == "/problems/campaign-name-taken"
    assert dora.call("PUT", f"{address}/state", {"state": "paused"}).status_code == 409
    stale = dora.call("PUT", f"{address}/schedule", {"revision": 9})
    assert (stale.status_code, stale.json["revision"]) == (409, 1)
    assert dora.call("PUT", f"{address}/schedule", {"revision": 1}).status_code == 200
    frozen = dora.call("PUT", address, {**BODY, "revision": 2})
    assert (frozen.status_code, frozen.json["state"]) == (409, "scheduled")


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, None])
def test_who_has_no_business_here_is_refused(runtime, role):
    client = Desk(create_app(runtime), runtime, role).client
    for path in ("", "/x", "/x/results", "/x/messages"):
        answer = client.get(f"/api/v1/campaigns{path}")
        assert answer.status_code == (401 if role is None else 403)


def test_a_reader_may_not_write(runtime):
    desk = Desk(create_app(runtime), runtime, Role.AUDITOR)
    assert desk.call("GET", "").status_code == 200
    assert desk.call("POST", "", BODY).status_code == 403
