import json

from click.testing import CliRunner

from loyalty.kernel.access.terminals import enrol_terminal
from pos_adapter.cli import tills


def run(shop, *arguments):
    return CliRunner().invoke(tills, arguments, obj=shop.runtime)


def test_a_till_is_created_with_a_code_that_enrols_it_once(quick_shop):
    answer = json.loads(run(quick_shop, "enrol", "lyon-2", "t9", "--json").output)

    with quick_shop.database.begin(actor="test") as tx:
        assert enrol_terminal(tx, code=answer["code"]) == answer["terminal_id"]
    listed = json.loads(run(quick_shop, "list", "--json").output)
    assert {"terminal_id": answer["terminal_id"], "store_id": "lyon-2", "till": "t9"} | {
        "state": "active"
    } in listed


def test_a_signing_till_gets_its_key_and_a_renewal_ends_the_old_one(quick_shop):
    shop = quick_shop
    first = json.loads(run(shop, "enrol", "lyon-1", "t1", "--key", "--json").output)
    shop.keys_of["t1"] = type("Key", (), {"key_id": first["key_id"], "secret": first["secret"]})
    fine = shop.signed("GET", "/api/v1/till/counter?business_on=2026-03-10")
    second = json.loads(run(shop, "enrol", "lyon-1", "t1", "--key", "--json").output)
    stale = shop.signed("GET", "/api/v1/till/counter?business_on=2026-03-10")

    assert fine.status_code == 200
    assert second["terminal_id"] == first["terminal_id"]
    assert second["secret"] != first["secret"]
    assert (stale.status_code, stale.get_json()["type"]) == (401, "/problems/key-revoked")


def test_a_suspended_till_is_listed_as_such_and_an_unknown_one_is_named(quick_shop):
    assert run(quick_shop, "suspend", "lyon-1", "t1").exit_code == 0
    assert run(quick_shop, "suspend", "lyon-1", "t1").exit_code == 0

    shown = run(quick_shop, "list").output
    unknown = run(quick_shop, "suspend", "lyon-1", "t77")

    assert [line for line in shown.splitlines() if " t1 " in line and "suspended" in line]
    assert unknown.exit_code == 1
    assert "Store lyon-1 has no till t77." in unknown.output


def test_a_store_that_does_not_exist_gets_no_till(quick_shop):
    answer = run(quick_shop, "enrol", "atlantis", "t1")

    assert answer.exit_code == 1
    assert "There is no store atlantis." in answer.output
