"""Wallets, and what waits before it counts."""

from __future__ import annotations

from loyalty.kernel.shapes import Either, Flag, Int, Key, Struct, Word, needs_one_of
from loyalty.values.documents.parts import EVENT, EXPIRY, NAMES

MOST_DECIMALS = 6

WALLET_RULE = Struct(
    "wallet",
    (
        Key("unit", Word("point", "currency", "stamp"), doc="What one of it is."),
        Key("name", NAMES, doc="What people call it."),
        Key("decimals", Int(0, MOST_DECIMALS), doc="Digits kept."),
        Key("expiry", EXPIRY, doc="How long a lot lasts."),
        Key(
            "expiry_end",
            Word("exclusive", "inclusive"),
            doc="Gone from 00:00 of `expires_on`, or usable through that day.",
        ),
        Key(
            "consumption",
            Word("earliest_expiry", "first_earned"),
            doc="Which lot is used first.",
        ),
        Key(
            "floor",
            Either(Int(-(10**15), 0), Word("zero", "unlimited")),
            doc="The lowest balance that adjustments and take-backs may reach.",
        ),
        Key("tender", Flag(), doc="Whether it may pay at the till."),
        Key(
            "top_up_usable_in_same_purchase",
            Flag(),
            doc="Whether what is paid in may pay in the same purchase.",
        ),
    ),
)

PENDING = Struct(
    "pending",
    (
        Key("days", Int(0, 3650), doc="Local days that points of a purchase wait."),
        Key("until", EVENT, doc="The event that releases them."),
    ),
    rules=(needs_one_of("days", "until"),),
)
