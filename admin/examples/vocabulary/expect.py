"""Expectations: everything that a step may say must come of it."""

from __future__ import annotations

from admin.examples.vocabulary.parts import MONEY, MONEYS, NAME, NOBODY, SUMS, UNTIL
from loyalty.kernel.shapes import (
    Anything,
    Day,
    Either,
    Flag,
    Int,
    Key,
    ListOf,
    MapOf,
    OneOrMore,
    Qty,
    Struct,
    Text,
    Word,
)

_COUNT = Int(-(10**15), 10**15)
_QTY = Qty(signed=True)
_QTYS = ListOf(_QTY)

LINE_OUT = Struct(
    "line expected",
    (
        Key("paid", MONEY, doc="What is paid for it."),
        Key("discount", MONEY, doc="All offers together."),
        Key("discounts", MONEYS, doc="By offer."),
        Key("net", MONEY, doc="Without tax."),
        Key("tax", MONEY, doc="The tax."),
        Key("unit_paid", ListOf(MONEY), doc="Paid for each unit."),
        Key("unit_shares", ListOf(MONEY), doc="Discount of each unit."),
        Key("earned", SUMS, doc="What it earns."),
        Key("quantity", Either(Int(), Text(20)), doc="How many."),
    ),
)

LOT_OUT = Struct(
    "lot expected",
    (
        Key("wallet", NAME, doc="Which wallet."),
        Key("amount", _QTY, doc="What is left in it, or was taken."),
        Key("earned_on", Day(), doc="When it was earned."),
        Key("expires_on", UNTIL, doc="The first day on which it is gone."),
        Key("closed", Either(Flag(), Day(), Text()), doc="Whether it is empty or lapsed."),
        Key("id", NAME, doc="Its name."),
        Key("pending", Flag(), doc="Whether it waits."),
    ),
    aliases={"left": "amount", "points": "amount", "lot": "id", "expires": "expires_on"},
    bare="amount",
)
_LOTS = ListOf(LOT_OUT)
_LOTS_OF = Either(_LOTS, MapOf(NAME, Either(_LOTS, MapOf(NAME, Either(_LOTS, _QTY)), _QTY)))
_ENTRIES = Either(_QTYS, MapOf(NAME, Either(_QTYS, MapOf(NAME, _QTYS))))

VOUCHERS_OUT = Struct(
    "vouchers expected",
    (
        Key("number", Int(), doc="Usable now."),
        Key("value", MONEY, doc="Of one."),
        Key("carry_over", MONEY, doc="Spent towards the next."),
        Key("issued", Int(), doc="Issued by this step."),
    ),
)
_VOUCHERS = Either(
    VOUCHERS_OUT,
    Int(),
    ListOf(VOUCHERS_OUT),
    MapOf(NAME, Either(VOUCHERS_OUT, Int())),
)

MESSAGE_OUT = Struct(
    "message expected",
    (
        Key("message", NAME, required=True, doc="Which."),
        Key("member", NAME, doc="To whom."),
        Key("channel", NAME, doc="How."),
        Key("status", Word("sent", "withheld"), doc="Whether it went out."),
        Key("reason", Text(), doc="Why it did not."),
    ),
    bare="message",
)
_MESSAGES = ListOf(MESSAGE_OUT)

NEAR_OUT = Struct(
    "near miss",
    (
        Key("reason", NAME, doc="Why it did not fire, as a slug."),
        Key("missing", MONEY, doc="Money that is missing to its minimum."),
        Key("points", _QTY, doc="What it would have given for the same lines."),
    ),
    aliases={"why": "reason"},
)

NEXT_TIER = Struct(
    "next tier",
    (
        *(Key(name, NOBODY, doc="The next level.") for name in ("tier", "id", "level")),
        *(
            Key(name, _QTY, doc="How much is missing.")
            for name in ("missing", "to_next", "remaining", "needs", "in")
        ),
    ),
    bare="tier",
)
_NAMES_OF = Either(ListOf(NAME), MapOf(NAME, ListOf(NAME)))


_MOVED = Either(Flag(), MapOf(NAME, Either(Flag(), NOBODY)))

_FAR = MapOf(NAME, Either(MONEY, _COUNT))
CLAIM_STATES = ("settled", "waiting", "accepted", "refused")

