"""What goes over the wire: strict on the way in, documented both ways."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow.validate import Length

from loyalty.kernel.problems import N_
from loyalty.kernel.web.fields import Code, Instant, LocalDay, Quantity, TextLine, Whole
from loyalty.values import LineKind
from pos_adapter.basket import MAX_LINES
from pos_adapter.values import EntryMode

MAX_MONEY = 10**11
"""The largest amount in minor units that a till may send."""

MAX_SEQUENCE = 10**9
MAX_VOUCHERS = 10
MAX_TENDERS = 10
LONGEST_CODE = 120
CURRENCY_LETTERS = 3


def says(description: str) -> dict[str, Any]:
    """Return the metadata of a documented field."""
    return {"description": description}


class CardIn(ma.Schema):
    """A card as it was presented."""

    code = TextLine(
        longest=LONGEST_CODE,
        required=True,
        metadata=says("What was scanned or typed, as it came: layouts and prefixes are repaired."),
    )
    entry = ma.fields.Enum(
        EntryMode,
        by_value=True,
        required=True,
        metadata=says("How it came in: `qr`, `ean` or `keyed`."),
    )


class OwnFactsIn(ma.Schema):
    """What a till knows of an article that it prices itself. Only from tills that sign."""

    name = TextLine(required=True, metadata=says("Name on the receipt."))
    unit_price_minor = Whole(
        at_most=MAX_MONEY,
        required=True,
        metadata=says("Price of one unit or kilo, tax included, in minor units."),
    )
    tax_bp = Whole(
        at_most=10_000, required=True, metadata=says("Tax in basis points: 550 = 5.5 %.")
    )
    category = Code(load_default="", metadata=says("Category, for earning rules and offers."))
    brand = TextLine(load_default="", may_be_empty=True, metadata=says("Brand."))
    weighed = ma.fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata=says("Whether parts of a unit may be sold."),
    )


class LineIn(ma.Schema):
    """A line of the basket: an article by `sku` or by `ean`, and how much of it."""

    line_no = Whole(at_least=1, at_most=9_999, required=True, metadata=says("Number of the line."))
    sku = Code(metadata=says("The retailer's article code."))
    ean = ma.fields.String(
        validate=Length(8, 14), metadata=says("GTIN-8, 12, 13 or 14, leading zeros or not.")
    )
    quantity = Quantity(
        required=True,
        data_key="quantity",
        attribute="quantity_milli",
        metadata=says("Units or kilos: an integer, or a text with up to 3 decimals."),
    )
    kind = ma.fields.Enum(
        LineKind,
        by_value=True,
        load_default=LineKind.ARTICLE,
        metadata=says("What the line stands for; only articles earn and take offers."),
    )
    own = ma.fields.Nested(
        OwnFactsIn, metadata=says("The till's own facts, when it prices itself.")
    )

    @ma.validates_schema
    def name_the_article_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a line that names its article twice, or not at all."""
        if ("sku" in data) == ("ean" in data):
            raise ma.ValidationError(N_("Give either the sku or the ean."), "sku")


