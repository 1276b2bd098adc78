"""Spending: redemption, rewards, vouchers, returns."""

from __future__ import annotations

from loyalty.kernel.shapes import (
    Either,
    Flag,
    Int,
    Key,
    Money,
    Number,
    Qty,
    Slug,
    Struct,
    Tagged,
    Text,
    Word,
)
from loyalty.values.documents.parts import (
    EXCLUDE,
    EXPIRY,
    FILTER_KEYS,
    FOREIGN_WORDS,
    NAMES,
    WALLET,
)

APPLIES_TO = Word(
    *("unit", "line", "cheapest", "cheapest_line", "eligible_lines", "basket", "delivery"),
    "basket_and_delivery",
)
"""What a benefit works on; the same words for offers and rewards."""

USE_LIMIT = Struct(
    "limit",
    (
        Key("basket", Int(), doc="Times per basket."),
        Key("receipt", Int(), doc="Times per receipt."),
        Key("member", Int(), doc="Times per member."),
        Key("day", Int(), doc="Times per local day."),
        Key("store", Int(), doc="Times per store."),
        Key("cashier", Int(), doc="Times per cashier."),
        Key("offer", Int(), doc="Times in all."),
        Key("units", Int(), doc="Units discounted per basket."),
        Key("units_per_line", Int(), doc="Units discounted per line."),
    ),
)

REDEMPTION = Struct(
    "redemption",
    (
        Key("points", Qty(), required=True, doc="So many points ..."),
        Key("value", Money(), required=True, doc="... are worth this."),
        Key("value_is", Word("gross", "net"), doc="How the value is meant."),
        Key("minimum", Qty(), doc="The fewest points at once."),
        Key("step", Qty(), doc="Points are used in whole multiples of it."),
        Key("maximum", Qty(), doc="The most points at once."),
        Key("maximum_share", Number(), doc="Percent of the basket that points may pay."),
        Key(
            "current_purchase_points",
            Word("usable", "not_usable"),
            doc="Whether what this purchase earns may pay it.",
        ),
        Key("when_short", Word("refuse", "clamp"), doc="When the balance does not suffice."),
        Key(
            "cost",
            Word("recomputed", "refused_if_different"),
            doc="What is done with the till's own figure.",
        ),
        Key("wallet", WALLET, doc="Which wallet pays; the first by default."),
    ),
)

_BY_FILTER = tuple(key for key in FILTER_KEYS if key.name != "article")
_ARTICLE_FILTER = tuple(key for key in FILTER_KEYS if key.name == "article")
_AMOUNT = Key("amount", Money(), required=True, doc="Money off.")

REWARD = Tagged(
    "reward",
    "kind",
    common=(
        Key("id", Slug(), required=True, doc="Names the reward."),
        Key("name", NAMES, doc="What people read."),
        Key("applies_to", APPLIES_TO, doc="What it works on."),
        Key("cost", Qty(), doc="Per claim."),
        Key("claims", Word("one", "as_many_as_fit"), doc="Claims in one purchase."),
        Key(
            "part_claim",
            Word("charged_whole", "refused"),
            doc="When less than the reward is left to lower.",
        ),
        Key("stock", Int(), doc="How many there are."),
        Key("limit", USE_LIMIT, doc="How often it may be claimed."),
        Key("wallet", WALLET, doc="Which wallet pays; the first by default."),
        *_BY_FILTER,
        EXCLUDE,
    ),
    kinds={
        "percent": (Key("percent", Number(0, 100), required=True), *_ARTICLE_FILTER),
        "amount": (_AMOUNT, *_ARTICLE_FILTER),
        "article": (
            Key("article", Text(), required=True, doc="What is given."),
            Key("quantity", Int(1), doc="Units per claim."),
        ),
        "amount_per_point": (
            _AMOUNT,
            Key("per_points", Qty(), required=True, doc="Points that buy one `amount`."),
            Key("step", Qty(), doc="Points are used in whole multiples of it."),
            *_ARTICLE_FILTER,
        ),
        "voucher": (
            Key("amount", Money(), required=True, doc="Value of the voucher."),
            Key("expiry", EXPIRY, doc="How long the voucher lasts."),
        ),
    },
    aliases=FOREIGN_WORDS | {"value": "amount", "points": "cost", "price": "cost"},
)

WITHOUT_RECEIPT = Struct(
    "without receipt",
    (
        Key(
            "policy",
            Word("take_points", "leave_points", "manager", "refused"),
            doc="Take what the article earns today, leave the points, ask a manager first, or "
            "refuse.",
        ),
        Key("member", Word("required", "optional"), doc="Whether a card has to be shown."),
        Key("times", Int(1), doc="The most per member ..."),
        Key("days", Int(1, 3650), doc="... in so many days; 30 by default."),
        Key("manager_above", Money(), doc="Above it a manager agrees first."),
        Key(
            "bought_within_days",
            Int(1, 3650),
            doc="Only what the member bought in so many days comes back.",
        ),
        Key("refund", Word("money", "gift_card"), doc="In what the money is handed back."),
    ),
    bare="policy",
)

RETURNS = Struct(
    "returns",
    (
        Key("earned", Word("pro_rata_amount", "per_line", "whole_once"), doc="What is taken back."),
        Key("spent", Word("pro_rata_amount", "whole"), doc="What is given back."),
        Key(
            "lapsed_lots",
            Word("same_date", "new_date", "lost"),
            doc="Points that come back to lots that have lapsed.",
        ),
        Key(
            "short_balance",
            Word("only_pending", "within_balance", "unlimited", "clamp"),
            doc="When the balance does not cover what is taken back.",
        ),
        Key("without_receipt", WITHOUT_RECEIPT, doc="What holds when nobody has the receipt."),
    ),
)

VOUCHERS = Struct(
    "vouchers",
    (
        Key("per_spend", Money(), required=True, doc="Cumulated spend for one voucher."),
        Key("value", Money(), required=True, doc="Value of one voucher."),
        Key("carry_over", Flag(), doc="Whether the rest counts towards the next."),
        Key("expiry", EXPIRY, doc="How long a voucher lasts."),
        Key("leftover", Word("lost", "kept"), doc="What a voucher does not use."),
    ),
)

CURRENCY = Either(
    Text(8),
    Struct(
        "currency",
        (
            Key("code", Text(8), required=True, doc="ISO 4217."),
            Key("minor_digits", Int(0, 4), doc="Decimals of amounts."),
            Key("rounds_to", Either(Money(), Number()), doc="What cash is rounded to."),
        ),
    ),
)
"""A currency: its code, or the code with its decimals."""
