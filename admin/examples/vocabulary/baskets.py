"""Baskets: what is bought and brought back, and how it is paid."""

from __future__ import annotations

from admin.examples.vocabulary.parts import FACTS, FOREIGN_WORDS, NAME, NOBODY
from loyalty.kernel.shapes import (
    Either,
    Flag,
    Int,
    Key,
    ListOf,
    Money,
    Number,
    OneOrMore,
    Qty,
    Struct,
    Text,
    Word,
    needs_one_of,
    only_with,
)

LINE_KINDS = (
    *("article", "delivery", "deposit", "gift_card", "wallet_top_up", "service_fee"),
    "discount_of_the_till",
)
TENDER_KINDS = ("card", "cash", "wallet", "gift_card", "voucher", "points")

LINE = Struct(
    "line",
    (
        Key("article", NAME, doc="What is bought, by its name."),
        Key("price", Money(signed=True), doc="Of one unit, for a line without article."),
        Key("amount", Money(signed=True), doc="The same as price."),
        Key("sku", NAME, doc="The till's own name for it."),
        Key("name", Text(), doc="Text for people."),
        *FACTS,
        Key("quantity", Number(), doc="One by default; decimal for weighed goods."),
        Key("kind", Word(*LINE_KINDS), doc="`article` by default."),
        Key("discount", Money(), doc="What the till gave already."),
        Key("wallet", NAME, doc="The wallet that is topped up."),
        Key("gift_card", NAME, doc="The gift card that is loaded."),
    ),
    rules=(
        only_with("wallet", "kind", "wallet_top_up"),
        only_with("gift_card", "kind", "gift_card"),
    ),
    aliases=FOREIGN_WORDS,
    bare="article",
)

POINTS = Either(Word("all"), Qty())

REDEEM = Struct(
    "redeem",
    (
        Key("points", POINTS, doc="So many points, or `all`."),
        Key("reward", NAME, doc="A reward, by its id."),
        Key("voucher", Either(Flag(), Text()), doc="A voucher."),
        Key("units", Int(1), doc="How many times it is claimed."),
        Key("till_cost", Qty(), doc="What the till claims it costs."),
        Key("wallet", NAME, doc="Which wallet pays; the first by default."),
    ),
    rules=(needs_one_of("points", "reward", "voucher"),),
    aliases={"claims": "units", "times": "units", "cost": "till_cost", "amount": "points"},
)

TENDER = Struct(
    "tender",
    (
        Key("kind", Word(*TENDER_KINDS), required=True, doc="How it is paid."),
        Key("amount", Either(Money(), Qty()), doc="What is needed and there is, by default."),
        Key("wallet", NAME, doc="With `kind: wallet`."),
        Key("gift_card", NAME, doc="With `kind: gift_card`."),
        Key("voucher", NAME, doc="With `kind: voucher`."),
    ),
    aliases={"type": "kind", "value": "amount"},
    bare="kind",
)

CARD_SHOWN = Struct(
    "card shown",
    (
        Key("member", NAME, doc="Whose card it is."),
        Key("id", NAME, doc="The card."),
        Key("trust", NAME, doc="How it was shown: `identify` or `spend`."),
    ),
    bare="member",
)

DELIVERY = Struct(
    "delivery",
    (Key("price", Money(), required=True, doc="What it costs."), *FACTS),
    aliases=FOREIGN_WORDS | {"amount": "price"},
    bare="price",
)

COUPON_OF = Struct(
    "coupon",
    (
        Key("of", NAME, required=True, doc="The purchase that gave it."),
        Key("offer", NAME, doc="Which of its coupons."),
    ),
)

WHERE = (
    Key("till", NAME, doc="At which till."),
    Key("store", NAME, doc="In which store; that of the till by default."),
    Key("staff", NAME, doc="By whom."),
)

PURCHASE_KEYS = (
    Key("as", NAME, doc="What later steps call it."),
    *WHERE,
    Key("member", NOBODY, doc="Who buys; nobody by default."),
    Key("card", CARD_SHOWN, doc="The card that is shown instead, with its trust."),
    Key("beneficiary", NAME, doc="Who earns instead of the buyer."),
    Key("lines", ListOf(LINE), doc="What is bought."),
    Key("coupons", OneOrMore(Either(COUPON_OF, Text(80))), doc="Codes, or coupons of purchases."),
    Key("coupons_must_apply", Flag(), doc="Whether one that does not refuses the sale."),
    Key("activate", OneOrMore(NAME), doc="Offers that the member activates first."),
    Key("redeem", OneOrMore(REDEEM), doc="What she spends."),
    Key("tenders", OneOrMore(TENDER), doc="How it is paid."),
    Key("delivery", DELIVERY, doc="What delivery costs."),
    Key("training", Flag(), doc="Practice: counts for nobody."),
    Key("offline", Flag(), doc="Sold while the till was cut off."),
    Key("suspended", Flag(), doc="Put aside, to be resumed."),
)

BACK_LINE = Struct(
    "returned line",
    (
        Key("article", NAME, doc="Which article."),
        Key("position", Int(1), doc="Which line of the receipt, from 1."),
        Key("price", Money(signed=True), doc="Without receipt: what was paid for one."),
        Key("sku", NAME, doc="The till's own name for it."),
        *FACTS,
        Key("quantity", Number(), doc="How many; one by default."),
        Key("kind", Word(*LINE_KINDS), doc="`article` by default."),
    ),
    aliases=FOREIGN_WORDS | {"line": "position"},
    bare="article",
)

RETURN_KEYS = (
    Key("of", NAME, doc="The purchase; none for a return without receipt."),
    Key("as", NAME, doc="What later steps call it."),
    *WHERE,
    Key("member", NOBODY, doc="Whose it was; `none` finds her through the sale."),
    Key("card", CARD_SHOWN, doc="The card that is shown."),
    Key("lines", ListOf(BACK_LINE), doc="What comes back."),
    Key("amount", Money(), doc="Money that goes back, without articles."),
    Key("whole", Flag(only=True), doc="Everything that is left."),
    Key("delivery", Flag(), doc="Whether delivery is given back."),
    Key("reason", Text(), doc="Why."),
    Key("approver", NAME, doc="Without receipt: the manager who agrees."),
    Key("gift_card", NAME, doc="Without receipt: where the money goes."),
    Key("offline", Flag(), doc="Taken back while the till was cut off."),
)
