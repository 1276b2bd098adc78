"""What several parts of a programme's document are made of."""

from __future__ import annotations

from loyalty.kernel.shapes import (
    Either,
    Int,
    Key,
    MapOf,
    MonthDay,
    OneOrMore,
    Slug,
    Struct,
    Text,
    Word,
    at_most_one,
    some_of,
)

NAMES = Either(MapOf(Word("fr", "en"), Text()), Text())
"""A text for people: one for all, or one by language."""

FOREIGN_WORDS = {
    "product": "article",
    "products": "article",
    "sku": "article",
    "articles": "article",
    "item": "article",
    "items": "article",
    "categories": "category",
    "brands": "brand",
    "labels": "label",
    "tag": "label",
    "excludes": "exclude",
    "qty": "quantity",
    "starts": "from",
    "starts_on": "from",
    "start": "from",
    "ends": "until",
    "ends_on": "until",
    "end": "until",
    "to": "until",
    "discount_percent": "percent",
    "discount_amount": "amount",
    "days": "weekdays",
    "tiers": "tier",
    "stores": "store",
    "multiplier": "multiply",
    "factor": "multiply",
}
"""Words of other systems, and ours."""

FILTER_KEYS = (
    Key("article", OneOrMore(Text()), doc="Articles; any of them matches."),
    Key("category", OneOrMore(Text()), doc="Categories; any of them matches."),
    Key("brand", OneOrMore(Text()), doc="Brands; any of them matches."),
    Key("label", OneOrMore(Text()), doc="Labels; any of them matches."),
)
"""Filters: a line must match one value of each filter that is given."""

EXCLUDE = Key(
    "exclude",
    Struct("exclude", FILTER_KEYS, aliases=FOREIGN_WORDS),
    doc="A line that matches any of these filters is left out.",
)

EXPIRY = Either(
    Word("none"),
    Struct(
        "expiry",
        (
            Key("after_days", Int(1, 36_500), doc="Days, counted from the local day."),
            Key("after_months", Int(1, 1_200), doc="Months; may be combined with end_of."),
            Key("end_of", Word("month", "year"), doc="To the end of that month or year."),
            Key(
                "yearly_purge",
                Struct(
                    "yearly purge",
                    (
                        Key("day", MonthDay(), required=True, doc="When it happens every year."),
                        Key(
                            "earned_before",
                            MonthDay(),
                            required=True,
                            doc="What was earned before this day is gone.",
                        ),
                    ),
                ),
                doc="Once a year, what is old enough is gone.",
            ),
            Key(
                "inactive_months", Int(1, 1_200), doc="Gone after so many months without activity."
            ),
        ),
        rules=(
            at_most_one("after_days", "after_months"),
            some_of("after_days", "after_months", "end_of", "yearly_purge", "inactive_months"),
        ),
    ),
)
"""How long something lasts."""

EVENT = Text(most=60)
"""A sign-up, a birthday, a review ... by the names of the vocabulary, or one's own."""

WALLET = Slug()
"""The name of a wallet."""
