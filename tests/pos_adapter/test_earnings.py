"""Points without a sale over the till API: counted once for their key, each answered for itself."""

from dataclasses import replace

import pytest

from loyalty.commands import block_member
from loyalty.kernel.web.app_kit import build_app
from loyalty.plugin import plugin as loyalty
from loyalty.queries import balance, verify_books
from pos_adapter.plugin import plugin as tills
from tests.pos_adapter.shop import build_shop
from tests.pos_adapter.web import problem

PATH = "/api/v1/earnings"


@pytest.fixture(params=[True, False], ids=["together", "alone"])
def till(request, sqlite_database, settings):
    """A shop whose application has the loyalty package beside the till's."""
    shop = build_shop(sqlite_database, replace(settings, earn_together=request.param))
    shop.app = build_app(shop.runtime, (loyalty, tills))
    return shop


def earning(member_id, points=30, key="k-1", **facts):
    return {"member_id": member_id, "points": points, "key": key} | facts


def test_points_are_given_once_for_a_key(till):
    first = till.signed("POST", PATH, earning(till.ada))
    again = till.signed("POST", PATH, earning(till.ada))
    other = till.signed("POST", PATH, earning(till.ada), till="t1b")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert first.get_json() == {"seq": 1, "points": 30, "balance": 30, "replayed": False}
    assert again.get_json() == first.get_json() | {"replayed": True}
    assert other.get_json()["balance"] == 60, "another till's keys are its own"
    with till.database.look() as tx:
        assert verify_books(tx) == ()


def test_what_cannot_be_given_is_refused(till):
    till.signed("POST", PATH, earning(till.ada))
    with till.database.begin(actor="test") as tx:
        block_member(tx, member_id=till.ben)

    assert problem(till.signed("POST", PATH, earning(till.ada, 31))) == (409, "source-reused")
    assert problem(till.signed("POST", PATH, earning("mbr_nobody"))) == (404, "unknown-member")
    assert problem(till.signed("POST", PATH, earning(till.ben))) == (409, "member-blocked")
    assert problem(till.app.test_client().post(PATH, json=earning(till.ada)))[0] == 401


@pytest.mark.parametrize(
    "wrong",
    [{"points": 0}, {"points": "5"}, {"points": 10**9}, {"key": ""}, {"key": "a b"}, {"more": 1}],
)
def test_what_cannot_be_read_is_refused(till, wrong):
    assert problem(till.signed("POST", PATH, earning(till.ada) | wrong))[1] == "invalid-input"


def test_many_are_answered_each_for_itself(till):
    items = [
        earning(till.ada, 10, "a"),
        earning("mbr_nobody", 10, "b"),
        earning(till.ben, 20, "c", occurred_at=till.now.isoformat()),
        earning(till.ada, 10, "a"),
        earning(till.ada, 5, "d"),
    ]
    answer = till.signed("POST", f"{PATH}/batches", {"items": items})

    assert answer.status_code == 200
    told = answer.get_json()["items"]
    assert [one["key"] for one in told] == ["a", "b", "c", "a", "d"]
    assert [one.get("balance") for one in told] == [10, None, 20, 10, 15]
    assert [one["problem"] for one in told] == ["", "unknown-member", "", "", ""]
    assert told[3]["replayed"] is True
    again = till.signed("POST", f"{PATH}/batches", {"items": items}).get_json()["items"]
    assert [one.get("balance") for one in again] == [10, None, 20, 10, 15]
    with till.database.look() as tx:
        assert balance(tx, till.ada).balance == 15
        assert verify_books(tx) == ()
    assert problem(till.signed("POST", f"{PATH}/batches", {"items": []}))[1] == "invalid-input"