EXPECT = Struct(
    "expect",
    (
        Key("refused", Either(Flag(), Text(80)), doc="The slug of the refusal, or true."),
        Key("total", MONEY, doc="Goods, delivery and fees after offers."),
        Key("net", MONEY, doc="The total without tax."),
        Key("tax", MONEY, doc="The tax of the total."),
        Key("due", MONEY, doc="What is left to pay after tenders."),
        Key("discount", MONEY, doc="All offers together."),
        Key("undiscounted", MONEY, doc="The total, had no offer applied."),
        Key("tax_and_fees", MONEY, doc="What of the total is tax or fee."),
        Key("net_after_tenders", MONEY, doc="Net of what is left to pay."),
        Key("discounts", MONEYS, doc="Money off by offer."),
        Key("sum_of_shares", MONEYS, doc="The shares of an offer added up."),
        Key("shares_in_some_order", MapOf(NAME, ListOf(MONEY)), doc="The shares, in any order."),
        Key("lines", MapOf(NAME, LINE_OUT), doc="By article, or by position from 1."),
        Key("free_units", MapOf(NAME, Either(Int(), Text(20))), doc="Free units by article."),
        Key("applied", OneOrMore(NAME), doc="Offers that applied: exactly these, in order."),
        Key("not_applied", MapOf(NAME, Either(Flag(only=True), Text(80))), doc="And why not."),
        Key("uses", MapOf(NAME, _COUNT), doc="How often offers were used."),
        Key("budget_left", MapOf(NAME, Either(MONEY, _COUNT)), doc="What is left of budgets."),
        Key("uses_left", Either(_COUNT, MapOf(NAME, _COUNT)), doc="Uses left for this member."),
        Key("succeeded", Int(), doc="Requests that went through."),
        Key("refused_count", Int(), doc="Requests that were refused."),
        Key("explained", Anything(), doc="Words of the explanation, in the story's language."),
        Key(
            "near_misses",
            Either(MapOf(NAME, Either(NEAR_OUT, Flag(), NAME)), ListOf(NAME)),
            doc="Rules that did not fire: why, what was missing, what they would have given.",
        ),
        Key("refund", MONEY, doc="Money given back."),
        Key("kept", MapOf(NAME, MapOf(NAME, LINE_OUT)), doc="What a receipt still says."),
        Key("redeemed_value", MONEY, doc="Money that the spent points were worth."),
        Key("shares", ListOf(_COUNT), doc="Of `allocate`, in smallest units."),
        Key("earned", SUMS, doc="Points earned, by wallet; below zero for a return."),
        Key("earned_by", MapOf(NAME, SUMS), doc="By rule or offer."),
        Key("pending", SUMS, doc="What of it waits."),
        Key("charged", SUMS, doc="Points spent; below zero when given back."),
        Key("tier", Either(NOBODY, MapOf(NAME, NOBODY)), doc="The level now."),
        Key(
            "tier_changed",
            Either(Flag(), MapOf(NAME, Either(Flag(), NOBODY))),
            doc="Whether it moved.",
        ),
        Key("next_tier", Either(NEXT_TIER, MapOf(NAME, NEXT_TIER)), doc="The next level."),
        Key("qualifying", SUMS, doc="What counts towards a level, by member."),
        Key("balance", SUMS, doc="Active amounts, by member and wallet."),
        Key("redeemable", SUMS, doc="What may be spent now."),
        Key("held", SUMS, doc="What is held."),
        Key("lifetime_earned", SUMS, doc="Earned since she joined."),
        Key("lots", _LOTS_OF, doc="Usable lots, in order of use."),
        Key("all_lots", _LOTS_OF, doc="All lots, in order of arrival."),
        Key("consumed", _LOTS_OF, doc="Taken by this step, per lot."),
        Key("deficit", SUMS, doc="Debits that no lot covers."),
        Key("entries", _ENTRIES, doc="Signed amounts of this step, in posting order."),
        Key("running_balance", _ENTRIES, doc="The balance after each."),
        Key("entry_count", SUMS, doc="Entries since the file began."),
        Key("ledger_sum", SUMS, doc="The sum of all entries."),
        Key("vouchers", _VOUCHERS, doc="The member's vouchers."),
        Key("gift_cards", MONEYS, doc="What is on gift cards."),
        Key("claimable", _NAMES_OF, doc="Rewards that the points suffice for."),
        Key("stock", Either(_COUNT, MapOf(NAME, _COUNT)), doc="What is left of rewards."),
        Key("liability", SUMS, doc="What the outstanding points stand for."),
        Key("archived", Either(Flag(), _NAMES_OF, MapOf(NAME, Flag()), NAME), doc="Put away."),
        Key("audiences", MapOf(NAME, OneOrMore(NAME)), doc="Who is in an audience."),
        Key("referral", Either(MapOf(NAME, NAME), NAME), doc="How a referral stands, by member."),
        Key("challenges", MapOf(NAME, _FAR), doc="How far members are in challenges."),
        Key("badges", MapOf(NAME, ListOf(NAME)), doc="The badges that members hold."),
        Key("claim", Word(*CLAIM_STATES), doc="What became of the claim of this step."),
        Key("why", Text(40), doc="Why a claim waits or was refused."),
        Key(
            "messages",
            Either(_MESSAGES, MapOf(NAME, Either(_MESSAGES, MESSAGE_OUT))),
            doc="Messages, by member or in a list.",
        ),
        Key("optimal", Flag(), doc="Whether no better choice of offers exists."),
        Key("unchanged", Flag(only=True), doc="The books are as before this step."),
        Key("books", Word("balanced"), doc="The books add up."),
    ),
    aliases={
        "points": "earned",
        "balances": "balance",
        "error": "refused",
        "level": "tier",
        "offers": "applied",
        "rejected": "refused",
        "amount": "total",
    },
)
