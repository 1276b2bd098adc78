"""The till API as a till sees it: signed requests in, documents or refusals out."""

import pytest

from loyalty.kernel.i18n import gettext
from loyalty.queries import CodeKind, make_code
from tests.pos_adapter.web import API, problem


@pytest.fixture
def till(quick_shop):
    return quick_shop


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
    assert response.get_json()["errors"]["lines"]["0"]["quantity"] == [gettext("fr", sentence)]


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


def test_what_is_not_there_is_not_found(till):
    for path in (
        f"{API}/sales/lyon-1/t1/2026-03-10/999999",
        f"{API}/receipts/{till.ada_card}",
        f"{API}/receipts/HELLO",
    ):
        assert till.signed("GET", path).status_code == 404
    assert problem(till.signed("GET", f"{API}/sales/lyon-1/t1/yesterday/1")) == (404, "not-found")
