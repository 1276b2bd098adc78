"""Earning: rules, stacking, the basis, rounding."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import (
    Clock,
    Day,
    Either,
    Flag,
    Int,
    Key,
    ListOf,
    MapOf,
    Money,
    Number,
    OneOrMore,
    Qty,
    Slug,
    Struct,
    Text,
    Word,
    in_order,
    needs_one_of,
    only_with,
)
from loyalty.kernel.shapes.shape import Complaint
from loyalty.values.documents.parts import (
    EVENT,
    EXCLUDE,
    FILTER_KEYS,
    FOREIGN_WORDS,
    NAMES,
    WALLET,
)

WEEKDAYS = Key(
    "weekdays",
    OneOrMore(Word("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
    doc="Days of the week, local.",
)
HOURS = Key(
    "hours", ListOf(Clock(), least=2, most=2), doc="From and until, local; the end excluded."
)


def _says_per_what(found: Mapping[str, Any]) -> Complaint | None:
    if "points" in found and not {"per", "event"} & found.keys():
        return "", N_("this key is missing: {key}"), {"key": "per"}
    return None


RULE_LIMIT = Struct(
    "earn limit",
    (
        Key("purchase", Qty(), doc="Per purchase."),
        Key("day", Qty(), doc="Per member and local day."),
        Key("member", Qty(), doc="Per member, ever."),
        Key("period", Qty(), doc="Per member and tier window."),
        Key("programme", Qty(), doc="In all."),
    ),
)

EARN_RULE = Struct(
    "earn rule",
    (
        Key("id", Slug(), required=True, doc="Names the rule; also the key in `earned_by`."),
        Key("name", NAMES, doc="What people read."),
        Key("points", Qty(), doc="Granted, with `per`."),
        Key("per", Word("amount", "unit", "line", "order", "event"), doc="What is counted."),
        Key(
            "amount",
            Money(),
            doc="Divisor of `per: amount`; missing or zero earns nothing and is no error.",
        ),
        Key("event", EVENT, doc="With `per: event`."),
        Key("multiply", Number(), doc="A multiplier instead of a grant."),
        Key("of", Word("own_lines", "all"), doc="What is multiplied."),
        Key("after_multipliers", Flag(), doc="Added after multipliers, never multiplied."),
        *FILTER_KEYS,
        EXCLUDE,
        Key("minimum_basis", Money(), doc="Fires from this eligible basis on."),
        Key("maximum_basis", Money(), doc="No more than this of the basis counts."),
        Key("code", Text(60), doc="Fires only when this code is given with the purchase."),
        Key("stacking", Word("stackable", "exclusive"), doc="Whether it stands beside others."),
        Key("priority", Int(-(10**9), 10**9), doc="Higher first."),
        Key("enabled", Flag(), doc="Whether it is in force."),
        Key("from", Day(), doc="First local day."),
        Key("until", Day(), doc="Last local day, included."),
        Key("tier", OneOrMore(Text(40)), doc="Levels for which it holds."),
        Key("first_purchase", Flag(), doc="Only on a member's first purchase."),
        WEEKDAYS,
        HOURS,
        Key("limit", RULE_LIMIT, doc="The most that it gives."),
        Key("wallet", WALLET, doc="Where it pays; the first wallet by default."),
    ),
    rules=(
        needs_one_of("points", "multiply"),
        _says_per_what,
        in_order("from", "until"),
        in_order("minimum_basis", "maximum_basis", Decimal),
        only_with("event", "points"),
        only_with("of", "multiply"),
    ),
    aliases=FOREIGN_WORDS,
)

STACKING = Struct(
    "stacking",
    (
        Key(
            "rules",
            Word("add", "best_of"),
            doc="Several rules that fire together: what they grant is added, or only the grant "
            "that gives most stands, with the multiplier that adds most.",
        ),
        Key(
            "promotions",
            Word("all", "best_of", "most_recent"),
            doc="Several points offers that fire together.",
        ),
        Key(
            "multipliers",
            Word("multiply", "add"),
            doc="Several multipliers of rules and offers: 2 and 3 make 6, which is the default, "
            "or what they add is added: 1 + 1 + 2 = 4.",
        ),
    ),
)

PROMOTION_LIMITS = Struct(
    "promotion limits",
    (
        Key("multiplier_at_most", Number(), doc="The highest multiplier, itself allowed."),
        Key("multiplier_decimals", Int(0, 9), doc="The most decimals of a multiplier."),
        Key("active_or_scheduled_at_most", Int(), doc="Offers for points at one time."),
    ),
)

_IN_OR_OUT = Word("included", "excluded")

BASIS = Struct(
    "basis",
    (
        Key("tax", _IN_OR_OUT, doc="Whether tax earns."),
        Key("delivery", _IN_OR_OUT, doc="Whether delivery earns."),
        Key("fees", _IN_OR_OUT, doc="Whether fees earn."),
        Key(
            "lowered_by",
            OneOrMore(Word("offers", "till_discounts")),
            doc="What lowers the basis; tenders never do.",
        ),
        Key(
            "basket_offers",
            Word("spread", "not_spread"),
            doc="Whether a basket offer lowers the basis of filtered rules.",
        ),
    ),
)

_MODE = Word("floor", "half_up", "ceiling")
ROUNDING = Either(
    _MODE, MapOf(Word("per_rule", "per_line", "per_order", "multiplied_total"), _MODE)
)
