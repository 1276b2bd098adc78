"""The till API as a till sees it: signed requests in, documents or refusals out."""

from datetime import timedelta

import pytest

from loyalty.kernel.access.terminals import renew_invitation, suspend_terminal, terminals
from loyalty.queries import CodeKind, make_code
from tests.pos_adapter.shop import PIN
from tests.pos_adapter.signing import sign

API = "/api/v1/till"


@pytest.fixture
def till(quick_shop):
    return quick_shop


def problem(response):
    """Return status and slug of a refusal, which must be complete and speak."""
    body = response.get_json()
    assert response.content_type == "application/problem+json", response.get_data(as_text=True)
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    return response.status_code, body["type"].removeprefix("/problems/")


def terminal_id(shop, till_name="t1"):
    return shop.keys_of[till_name].terminal_id


def browser_till(shop, *, pin=True):
    """Return a client with the cookie of an enrolled browser till, and its form token."""
    client = shop.app.test_client()
    with shop.database.begin(actor="test") as tx:
        [t2] = [row for row in terminals(tx) if row.till == "t2"]
        code = renew_invitation(tx, terminal_id=t2.terminal_id).code
    token = form_token(client.get("/till/enrol"))
    assert client.post("/till/enrol", data={"csrf_token": token, "code": code}).status_code == 302
    if pin:
        data = {"csrf_token": token, "cashier": shop.cleo, "pin": PIN}
        assert client.post("/till/sign-in", data=data).status_code == 302
    return client, token


def form_token(response):
    text = response.get_data(as_text=True)
    return text.partition('name="csrf-token" content="')[2].partition('"')[0]


def test_a_card_is_identified(till):
    response = till.signed("POST", f"{API}/identifications", {"code": till.ada_card, "entry": "qr"})

    assert response.status_code == 200
    answer = response.get_json()
    assert (answer["trust"], answer["entry"]) == ("earn", "qr")
    assert answer["member"]["display_name"] == "Ada L."
    assert (answer["member"]["level"], answer["member"]["level_name"]) == ("base", "Base")
    assert answer["member"]["tier"]["next_level"] == "gold"
    assert "ada@example.org" not in response.get_data(as_text=True)
    assert "33612345678" not in response.get_data(as_text=True)


def test_names_and_refusals_come_in_the_language_that_is_asked_for(till):
    french = till.signed(
        "POST", f"{API}/identifications?lang=fr", {"code": till.ada_card, "entry": "qr"}
    )
    unknown = till.signed(
        "POST",
        f"{API}/quotes?lang=fr",
        till.wire(("unicorn", 1)),
    )

    assert french.get_json()["member"]["tier"]["next_level_name"] == "Or"
    assert problem(unknown) == (422, "unknown-articles")
    assert unknown.get_json()["title"] == "Articles inconnus"
    assert unknown.get_json()["lines"] == {"1": "unicorn"}


def test_a_basket_is_quoted_sold_sent_again_and_taken_back(till):
    basket = till.wire(("coffee", 2), ("apples", "0.350"), card=till.ada_card)
    quoted = till.signed("POST", f"{API}/quotes", basket).get_json()
    sale = till.wire_sale(
        ("coffee", 2),
        ("apples", "0.350"),
        card=till.ada_card,
        quote_hash=quoted["quote_hash"],
        tenders=[{"kind": "card", "amount_minor": quoted["due_minor"]}],
    )

    sold = till.signed("POST", f"{API}/sales", sale)
    again = till.signed("POST", f"{API}/sales", sale)
    shown = till.signed("GET", f"{API}/sales/lyon-1/t1/{till.today.isoformat()}/{sale['sequence']}")
    scanned = till.signed("GET", f"{API}/receipts/{sold.get_json()['receipt_code']}")

    assert (sold.status_code, again.status_code) == (201, 200)
    assert (sold.get_json()["replayed"], again.get_json()["replayed"]) == (False, True)
    assert sold.get_json() | {"replayed": True} == again.get_json()
    assert (sold.get_json()["due_minor"], sold.get_json()["balance"]) == (1099, 10)
    assert shown.get_json() == scanned.get_json()
    assert [line["quantity"] for line in shown.get_json()["lines"]] == [2, "0.350"]

    back = {
        "business_on": till.today.isoformat(),
        "sequence": next(till.numbers),
        "occurred_at": till.now.isoformat(),
        "receipt_code": sold.get_json()["receipt_code"],
        "lines": [{"line_no": 1, "quantity": 1}],
    }
    taken, twice = (till.signed("POST", f"{API}/returns", back) for _ in range(2))
    assert (taken.status_code, twice.status_code) == (201, 200)
    assert (taken.get_json()["refund_minor"], twice.get_json()["replayed"]) == (499, True)
    left = till.signed("GET", f"{API}/receipts/{sold.get_json()['receipt_code']}").get_json()
    assert [line["returned"] for line in left["lines"]] == [1, 0]
    counter = till.signed("GET", f"{API}/counter?business_on={till.today.isoformat()}").get_json()
    assert counter["next_sequence"] == back["sequence"] + 1


def test_an_article_is_found_by_number_and_by_name(till):
    def names(query):
        found = till.signed("GET", f"{API}/articles?{query}").get_json()["items"]
        return [item["name"] for item in found]

    assert names("ean=3017620422003") == ["Café moulu"]
    assert names("ean=03017620422003") == ["Café moulu"]
    assert names("ean=4006381333931") == []
    assert names("q=pom") == ["Pommes"]
    assert names("q=the") == names("q=th%C3%A9") == ["Thé vert"]


