"""Who may call the till API: a till that signs, or a browser till with a cashier; and how often."""

from datetime import timedelta

import pytest

from loyalty.kernel.access.terminals import renew_invitation, suspend_terminal
from loyalty.queries import CodeKind, make_code
from tests.pos_adapter.signing import sign
from tests.pos_adapter.web import API, browser_till, problem


@pytest.fixture
def till(quick_shop):
    return quick_shop


def terminal_id(shop, till_name="t1"):
    return shop.keys_of[till_name].terminal_id


def test_a_till_that_prices_itself_may_bring_its_own_facts(till):
    own = {"name": "Roses", "unit_price_minor": 1200, "tax_bp": 1000}
    body = till.wire(("roses", 1))
    body["lines"][0]["own"] = own

    assert till.signed("POST", f"{API}/quotes", body).get_json()["due_minor"] == 1200

    client, token = browser_till(till)
    refused = client.post(f"{API}/quotes", json=body, headers={"X-CSRF-Token": token})
    assert problem(refused) == (403, "own-price-refused")


def test_a_till_speaks_only_for_itself(till):
    foreign = till.wire_sale(("coffee", 1), till="t2")
    own = till.wire_sale(("coffee", 1), till="t1", store_id="lyon-1")

    assert problem(till.signed("POST", f"{API}/sales", foreign)) == (403, "other-till")
    assert till.signed("POST", f"{API}/sales", own).status_code == 201


def test_an_unsigned_request_is_asked_to_sign_in(till):
    client = till.app.test_client()

    assert problem(client.post(f"{API}/quotes", json=till.wire(("tea", 1)))) == (
        401,
        "not-signed-in",
    )


def test_each_fault_of_a_signature_has_a_name_of_its_own(till):
    path, body = f"{API}/quotes", till.wire(("tea", 1))
    till.signed("POST", path, body, nonce="used")
    old = till.keys_of["t1"]

    refusals = {
        "replayed nonce": till.signed("POST", path, body, nonce="used"),
        "stale": till.signed("POST", path, body, created=till.now - timedelta(seconds=121)),
        "ahead": till.signed("POST", path, body, created=till.now + timedelta(seconds=61)),
        "missing component": till.signed("POST", path, body, covered=("@path", "content-digest")),
        "wrong key": till.signed("POST", path, body, secret=till.keys_of["t1b"].secret),
        "unknown key": till.signed("POST", path, body, key_id="trm_nobody.1"),
    }
    with till.database.begin(actor="test") as tx:
        renew_invitation(tx, terminal_id=terminal_id(till))
    refusals["revoked key"] = till.signed("POST", path, body, key_id=old.key_id)

    slugs = {name: problem(response) for name, response in refusals.items()}
    assert slugs == {
        "replayed nonce": (401, "signature-replayed"),
        "stale": (401, "signature-stale"),
        "ahead": (401, "signature-stale"),
        "missing component": (401, "signature-incomplete"),
        "wrong key": (401, "signature-wrong"),
        "unknown key": (401, "key-unknown"),
        "revoked key": (401, "key-revoked"),
    }


def test_a_changed_body_is_refused_and_a_good_nonce_is_not_burnt_by_it(till):
    key, path = till.keys_of["t1"], f"{API}/quotes"
    body = b'{"business_on": "2026-03-10", "currency": "EUR", "lines": []}'
    headers = sign(
        "POST", path, body, key_id=key.key_id, secret=key.secret, created=till.now, nonce="once"
    )
    client = till.app.test_client()

    changed = client.post(
        path, data=body.replace(b"EUR", b"USD"), headers=headers, content_type="application/json"
    )
    intact = client.post(path, data=body, headers=headers, content_type="application/json")

    assert problem(changed) == (401, "signature-body-changed")
    assert problem(intact) == (422, "invalid-input")


def test_a_suspended_till_is_told_so(till):
    with till.database.begin(actor="test") as tx:
        suspend_terminal(tx, terminal_id=terminal_id(till))

    response = till.signed("GET", f"{API}/counter?business_on=2026-03-10")

    assert problem(response) == (403, "terminal-suspended")


def test_a_browser_till_needs_its_cookie_its_token_and_a_cashier(till):
    client, token = browser_till(till, pin=False)
    body = till.wire(("tea", 1))

    no_cashier = client.post(f"{API}/quotes", json=body, headers={"X-CSRF-Token": token})
    assert problem(no_cashier) == (401, "not-signed-in")

    client, token = browser_till(till)
    no_token = client.post(f"{API}/quotes", json=body)
    fine = client.post(f"{API}/quotes", json=body, headers={"X-CSRF-Token": token})
    assert problem(no_token) == (403, "forged-request")
    assert fine.status_code == 200


def test_a_shift_ends_and_a_session_expires(till):
    client, token = browser_till(till)
    headers, body = {"X-CSRF-Token": token}, till.wire(("tea", 1))

    till.runtime.database.clock.move(by=timedelta(hours=12, minutes=1))
    after_shift = client.post(f"{API}/quotes", json=body, headers=headers)
    till.runtime.database.clock.move(by=timedelta(days=40))
    after_session = client.post(f"{API}/quotes", json=body, headers=headers)

    assert problem(after_shift) == (401, "not-signed-in")
    assert problem(after_session) == (401, "not-signed-in")


def test_typed_cards_are_looked_up_ten_times_a_minute_and_no_faster(till):
    path, typed = f"{API}/identifications", {"code": till.ada_card, "entry": "keyed"}

    answers = [till.signed("POST", path, typed).status_code for _ in range(11)]
    scanned = till.signed("POST", path, {"code": till.ada_card, "entry": "qr"})
    other_till = till.signed("POST", path, typed, till="t1b")

    assert answers == [200] * 10 + [429]
    assert (scanned.status_code, other_till.status_code) == (200, 200)


def test_a_till_that_keeps_asking_for_cards_that_nobody_has_must_wait(till):
    """Guessing through quotes and sales counts as guessing."""
    unknown = make_code(CodeKind.CARD, bytes(range(10))).letters
    body = till.wire(("tea", 1), card=unknown)

    answers = [till.signed("POST", f"{API}/quotes", body) for _ in range(21)]

    assert {problem(answer) for answer in answers[:20]} == {(404, "unknown-card")}
    assert problem(answers[20]) == (429, "too-many-tries")
    assert int(answers[20].headers["Retry-After"]) == 600
    without_card = till.signed("POST", f"{API}/sales", till.wire_sale(("tea", 1)))
    assert without_card.status_code == 201