class BasketIn(ma.Schema):
    """A basket that is not paid yet."""

    store_id = Code(metadata=says("The calling till's store; optional, but it must agree."))
    till = Code(metadata=says("The calling till's name; optional, but it must agree."))
    business_on = LocalDay(required=True, metadata=says("Business day in the store."))
    currency = ma.fields.String(
        required=True,
        validate=Length(equal=CURRENCY_LETTERS),
        metadata=says("ISO 4217, the programme's."),
    )
    lines = ma.fields.List(
        ma.fields.Nested(LineIn),
        required=True,
        validate=Length(1, MAX_LINES),
        metadata=says("1 to 200 lines."),
    )
    card = ma.fields.Nested(CardIn, metadata=says("The member's card, if one was shown."))
    vouchers = ma.fields.List(
        TextLine(longest=LONGEST_CODE),
        load_default=list,
        validate=Length(max=MAX_VOUCHERS),
        metadata=says("Codes of the vouchers that were scanned, in that order."),
    )

    @ma.validates_schema
    def number_lines_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two lines, or two vouchers, that are the same."""
        numbers = [line["line_no"] for line in data.get("lines", [])]
        if len(set(numbers)) != len(numbers):
            raise ma.ValidationError(N_("Each line needs a number of its own."), "lines")
        vouchers = data.get("vouchers", [])
        if len(set(vouchers)) != len(vouchers):
            raise ma.ValidationError(N_("A voucher can be used once."), "vouchers")


class TenderIn(ma.Schema):
    """How part of a sale was paid. Card numbers have no place here."""

    kind = Code(required=True, metadata=says("`cash`, `card`, ... as the retailer calls it."))
    amount_minor = Whole(
        at_least=1, at_most=MAX_MONEY, required=True, metadata=says("Amount in minor units.")
    )


class SaleIn(BasketIn):
    """A basket that was paid. Send it again, unchanged, whenever the answer was lost."""

    sequence = Whole(
        at_least=1,
        at_most=MAX_SEQUENCE,
        required=True,
        metadata=says("The till's receipt number within the business day; a number counts once."),
    )
    occurred_at = Instant(required=True, metadata=says("When it was paid, with its offset."))
    tenders = ma.fields.List(
        ma.fields.Nested(TenderIn),
        load_default=list,
        validate=Length(max=MAX_TENDERS),
        metadata=says("How it was paid. When given, the amounts add up to `due_minor`."),
    )
    quote_hash = ma.fields.String(
        validate=Length(1, LONGEST_CODE),
        metadata=says("The quote that the shopper saw: anything else is refused and not stored."),
    )


class SaleKeyIn(ma.Schema):
    """The till's own identity of a sale."""

    store_id = Code(required=True, metadata=says("Store."))
    till = Code(required=True, metadata=says("Till."))
    business_on = LocalDay(required=True, metadata=says("Business day."))
    sequence = Whole(at_least=1, at_most=MAX_SEQUENCE, required=True, metadata=says("Number."))


class ReturnedLineIn(ma.Schema):
    """How much of a line comes back."""

    line_no = Whole(at_least=1, at_most=9_999, required=True, metadata=says("Line of the sale."))
    quantity = Quantity(
        required=True,
        data_key="quantity",
        attribute="quantity_milli",
        metadata=says("Units or kilos that come back."),
    )


class ReturnIn(ma.Schema):
    """Articles that come back. Send it again, unchanged, whenever the answer was lost."""

    store_id = Code(metadata=says("The calling till's store; optional, but it must agree."))
    till = Code(metadata=says("The calling till's name; optional, but it must agree."))
    business_on = LocalDay(required=True, metadata=says("Business day of the return."))
    sequence = Whole(
        at_least=1,
        at_most=MAX_SEQUENCE,
        required=True,
        metadata=says("The till's number for the return, from the same counter as its sales."),
    )
    occurred_at = Instant(required=True, metadata=says("When they came back, with its offset."))
    purchase_id = ma.fields.String(
        validate=Length(1, LONGEST_CODE), metadata=says("The purchase, by its id.")
    )
    receipt_code = TextLine(longest=LONGEST_CODE, metadata=says("Or by the code on its receipt."))
    sale = ma.fields.Nested(SaleKeyIn, metadata=says("Or by the till's own identity of the sale."))
    lines = ma.fields.List(
        ma.fields.Nested(ReturnedLineIn),
        required=True,
        validate=Length(1, MAX_LINES),
        metadata=says("What comes back."),
    )

    @ma.validates_schema
    def name_the_sale_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a return that names its sale twice or not at all, or a line twice."""
        named = [name for name in ("purchase_id", "receipt_code", "sale") if name in data]
        if len(named) != 1:
            raise ma.ValidationError(N_("Give purchase_id, receipt_code or sale."), "sale")
        numbers = [line["line_no"] for line in data.get("lines", [])]
        if len(set(numbers)) != len(numbers):
            raise ma.ValidationError(N_("Each line can be named once."), "lines")


class ArticleQuery(ma.Schema):
    """What to look for: `ean` exactly, or `q` anywhere in names."""

    ean = ma.fields.String(validate=Length(8, 14), metadata=says("A scanned number."))
    q = TextLine(longest=40, metadata=says("The beginning of words of the name, or a sku."))
    limit = Whole(
        at_least=1, at_most=50, from_text=True, load_default=10, metadata=says("At most so many.")
    )

    @ma.validates_schema
    def ask_one_thing(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a look-up without a question, or with two."""
        if ("ean" in data) == ("q" in data):
            raise ma.ValidationError(N_("Give either ean or q."), "q")


class CounterQuery(ma.Schema):
    """Of which day."""

    business_on = LocalDay(required=True, metadata=says("Business day in the store."))
