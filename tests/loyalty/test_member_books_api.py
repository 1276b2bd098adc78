"""``/api/v1/members/<id>`` and ``/api/v1/me``: the books of a member over HTTP."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from loyalty.commands import adjust_points, earn_points, publish_programme, record_purchase
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.plugin import plugin
from tests.loyalty.rich import rich_document
from tests.loyalty.world import KEYS, line, sale

LOOKING = {Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN, Role.DPO}
WRITING = LOOKING - {Role.DPO}
DEEPLY = {Role.SUPPORT, Role.ADMIN}
MY_READS = ("wallets", "lots", "postings", "proof", "rewards", "redemptions", "vouchers")
READS = (*MY_READS, "adjustments", "transfers", "merges", "level/steps")


@pytest.fixture
def database(sqlite_database):
    """The edge is tried on the embedded database; commands are tried on both."""
    return sqlite_database


@pytest.fixture
def office(shop, settings, ada, ben):
    """The rich programme, Ada with 2,000 points and 2.50 in her purse, and callers."""
    keys = Keys(settings.secret_key)
    runtime = Runtime(settings=settings, database=shop, keys=keys, cache=MemoryCache())
    app = build_app(runtime, (plugin,))
    csrf = keys.mac("csrf", b"visit-1").hex()[:40]
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=rich_document())
        earn_points(tx, member_id=ada, points=2000, source="test:2000")
        adjust_points(
            tx, member_id=ada, points=250, wallet="purse", reason="x", source="p", actor="test"
        )

    def caller(role=Role.SUPPORT, *, member=None):
        client = app.test_client()
        with shop.begin(actor="test") as tx:
            if member is None:
                subject = take_on_staff(tx, name="Cleo", role=role).staff_id
                kind = PrincipalKind.STAFF
            else:
                kind, subject = PrincipalKind.MEMBER, member
            session = start_session(tx, kind=kind, subject_id=subject)
        client.set_cookie(f"palier-{kind}", session.token)
        client.set_cookie("palier-visit", "visit-1")

        def call(method, path, body=None, *, key=None):
            headers = {"X-CSRF-Token": csrf} | ({"Idempotency-Key": key} if key else {})
            return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

        return call

    return SimpleNamespace(shop=shop, ada=ada, ben=ben, caller=caller)


def facts(answer, *names):
    """Return some members of an answer; the whole of a refusal."""
    return tuple(answer.json[name] for name in names) if answer.status_code < 300 else answer.json


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.DPO, Role.MARKETER])
def test_who_looks_after_members_reads_their_books(office, role):
    call = office.caller(role)
    for part in READS:
        status = call("GET", f"/members/{office.ada}/{part}").status_code
        assert status == (200 if role in LOOKING else 403), part
    writes = [
        ("POST", "redemptions", {"reward_id": "coffee"}),
        ("POST", "vouchers", {"value_minor": 100, "cause": "goodwill"}),
        ("POST", "adjustments", {"points": 1, "reason": "kind"}),
        ("POST", "transfers", {"points": 1, "to_member_id": office.ben}),
        ("POST", "pool", {}),
        ("PUT", "level", {"level": "gold"}),
    ]
    for method, part, body in writes:
        status = call(method, f"/members/{office.ada}/{part}", body, key=part).status_code
        allowed = DEEPLY if part == "level" else WRITING
        assert (status < 300) == (role in allowed), part


def test_wallets_are_told_with_their_decimals_and_worth(office):
    call = office.caller()
    points, purse = call("GET", f"/members/{office.ada}/wallets").json["items"]
    assert (points["available"], points["value_minor"], points["decimals"]) == (2000, 1000, 0)
    assert (purse["name"], purse["available"], purse["value_minor"]) == ("Cagnotte", 250, 250)
    lots = call("GET", f"/members/{office.ada}/lots?wallet=purse").json["items"]
    assert [(one["left"], one["pending"]) for one in lots] == [(250, False)]
    unknown = call("GET", f"/members/{office.ada}/lots?wallet=gold")
    assert unknown.json["type"] == "/problems/unknown-wallet"


def test_a_statement_is_narrowed_by_wallet_kind_and_day(office, clock):
    with office.shop.begin(actor="test") as tx:
        record_purchase(
            tx,
            keys=KEYS,
            sale=sale(office.ada, line(price=1000), occurred_at=tx.now - timedelta(days=3)),
        )
    call = office.caller()
    today = clock().date().isoformat()

    def read(query):
        return [
            (one["unit"], one["kind"], one["points"])
            for one in call("GET", f"/members/{office.ada}/postings?{query}").json["items"]
        ]

    assert read("") == [("points", "earn", 10), ("points", "earn", 2000)]
    assert read("wallet=purse") == [("purse", "adjustment", 250)]
    assert read(f"first_on={today}&last_on={today}") == [("points", "earn", 2000)]
    assert read("kind=spend&kind=return") == []
    wrong = call("GET", f"/members/{office.ada}/postings?first_on={today}&last_on=2020-01-01")
    assert wrong.status_code == 422


def test_a_reward_is_held_captured_and_given_back_once(office):
    call, where = office.caller(), f"/members/{office.ada}/redemptions"
    held = call("POST", where, {"reward_id": "five-euros", "hold_seconds": 600}, key="k1")
    again = call("POST", where, {"reward_id": "five-euros", "hold_seconds": 600}, key="k1")
    assert facts(held, "state", "points", "available") == ("held", 800, 1200)
    assert facts(again, "redemption_id", "replayed") == (held.json["redemption_id"], True)
    mine = f"{where}/{held.json['redemption_id']}"
    taken = call("PUT", f"{mine}/capture", {})
    assert facts(taken, "state", "balance") == ("done", 1200)
    assert [one["value_minor"] for one in taken.json["vouchers"]] == [500]
    stock = {
        one["reward_id"]: one["stock_left"]
        for one in call("GET", f"/members/{office.ada}/rewards").json["items"]
    }
    assert stock == {"five-euros": 2, "coffee": None, "off": None}
    back = call("PUT", f"{mine}/release")
    assert facts(back, "state", "balance") == ("given_back", 2000)
    listed = call("GET", where).json["items"]
    assert [(one["state"], one["name"]) for one in listed] == [("given_back", "Un bon de 5 €")]


def test_limits_and_a_second_person_stand_between_staff_and_points(office):
    call, boss = office.caller(), office.caller(Role.ADMIN)
    where = f"/members/{office.ada}/adjustments"
    small = call("POST", where, {"points": 50, "reason": "late delivery"}, key="a1")
    assert facts(small, "state", "balance") == ("posted", 2050)
    much = call("POST", where, {"points": 501, "reason": "x"}, key="a2")
    assert (much.status_code, much.json["scope"], much.json["limit"]) == (403, "each", 500)
    asked = call("POST", where, {"points": 400, "reason": "a bad day"}, key="a3")
    assert facts(asked, "state", "balance") == ("proposed", 2050)
    one = f"{where}/{asked.json['adjustment_id']}/decision"
    assert call("PUT", one, {"approve": True}).json["type"] == "/problems/same-person"
    waiting = boss("GET", "/adjustments").json["items"]
    assert [(row["points"], row["reason"]) for row in waiting] == [(400, "a bad day")]
    assert facts(boss("PUT", one, {"approve": True}), "state", "balance") == ("posted", 2450)
    assert boss("PUT", one, {"approve": False}).json["type"] == "/problems/adjustment-decided"
    assert call("POST", where, {"points": 0, "reason": "x"}, key="a4").status_code == 422


def test_points_move_and_memberships_are_joined_and_parted(office):
    call = office.caller()
    ada, ben = f"/members/{office.ada}", f"/members/{office.ben}"
    moved = call("POST", f"{ada}/transfers", {"points": 500, "to_member_id": office.ben}, key="t")
    assert facts(moved, "balance", "to_balance") == (1500, 500)
    assert [one["points"] for one in call("GET", f"{ben}/transfers").json["items"]] == [500]
    seen = call("GET", f"{ada}/merges/preview?other_id={office.ben}")
    assert facts(seen, "points", "cards", "hinders") == ({"points": 500}, 1, "")
    merged = call("POST", f"{ada}/merges", {"other_id": office.ben}, key="m")
    assert facts(merged, "points") == ({"points": 500},)
    again = call("GET", f"{ada}/merges/preview?other_id={office.ben}")
    assert facts(again, "hinders") == ("state",)
    undo = f"{ada}/merges/{merged.json['merge_id']}"
    assert call("DELETE", undo.replace(office.ada, "mbr_none")).status_code == 409
    assert facts(call("DELETE", undo), "points", "short") == ({"points": 500}, {})


def test_a_pool_is_opened_shared_drawn_on_and_left(office):
    call = office.caller()
    ada, ben = f"/members/{office.ada}/pool", f"/members/{office.ben}/pool"
    assert call("GET", ada).json["type"] == "/problems/not-in-a-pool"
    pool = call("POST", ada, {}, key="p1").json["pool_id"]
    assert call("POST", ben, {"pool_id": pool}, key="p2").status_code == 201
    call("POST", f"{ada}/moves", {"into_pool": True, "points": 300}, key="p3")
    drawn = call("POST", f"{ben}/moves", {"into_pool": False, "points": 100}, key="p4")
    assert drawn.status_code == 201
    shown = call("GET", ben).json
    assert [one["owner"] for one in shown["people"]] == [True, False]
    assert [one["balance"] for one in shown["wallets"]] == [200, 0]
    assert facts(call("DELETE", ada, key="p5"), "points") == ({"points": 200},)


def test_a_voucher_is_given_once_and_taken_away(office):
    call, where = office.caller(), f"/members/{office.ada}/vouchers"
    given = call("POST", where, {"value_minor": 500, "cause": "complaint"}, key="v1")
    again = call("POST", where, {"value_minor": 500, "cause": "complaint"}, key="v1")
    assert given.json == again.json
    assert given.json["value_minor"] == 500
    wrong = call("POST", where, {"value_minor": 700, "cause": "lost"}, key="v2")
    assert wrong.json["type"] == "/problems/voucher-value-unknown"
    other = call("POST", where, {"value_minor": 100, "cause": "lost"}, key="v1")
    assert other.json["type"] == "/problems/source-reused"
    assert call("DELETE", f"{where}/{given.json['voucher_id']}").status_code == 204
    listed = call("GET", where).json["items"]
    assert [(one["origin"], one["state"]) for one in listed] == [("staff", "withdrawn")]


def test_a_level_is_given_until_a_day(office, clock):
    call, where = office.caller(), f"/members/{office.ada}/level"
    until = (clock() + timedelta(days=30)).date().isoformat()
    given = call("PUT", where, {"level": "gold", "until": until})
    assert facts(given, "level", "kept_until_on") == ("gold", until)
    assert call("PUT", where, {"level": "silver"}).status_code == 422
    steps = call("GET", f"{where}/steps").json["items"]
    assert [(one["to_level"], one["cause"]) for one in steps] == [("gold", "assigned")]


def test_a_member_reads_her_own_books_and_claims(office):
    mine = office.caller(member=office.ada)
    for part in MY_READS:
        assert mine("GET", f"/me/{part}").status_code == 200, part
    assert mine("GET", "/me/pool").json["type"] == "/problems/not-in-a-pool"
    claimed = mine("POST", "/me/redemptions", {"reward_id": "coffee"}, key="c1")
    assert facts(claimed, "state", "points", "available") == ("done", 150, 1850)
    release = f"/me/redemptions/{claimed.json['redemption_id']}/release"
    assert mine("PUT", release).json["type"] == "/problems/redemption-ended"
    held = mine("POST", "/me/redemptions", {"reward_id": "coffee", "hold_seconds": 60}, key="c2")
    release = f"/me/redemptions/{held.json['redemption_id']}/release"
    assert facts(mine("PUT", release), "state", "available") == ("released", 1850)
    assert mine("POST", "/me/redemptions", {"points": 200}, key="c3").status_code == 422
    proof = mine("GET", "/me/proof").json
    assert sorted(proof) == ["days", "fields", "format", "member_id", "programmes", "wallets"]
