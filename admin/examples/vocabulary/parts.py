"""What several places of a worked example are made of."""

from __future__ import annotations

from loyalty.kernel.shapes import (
    Day,
    Either,
    Flag,
    Key,
    ListOf,
    MapOf,
    Money,
    Number,
    OneOrMore,
    Qty,
    Struct,
    Text,
    Word,
)

NAME = Text(most=120)
"""A name that the file gives to something."""

NOBODY = Text(most=120, none=True)
"""A name, or ``none``."""

SUMS = Either(
    Qty(signed=True),
    MapOf(NAME, Either(Qty(signed=True), MapOf(NAME, Qty(signed=True)))),
)
"""Amounts: bare, by wallet or member, or by member and wallet."""

MONEY = Money(signed=True)
MONEYS = MapOf(NAME, MONEY)

TAX = Either(
    Number(0, 1000),
    ListOf(
        Either(
            Number(0, 1000),
            Struct(
                "tax",
                (
                    Key("rate", Number(0, 1000), required=True, doc="Percent."),
                    Key("included", Flag(), doc="Whether the price includes it."),
                ),
            ),
        )
    ),
)
"""A rate in percent, or several, each on top of the one before."""

FEE = Either(
    Money(),
    Struct(
        "fee",
        (
            Key("amount", Money(), required=True, doc="Per unit, never discounted."),
            Key("taxed", Flag(), doc="Whether it is taxed."),
        ),
    ),
)

UNTIL = Either(Word("none"), Day())
"""A day, or ``none``."""

FACTS = (
    Key("tax", TAX, doc="Rate in percent, or a list of rates."),
    Key("category", NAME, doc="What it belongs to."),
    Key("brand", NAME, doc="Who makes it."),
    Key("labels", OneOrMore(NAME), doc="Labels."),
    Key("fee", FEE, doc="An amount per unit, taxed, never discounted."),
)
"""What an article, or a line that has none, says about itself."""

FOREIGN_WORDS = {
    "product": "article",
    "item": "article",
    "qty": "quantity",
    "count": "quantity",
    "customer": "member",
    "user": "member",
    "client": "member",
    "payments": "tenders",
    "payment": "tenders",
    "tender": "tenders",
    "coupon": "coupons",
    "items": "lines",
    "basket": "lines",
    "label": "labels",
    "tags": "labels",
    "cashier": "staff",
    "operator": "staff",
    "receipt": "of",
    "purchase": "of",
    "unit_price": "price",
    "tax_rate": "tax",
    "vat": "tax",
}
"""Words of other systems, and ours."""