def test_a_till_that_prices_itself_may_bring_its_own_facts(till):
    own = {"name": "Roses", "unit_price_minor": 1200, "tax_bp": 1000}
    body = till.wire(("roses", 1))
    body["lines"][0]["own"] = own

    assert till.signed("POST", f"{API}/quotes", body).get_json()["due_minor"] == 1200

    client, token = browser_till(till)
    refused = client.post(f"{API}/quotes", json=body, headers={"X-CSRF-Token": token})
    assert problem(refused) == (403, "own-price-refused")


QUANTITIES = [
    (-1, "Give a quantity above 0 and up to 9,999."),
    (0, "Give a quantity above 0 and up to 9,999."),
    (10_000, "Give a quantity above 0 and up to 9,999."),
    (10**17, "Give a quantity above 0 and up to 9,999."),
    (1.5, 'Give a whole number, or a decimal text such as "0.750".'),
    ("-1", 'Give a whole number, or a decimal text such as "0.750".'),
    ("two", 'Give a whole number, or a decimal text such as "0.750".'),
    ("1e3", 'Give a whole number, or a decimal text such as "0.750".'),
    ("1,5", 'Give a whole number, or a decimal text such as "0.750".'),
    ("0.0005", 'Give a whole number, or a decimal text such as "0.750".'),
    ("٣", 'Give a whole number, or a decimal text such as "0.750".'),
    (True, 'Give a whole number, or a decimal text such as "0.750".'),
    ([], 'Give a whole number, or a decimal text such as "0.750".'),
]


@pytest.mark.parametrize("path", ["quotes", "sales"])
@pytest.mark.parametrize(("quantity", "sentence"), QUANTITIES)
def test_a_quantity_that_is_none_is_refused_by_name(till, path, quantity, sentence):
    make = till.wire if path == "quotes" else till.wire_sale

    response = till.signed("POST", f"{API}/{path}", make(("coffee", quantity)))

    assert problem(response) == (422, "invalid-input")
    assert response.get_json()["errors"]["lines"]["0"]["quantity"] == [sentence]


def test_a_part_of_a_counted_article_is_refused(till):
    response = till.signed("POST", f"{API}/quotes", till.wire(("coffee", "1.5")))

    assert problem(response) == (422, "fractional-quantity")
    assert response.get_json()["lines"] == [1]


@pytest.mark.parametrize(
    ("code", "status", "slug"),
    [
        (make_code(CodeKind.CARD, bytes(10)).letters, 404, "unknown-card"),
        ("C" + "B" * 20 + "BB", 422, "card-mistyped"),
        ("HELLO", 422, "card-not-readable"),
    ],
)
def test_a_card_that_is_none_is_refused_with_what_to_do_next(till, code, status, slug):
    body = {"code": code, "entry": "keyed"}

    for language in ("en", "fr"):
        response = till.signed("POST", f"{API}/identifications?lang={language}", body)
        assert problem(response) == (status, slug)


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda body: body.pop("lines"), "lines"),
        (lambda body: body.update(lines=[]), "lines"),
        (lambda body: body.update(lines=body["lines"] * 201), "lines"),
        (lambda body: body.update(lines=body["lines"] * 2), "lines"),
        (lambda body: body.update(surprise=1), "surprise"),
        (lambda body: body.update(currency="EURO"), "currency"),
        (lambda body: body.update(business_on="2026-02-30"), "business_on"),
        (lambda body: body.update(occurred_at="2026-03-10T09:30:00"), "occurred_at"),
        (lambda body: body.update(sequence=0), "sequence"),
        (lambda body: body.update(sequence="1"), "sequence"),
        (lambda body: body.update(vouchers=["A", "A"]), "vouchers"),
        (lambda body: body.update(vouchers=["A"] * 11), "vouchers"),
        (lambda body: body.update(card={"code": "X"}), "card"),
        (lambda body: body.update(card={"code": "X", "entry": "psychic"}), "card"),
        (lambda body: body.update(tenders=[{"kind": "cash", "amount_minor": -1}]), "tenders"),
        (lambda body: body["lines"][0].pop("sku"), "lines"),
        (lambda body: body["lines"][0].update(ean="3017620422003"), "lines"),
        (lambda body: body["lines"][0].update(sku="Café"), "lines"),
        (lambda body: body["lines"][0].update(kind="bribe"), "lines"),
    ],
)
def test_a_body_that_is_not_right_is_refused_by_field(till, spoil, field):
    body = till.wire_sale(("coffee", 1))
    spoil(body)

    response = till.signed("POST", f"{API}/sales", body)

    assert problem(response) == (422, "invalid-input")
    assert field in response.get_json()["errors"]


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


def test_what_is_not_there_is_not_found(till):
    for path in (
        f"{API}/sales/lyon-1/t1/2026-03-10/999999",
        f"{API}/receipts/{till.ada_card}",
        f"{API}/receipts/HELLO",
    ):
        assert till.signed("GET", path).status_code == 404
    assert problem(till.signed("GET", f"{API}/sales/lyon-1/t1/yesterday/1")) == (404, "not-found")
