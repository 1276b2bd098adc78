"""What offers are made of: filters, conditions, budget, cap, steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import (
    Either,
    Flag,
    Int,
    Key,
    Later,
    ListOf,
    Money,
    Number,
    OneOrMore,
    Struct,
    Text,
    Word,
    needs_one_of,
)
from loyalty.kernel.shapes.shape import Complaint
from loyalty.values.documents.parts import FILTER_KEYS, FOREIGN_WORDS

BASIS = Word("net", "gross")
RATE = Number(0, 100)

OFFER_FILTER_KEYS = (
    *FILTER_KEYS,
    Key(
        "price_between",
        ListOf(Money(), least=2, most=2),
        doc="Unit price before offers, both ends included.",
    ),
    Key("exclude", Later("filter", lambda: FILTER), doc="Units that match it are left out."),
)
"""Which units count: one value of each filter that is given must match."""

FILTER: Struct = Struct("filter", OFFER_FILTER_KEYS, aliases=FOREIGN_WORDS)

VALUE = Either(
    Money(),
    Struct(
        "value",
        (
            Key("amount", Money(), required=True, doc="The value, itself allowed."),
            Key("basis", BASIS, doc="As the price list by default."),
            Key(
                "when",
                Word("before_offers", "after_offers", "on_what_is_left"),
                doc="Before every offer, after all the others, or on what earlier ones left.",
            ),
        ),
    ),
)

COUNTED = Struct(
    "articles",
    (
        *OFFER_FILTER_KEYS,
        Key("quantity", Int(1), doc="At least so many units."),
        Key("value_at_least", Money(), doc="Worth at least this."),
    ),
    aliases=FOREIGN_WORDS,
)
"""Units that must be there: a filter, how many, and what they must be worth."""

CONDITIONS = Struct(
    "conditions",
    (
        Key("basket_at_least", VALUE, doc="Value of all goods, the limit included."),
        Key("basket_above", VALUE, doc="Value of all goods, strictly more."),
        Key("eligible_at_least", VALUE, doc="Value of the eligible units only."),
        Key("quantity", Int(), doc="At least so many eligible units."),
        Key("line_quantity", Int(), doc="Some eligible line has at least so many units."),
        Key("lines", Int(), doc="At least so many eligible lines."),
        Key("articles", ListOf(COUNTED), doc="Other articles present, not discounted for it."),
        Key("tender", OneOrMore(Text()), doc="Paid with one of these."),
        Key("tier", OneOrMore(Text()), doc="For members of one of these levels."),
        Key("store", OneOrMore(Text()), doc="In one of these stores."),
        Key("members_only", Flag(), doc="For members only."),
        Key("first_purchase", Flag(), doc="On a member's first purchase."),
    ),
    aliases=FOREIGN_WORDS | {"minimum": "basket_at_least", "min_basket": "basket_at_least"},
)

BUDGET = Struct(
    "budget",
    (
        Key("amount", Money(), doc="Money that it may give over its life."),
        Key("uses", Int(), doc="Times that it may apply over its life."),
        Key("when_short", Word("refuse", "give_what_is_left"), doc="When too little is left."),
    ),
    rules=(needs_one_of("amount", "uses"),),
)

CAP = Struct(
    "cap",
    (
        Key("amount", Money(), required=True, doc="The most that it gives in one basket."),
        Key("basis", BASIS, doc="How the amount is meant."),
    ),
    bare="amount",
)


def _rises_by_what_is_measured(found: Mapping[str, Any]) -> Complaint | None:
    """Demand money where amounts are measured, and whole numbers where quantities are."""
    by = found.get("by")
    for number, step in enumerate(found.get("steps", ())):
        is_money = isinstance(step.get("from"), str)
        if by == "amount" and not is_money:
            return (
                "steps",
                N_("step {number} begins at money, as quoted text"),
                {"number": str(number + 1)},
            )
        if by == "quantity" and is_money:
            return (
                "steps",
                N_("step {number} begins at a whole number"),
                {"number": str(number + 1)},
            )
    return None


STEP_KEYS = (
    Key("by", Word("amount", "quantity"), doc="What the steps count."),
    Key("of", Word("basket", "eligible", "line"), doc="What is measured."),
    Key("take", Word("best_reached", "all_reached"), doc="Which of the steps reached count."),
    Key(
        "steps",
        ListOf(
            Struct(
                "step of an offer",
                (
                    Key("from", Either(Money(), Int()), required=True, doc="Reached when equal."),
                    Key("percent", RATE, doc="Percent off."),
                    Key("amount", Money(), doc="Money off."),
                ),
                rules=(needs_one_of("percent", "amount"),),
            ),
            least=1,
            most=100,
        ),
        doc="The steps, rising.",
    ),
)
STEP_RULES = (_rises_by_what_is_measured,)
