"""Claims on the pages: the member's form, the counter's, and the list of what waits."""

from __future__ import annotations

from loyalty.commands import record_purchase
from loyalty.kernel.access.principals import Role
from loyalty.queries import claims_by_state, claims_of
from loyalty.values import ClaimState
from tests.loyalty.world import KEYS, line, sale


def sold(office, price=1234):
    """A purchase that nobody showed a card for; its number and day."""
    with office.database.begin(actor="test") as tx:
        one = sale(None, line(price=price), occurred_at=tx.now)
        record_purchase(tx, keys=KEYS, sale=one)
    return one.key


def typed(key, total="12,34"):
    return {
        "receipt": str(key.sequence),
        "bought_on": key.business_on.isoformat(),
        "total": total,
        "store": "",
    }


def test_a_member_claims_on_her_phone_and_reads_the_answer(office):
    key = sold(office)
    phone = office.stranger().sign_in_as(office.database, office.ben)

    wrong = phone.press("/app/claims?lang=en", "/app/claims", **typed(key, total="twelve"))
    gone = phone.press("/app/claims?lang=en", "/app/claims", **typed(key))
    page = phone.open("/app/claims?lang=en").text

    assert wrong.status_code == 422
    assert "such as 27.60" in wrong.text
    assert gone.status_code == 303
    assert "Found: the purchase counts on your card now." in page
    assert "/app/claims" in phone.open("/app/points?lang=en").text


def test_what_does_not_fit_waits_and_the_member_reads_why_it_was_refused(office):
    key = sold(office)
    phone = office.stranger().sign_in_as(office.database, office.ben)
    phone.press("/app/claims?lang=en", "/app/claims", **typed(key, total="99.00"))
    desk = office.desk(Role.SUPPORT)
    with office.database.look() as tx:
        [claim] = claims_by_state(tx, ClaimState.WAITING).items

    shown = desk.open("/admin/claims?lang=en").text
    desk.press(
        "/admin/claims",
        f"/admin/claims/{claim.claim_id}",
        decision="refuse",
        reason="The total differs.",
    )

    assert "No such receipt has reached us yet." in shown
    assert "The total differs." in phone.open("/app/claims?lang=en").text
    assert office.audited("claim-refused") == [("claim-refused", claim.claim_id)]


def test_the_counter_claims_for_a_member(office):
    key = sold(office)
    desk = office.desk(Role.STORE_MANAGER)
    where = f"/admin/claims/new/{office.ben}"

    assert where in desk.open(f"/admin/members/{office.ben}").text
    answer = desk.press(f"{where}?lang=en", where, **typed(key))

    assert answer.status_code == 303
    with office.database.look() as tx:
        [claim] = claims_of(tx, office.ben)
    assert (claim.state, claim.points) == (ClaimState.SETTLED, 12)
    assert office.stranger().open("/admin/claims").status_code in {302, 303}


def test_the_wire_claims_lists_and_decides(office):
    key = sold(office)
    desk = office.desk(Role.SUPPORT)
    phone = office.stranger().sign_in_as(office.database, office.ben)
    token = phone.open("/app/claims").text.partition('name="csrf-token" content="')[2]
    headers = {"X-CSRF-Token": token.partition('"')[0], "Idempotency-Key": "one"}
    body = {"number": key.sequence, "bought_on": key.business_on.isoformat(), "total_minor": 1}

    made = phone.client.post("/api/v1/me/claims", json=body, headers=headers)
    listed = phone.client.get("/api/v1/me/claims").json["items"]
    waiting = desk.client.get("/api/v1/claims").json["items"]

    assert made.status_code == 201, made.text
    assert made.json["state"] == "waiting"
    assert [one["claim_id"] for one in listed] == [made.json["claim_id"]]
    assert [one["claim_id"] for one in waiting] == [made.json["claim_id"]]
