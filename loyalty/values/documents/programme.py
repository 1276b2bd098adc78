"""The whole programme."""

from __future__ import annotations

from dataclasses import replace

from loyalty.kernel.shapes import Anything, Flag, Key, ListOf, MapOf, Slug, Struct, Text
from loyalty.values.documents.challenges import CHALLENGE
from loyalty.values.documents.earning import (
    BASIS,
    EARN_RULE,
    PROMOTION_LIMITS,
    ROUNDING,
    STACKING,
)
from loyalty.values.documents.parts import NAMES, WALLET
from loyalty.values.documents.people import (
    ADJUSTMENT_LIMITS,
    CLAIMS,
    CONTACT_CAPS,
    HOUSEHOLD,
    MESSAGES,
    REFERRAL,
    RETENTION,
    TRANSFERS,
)
from loyalty.values.documents.policy import POLICY_KEYS
from loyalty.values.documents.spending import (
    CURRENCY,
    REDEMPTION,
    RETURNS,
    REWARD,
    VOUCHERS,
)
from loyalty.values.documents.tiers import TIERS
from loyalty.values.documents.wallets import PENDING, WALLET_RULE

PROGRAMME = Struct(
    "programme",
    (
        Key("name", Slug(), doc="What the programme is called."),
        Key("title", NAMES, doc="What people read."),
        Key("currency", CURRENCY, doc="The currency of every amount."),
        Key("zone", Text(60), doc="The IANA time zone whose calendar decides."),
        Key("wallets", MapOf(WALLET, WALLET_RULE), doc="The units of value."),
        Key("earn", ListOf(EARN_RULE, most=200), doc="The rules by which members earn."),
        Key("stacking", STACKING, doc="What becomes of rules that fire together."),
        Key("promotion_limits", PROMOTION_LIMITS, doc="How far offers for points may go."),
        Key("basis", BASIS, doc="What part of a purchase earns."),
        Key(
            "rounding",
            ROUNDING,
            doc="Where fractions of a point are rounded, and how: `per_rule` a rule's total "
            "over its lines, then `per_line` a line's total over its rules, then "
            "`multiplied_total`, then `per_order`.",
        ),
        Key(
            "redeemed_amount_earns",
            Flag(),
            doc="Whether what the programme's own redemption or reward paid still earns, points "
            "that are tendered included.",
        ),
        Key("redemption", REDEMPTION, doc="Points against money."),
        Key("rewards", ListOf(REWARD, most=500), doc="What points buy."),
        Key("returns", RETURNS, doc="What a return takes back and gives back."),
        Key("pending", PENDING, doc="How long points of a purchase wait."),
        Key("tiers", TIERS, doc="The stairs."),
        Key("vouchers", VOUCHERS, doc="Vouchers for cumulated spend."),
        Key("referral", REFERRAL, doc="What both sides of a referral get."),
        Key("messages", MESSAGES, doc="Messages that the ledger causes."),
        Key("contact_caps", CONTACT_CAPS, doc="How many messages a member gets."),
        Key("adjustment_limits", ADJUSTMENT_LIMITS, doc="Who may adjust how much."),
        Key("transfers", TRANSFERS, doc="Points from member to member."),
        Key("household", HOUSEHOLD, doc="Points held together."),
        Key("challenges", ListOf(CHALLENGE, most=100), doc="Something to reach by buying."),
        Key("claims", CLAIMS, doc="Claiming purchases that were made without the card."),
        Key("retention", RETENTION, doc="How long members without contact are kept."),
        *POLICY_KEYS,
        Key("examples", ListOf(Anything()), doc="Worked examples; publishing runs them."),
    ),
    aliases={"tier": "tiers", "earning": "earn", "rules": "earn", "timezone": "zone"},
    doc="A programme.",
)


def _in_part(key: Key) -> Key:
    """Return a key whose map need not be whole."""
    if not isinstance(key.shape, Struct):
        return key
    keys = tuple(replace(one, required=False) for one in key.shape.keys)
    return replace(key, shape=replace(key.shape, keys=keys, rules=()))


CHANGES = replace(PROGRAMME, name="changes", keys=tuple(_in_part(key) for key in PROGRAMME.keys))
"""Keys of a programme that change; a map among them may name only what it changes."""
