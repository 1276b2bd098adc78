"""Tiers: the stairs, and how members climb and fall."""

from __future__ import annotations

from loyalty.kernel.shapes import (
    Either,
    Flag,
    Int,
    Key,
    ListOf,
    MonthDay,
    Qty,
    Slug,
    Struct,
    Word,
)
from loyalty.values.documents.parts import NAMES, WALLET

LEVEL = Struct(
    "level",
    (
        Key("id", Slug(), required=True, doc="Names the level."),
        Key("from", Qty(), required=True, doc="Money, quantity or visits; reached when equal."),
        Key("name", NAMES, doc="What people read."),
        Key("benefits", ListOf(NAMES), doc="What a member of this level is told she has."),
    ),
    aliases={"threshold": "from", "minimum": "from"},
)

TIERS = Struct(
    "tiers",
    (
        Key(
            "metric",
            Word("spend", "earned", "visits", "active_balance"),
            doc="What lifts a member.",
        ),
        Key(
            "window",
            Either(
                Word("calendar_year", "membership_anniversary", "tier_anniversary", "lifetime"),
                Struct("window", (Key("rolling_months", Int(1, 1200), required=True),)),
            ),
            doc="How long it counts.",
        ),
        Key("current_purchase_counts", Flag(), doc="Whether a purchase lifts at once."),
        Key("downgrade", Word("one_step", "requalify", "never"), doc="How members fall."),
        Key("downgrade_only_at_review", Flag(), doc="Whether they fall between reviews."),
        Key("review_on", MonthDay(), doc="The day of the yearly review."),
        Key("grace_days", Int(0, 3650), doc="Days between a fall and its effect."),
        Key("reset_after_review", Flag(), doc="Review first, then the metric's wallet to zero."),
        Key("manual_assignment", Word("floor", "fixed", "ignored"), doc="What staff assign does."),
        Key("levels", ListOf(LEVEL, most=20), required=True, doc="The stairs, lowest first."),
        Key("wallet", WALLET, doc="The metric's wallet; the first by default."),
    ),
)
