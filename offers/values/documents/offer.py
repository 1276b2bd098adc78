"""The whole offer: what every kind takes, and what each kind takes besides."""

from __future__ import annotations

from dataclasses import replace

from loyalty.kernel.shapes import (
    At,
    Day,
    Flag,
    Int,
    Key,
    ListOf,
    Money,
    Number,
    OneOrMore,
    Qty,
    Struct,
    Tagged,
    Text,
    Word,
    needs_one_of,
)
from loyalty.values.documents.earning import HOURS, WEEKDAYS
from loyalty.values.documents.parts import FOREIGN_WORDS, NAMES, WALLET
from loyalty.values.documents.spending import APPLIES_TO, USE_LIMIT
from offers.values.documents.parts import (
    BASIS,
    BUDGET,
    CAP,
    CONDITIONS,
    COUNTED,
    OFFER_FILTER_KEYS,
    RATE,
    STEP_KEYS,
    STEP_RULES,
)

_COMMON = (
    Key("id", Text(80), required=True, doc="Names the offer."),
    Key("name", NAMES, doc="Text for people."),
    Key("terms", NAMES, doc="The small print."),
    Key("applies_to", APPLIES_TO, doc="What the benefit works on."),
    Key("basis", BASIS, doc="How its money is meant; as the price list by default."),
    Key("from", Day(), doc="First local day."),
    Key("until", Day(), doc="Last local day, included."),
    Key("created", At(), doc="When it was made; the latest of several counts as most recent."),
    WEEKDAYS,
    HOURS,
    Key("funded_by", Text(), doc="Who pays for it."),
    *OFFER_FILTER_KEYS,
    Key("conditions", CONDITIONS, doc="All of them must hold."),
    Key("limit", USE_LIMIT, doc="How often it applies."),
    Key("budget", BUDGET, doc="What it may give over its life."),
    Key("cap", CAP, doc="The most that it gives in one basket."),
    Key("exclusive_group", Text(80), doc="At most one offer of the group applies to a basket."),
    Key("combinable_with", OneOrMore(Text(80)), doc="The only offers that it stands beside."),
    Key("priority", Int(-(10**9), 10**9), doc="Higher first."),
    Key("lane", Int(-(10**9), 10**9), doc="Lower first; each works on what the earlier one left."),
    Key("code", Text(80), doc="Applies only when this code is among the coupons."),
    Key("codes", ListOf(Text(80)), doc="Codes that serve once each."),
    Key("activation", Flag(), doc="A member must tap before it works."),
    Key("next_purchase_only", Flag(), doc="Works on the next purchase only."),
    Key("granted_only", Flag(), doc="Only members to whom it was given see it."),
)

_PERCENT = Key("percent", RATE, required=True, doc="Percent off.")
_AMOUNT = Key("amount", Money(), required=True, doc="Money off.")
_PRICE = Key("price", Money(), required=True, doc="What it costs instead, if that is less.")
_GROUP = Key("group_size", Int(1), required=True, doc="Units in a group.")

_PART = replace(COUNTED, name="part")
_BUY = replace(COUNTED, name="buy")
_TRIGGER = replace(COUNTED, name="trigger")
_GET = Struct(
    "get",
    (
        *OFFER_FILTER_KEYS,
        Key("quantity", Int(1), doc="Units that are given."),
        Key("percent", RATE, doc="Percent off each."),
        Key("amount", Money(), doc="Money off each."),
        Key("price", Money(), doc="What each costs instead."),
        Key("free", Flag(only=True), doc="Each is free."),
        Key("target", Word("dearest", "cheapest"), doc="Which of the units are taken."),
        Key("partial", Flag(), doc="Whether fewer than `quantity` may be given."),
    ),
    rules=(needs_one_of("percent", "amount", "price", "free"),),
    aliases=FOREIGN_WORDS,
)
_GIFT = Struct(
    "gift",
    (
        Key("article", Text(), required=True, doc="What is given."),
        Key("quantity", Int(1), doc="How many."),
        Key("added", Flag(), doc="Whether the engine adds the line, or it must be scanned."),
    ),
    bare="article",
)

_KINDS: dict[str, tuple[Key, ...]] = {
    "percent": (_PERCENT,),
    "amount": (_AMOUNT,),
    "fixed_price": (_PRICE,),
    "fixed_basket_price": (_PRICE,),
    "nth_unit": (Key("every", Int(1), required=True, doc="On every n-th unit."), _PERCENT),
    "n_for_m": (
        Key("n", Int(1), required=True, doc="Of every n units ..."),
        Key("m", Int(0), required=True, doc="... m are paid."),
    ),
    "cheapest_free": (_GROUP,),
    "bundle_price": (
        Key("parts", ListOf(_PART, least=1), required=True, doc="What makes one set."),
        _PRICE,
    ),
    "mix_and_match": (_GROUP, _PRICE),
    "get_other": (
        Key("buy", _BUY, required=True, doc="What must be bought."),
        Key("get", _GET, required=True, doc="What is given then."),
        Key("qualifying_units_can_be_free", Flag(), doc="Whether a unit may serve in both."),
    ),
    "stepped": tuple(replace(key, required=key.name in {"by", "steps"}) for key in STEP_KEYS),
    "per_complete_group": (
        _GROUP,
        Key("fill", Word("line_order", "best_for_shopper"), doc="How groups are filled."),
        Key("percent", RATE, doc="Percent off each unit in a group."),
        Key("amount", Money(), doc="Money off each unit in a group."),
        *STEP_KEYS,
    ),
    "first_and_further": (
        Key("first", Money(), required=True, doc="Money off the first eligible unit."),
        Key("further", Money(), required=True, doc="Money off each further one."),
    ),
    "gift_per_trigger": (
        Key("trigger", _TRIGGER, required=True, doc="What must be bought."),
        Key("gifts", ListOf(_GIFT, least=1), required=True, doc="What is given for it."),
    ),
    "points_bonus": (
        Key("points", Qty(), required=True, doc="Points given."),
        Key("per", Word("unit", "line", "order", "amount"), doc="What is counted."),
        Key("amount", Money(), doc="Divisor: points per this amount."),
        Key("wallet", WALLET, doc="Which wallet; the first by default."),
    ),
    "points_multiplier": (
        Key("multiply", Number(), required=True, doc="The factor."),
        Key("of", Word("all", "own_lines"), doc="What is multiplied."),
        Key("wallet", WALLET, doc="Which wallet; the first by default."),
    ),
}

OFFER = Tagged(
    "offer",
    "kind",
    common=_COMMON,
    kinds=_KINDS,
    rules=STEP_RULES,
    aliases=FOREIGN_WORDS | {"type": "kind", "condition": "conditions", "limits": "limit"},
)
