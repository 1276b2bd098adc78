from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.values import (
    ArticleFacts,
    LineKind,
    ReturnedLine,
    SaleKey,
    Sku,
    SoldBy,
    StoreId,
    Tender,
)
from pos_adapter.basket import (
    assemble,
    gross_minor,
    quote_hash,
    quoted_amounts,
    return_hash,
    sale_hash,
)
from pos_adapter.values import (
    BasketClaim,
    CardShown,
    EntryMode,
    OwnFacts,
    ReturnClaim,
    SaleClaim,
    TillLine,
)

COFFEE = ArticleFacts(
    sku=Sku("coffee"),
    name="Café moulu",
    category="coffee",
    price_minor=499,
    tax_bp=550,
    ean="3017620422003",
)
APPLES = ArticleFacts(
    sku=Sku("apples"),
    name="Pommes",
    category="fruit",
    price_minor=289,
    tax_bp=550,
    labels=("fresh",),
    sold_by=SoldBy.WEIGHT,
)
KEY = SaleKey(StoreId("lyon-1"), "t1", date(2026, 3, 2), 17)


def line(number=1, quantity=1000, **facts):
    return TillLine(line_no=number, quantity_milli=quantity, **facts)


def sale(*lines, **changes):
    basket = BasketClaim("lyon-1", KEY.business_on, "EUR", lines, CardShown("C1", EntryMode.QR))
    claim = SaleClaim(KEY, basket, datetime(2026, 3, 2, 9, tzinfo=UTC))
    return replace(claim, **changes)


@given(st.integers(0, 10**9), st.integers(1, 9_999_000))
def test_a_line_is_never_more_than_half_a_minor_unit_off(price, milli):
    assert abs(gross_minor(price, milli) * 1000 - price * milli) <= 500


def test_an_article_is_found_by_sku_and_by_every_form_of_its_number():
    lines = [
        line(1, sku=Sku("coffee")),
        line(2, ean="3017620422003"),
        line(3, ean="03017620422003"),
    ]

    found = assemble(lines, [COFFEE, APPLES])

    assert [item.sku for item in found.lines] == ["coffee"] * 3
    assert not found.unknown


def test_what_the_till_knows_itself_wins_over_the_catalogue():
    own = OwnFacts(name="Café promo", unit_price_minor=399, tax_bp=550)

    [priced] = assemble([line(sku=Sku("coffee"), quantity=2000, own=own)], [COFFEE]).lines

    assert (priced.name, priced.gross_minor, priced.category) == ("Café promo", 798, "coffee")


def test_an_article_outside_the_catalogue_is_known_by_its_own_facts_or_not_at_all():
    own = OwnFacts(name="Fleurs", unit_price_minor=1200, tax_bp=1000, category="flowers")

    found = assemble([line(1, sku=Sku("roses"), own=own), line(2, sku=Sku("tulips"))], [])

    assert [(item.sku, item.category) for item in found.lines] == [("roses", "flowers")]
    assert found.unknown == {2: "tulips"}


def test_only_what_is_weighed_is_sold_in_parts():
    lines = [line(1, 350, sku=Sku("apples")), line(2, 1500, sku=Sku("coffee"))]

    found = assemble(lines, [COFFEE, APPLES])

    assert [(item.sku, item.gross_minor) for item in found.lines] == [("apples", 101)]
    assert found.fractional == (2,)


def test_a_sale_sent_again_has_the_same_content_whatever_its_time_quote_or_order():
    first, second = line(1, sku=Sku("a")), line(2, sku=Sku("b"))
    later = datetime(2026, 3, 2, 10, tzinfo=UTC)

    same = sale(second, first, occurred_at=later, quote_hash="q1.1.abc", staff_id="stf_2")

    assert sale_hash(same) == sale_hash(sale(first, second))


@pytest.mark.parametrize(
    "other",
    [
        sale(line(sku=Sku("b"))),
        sale(line(sku=Sku("a"), quantity=2000)),
        sale(line(ean="a")),
        sale(line(sku=Sku("a"), kind=LineKind.DEPOSIT)),
        sale(line(sku=Sku("a"), own=OwnFacts("A", 1, 550))),
        sale(line(sku=Sku("a")), line(2, sku=Sku("a"))),
        sale(line(sku=Sku("a")), tenders=(Tender("cash", 5),)),
        sale(
            line(sku=Sku("a")),
            basket=replace(sale(line(sku=Sku("a"))).basket, voucher_codes=("V",)),
        ),
        sale(line(sku=Sku("a")), basket=replace(sale(line(sku=Sku("a"))).basket, card=None)),
    ],
)
def test_a_sale_with_other_content_has_another_hash(other):
    assert sale_hash(other) != sale_hash(sale(line(sku=Sku("a"))))


def test_a_return_is_known_by_its_sale_and_lines():
    claim = ReturnClaim(KEY, datetime(2026, 3, 2, tzinfo=UTC), (ReturnedLine(1, 1000),), "pur_1")

    assert return_hash(claim) == return_hash(replace(claim, staff_id="stf_1"))
    assert return_hash(claim) != return_hash(replace(claim, lines=(ReturnedLine(1, 2000),)))
    assert return_hash(claim) != return_hash(replace(claim, purchase_id=None, sold=KEY))


def test_a_quote_carries_its_amounts_and_nothing_else_reads_as_one():
    amounts = {"total_minor": 1250, "points": 12, "due_minor": 1150}
    quote = quote_hash({"lines": [1]}, amounts)

    assert quoted_amounts(quote, amounts) == amounts
    assert quote != quote_hash({"lines": [2]}, amounts)
    assert quote != quote_hash({"lines": [1]}, amounts | {"points": 13})
    for text in ("", "q1", "q1.1.2.3", "q2" + quote[2:], quote + "0", "q1.-1.2.3." + "a" * 32):
        assert quoted_amounts(text, amounts) is None
