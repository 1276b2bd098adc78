"""Rules about people: referral, messages, caps, adjustments, transfers, households, retention."""

from __future__ import annotations

from loyalty.kernel.access.principals import Role
from loyalty.kernel.shapes import (
    Flag,
    Int,
    Key,
    ListOf,
    MapOf,
    Money,
    Qty,
    Struct,
    Text,
    Word,
)
from loyalty.values.documents.parts import WALLET

REFERRAL = Struct(
    "referral",
    (
        Key("referrer", MapOf(WALLET, Qty()), doc="What the one who referred gets."),
        Key("referee", MapOf(WALLET, Qty()), doc="What the one who was referred gets."),
        Key("minimum", Money(), doc="The least that the purchase must be."),
        Key("when", Word("first_purchase", "any_purchase"), doc="Which purchase counts."),
        Key("after_days", Int(0, 3650), doc="Days after that purchase."),
        Key(
            "same_person_check",
            Word("normalised_email", "none"),
            doc="How somebody who refers herself is found out.",
        ),
    ),
)

MESSAGES = Struct(
    "messages",
    (
        Key("on_enrol", Text(60), doc="The message of welcome."),
        Key(
            "milestones",
            ListOf(
                Struct(
                    "milestone",
                    (
                        Key("points", Qty(), required=True, doc="The balance that is passed."),
                        Key("message", Text(60), required=True, doc="The message."),
                    ),
                )
            ),
            doc="Of several passed at once only the highest is sent.",
        ),
    ),
)

CONTACT_CAPS = Struct(
    "contact caps",
    (
        Key("email", Int(), doc="Messages by e-mail in `rolling_days`."),
        Key("sms", Int(), doc="Messages by SMS in `rolling_days`."),
        Key("push", Int(), doc="Messages by push in `rolling_days`."),
        Key("rolling_days", Int(1, 3650), doc="Days that are counted."),
    ),
)

_ROLE_LIMITS = Struct(
    "role limits",
    (
        Key("each", Qty(), doc="The most at once."),
        Key("per_day", Qty(), doc="The most in one day."),
        Key("per_member_per_month", Qty(), doc="The most for one member in a month."),
    ),
)

ADJUSTMENT_LIMITS = Struct(
    "adjustment limits",
    (
        *(
            Key(name, _ROLE_LIMITS, doc=f"What the role {role.value} may adjust.")
            for role in Role
            for name in sorted({role.value, role.value.replace("-", "_")})
        ),
        Key("four_eyes_above", Qty(), doc="Above it a second person decides."),
        Key("self", Word("refused", "allowed"), doc="Adjusting one's own account."),
    ),
)

RETENTION = Struct(
    "retention",
    (
        Key("warn_after_months", Int(1, 1_200), doc="Months without contact until a warning."),
        Key("erase_after_months", Int(1, 1_200), doc="Months without contact until erasure."),
        Key("warn_days", Int(0), doc="Days between the warning and erasure."),
    ),
)

TRANSFERS = Struct(
    "transfers",
    (
        Key("allowed", Flag(), doc="Whether members may give points away."),
        Key("per_day", Qty(), doc="The most in one day."),
    ),
)

HOUSEHOLD = Struct(
    "household",
    (
        Key(
            "exit",
            Word("contributed", "equal", "nothing"),
            doc="What somebody who leaves takes along.",
        ),
    ),
)

CLAIMS = Struct(
    "claims",
    (
        Key("within_days", Int(0, 3650), doc="Days after the purchase; 30 by default."),
        Key("settle", Word("automatic", "staff"), doc="By themselves when all fits, or by staff."),
        Key("times", Int(1), doc="The most per member ..."),
        Key("days", Int(1, 3650), doc="... in so many days; 30 by default."),
    ),
)
