"""The root of a worked example, and the state before its first step."""

from __future__ import annotations

from admin.examples.vocabulary.parts import FACTS, FOREIGN_WORDS, NAME, NOBODY, UNTIL
from admin.examples.vocabulary.steps import STEP
from loyalty.kernel.shapes import (
    Anything,
    Day,
    Either,
    Int,
    Key,
    ListOf,
    MapOf,
    Money,
    OneOrMore,
    Qty,
    Struct,
    Text,
    Word,
)
from loyalty.values.documents import CHANGES, PROGRAMME
from loyalty.values.documents.spending import CURRENCY
from offers.values.documents import OFFER

ARTICLE = Struct(
    "article",
    (
        Key("price", Money(), doc="Of one unit, or of a kilo, as the price list says."),
        *FACTS,
        Key("name", Text(), doc="Text for people."),
        Key("sold_by", Word("unit", "weight"), doc="By the piece, or by weight."),
    ),
    aliases=FOREIGN_WORDS,
)

STORE = Struct(
    "store",
    (
        Key("tills", OneOrMore(NAME), doc="Its tills."),
        Key("name", Text(), doc="Text for people."),
        Key("city", Text(), doc="Where it stands."),
        Key("zone", Text(60), doc="Its time zone."),
    ),
)

STAFF = Struct(
    "member of staff",
    (
        Key("role", NAME, doc="What she is trusted with."),
        Key("store", NAME, doc="Where she works."),
        Key("member", NAME, doc="The member that she is, if she is one."),
        Key("name", Text(), doc="Text for people."),
    ),
)

LOT = Struct(
    "lot",
    (
        Key("wallet", NAME, doc="The first wallet by default."),
        Key("amount", Qty(signed=True), required=True, doc="How much is in it."),
        Key("earned_on", Day(), doc="When it was earned."),
        Key("expires_on", UNTIL, doc="The first day on which it is gone."),
        Key("id", NAME, doc="Names the lot."),
    ),
)

HISTORY = Struct(
    "history",
    (
        Key("spend", Money(), doc="Spent in the tier's window that is current at the first step."),
        Key("earned", Qty(), doc="Earned in it."),
        Key("visits", Int(), doc="Visits in it."),
        Key("purchases", Int(), doc="Purchases before the story."),
        Key("on", Day(), doc="The day that it counts for."),
    ),
)

ASSIGNED = Struct(
    "assigned tier",
    (
        Key("tier", NOBODY, required=True, doc="The level."),
        Key("until", Day(), doc="Last day, included."),
        Key("by", NAME, doc="Who assigned it."),
    ),
    bare="tier",
)

MEMBER = Struct(
    "member",
    (
        Key("joined", Day(), doc="The first step's day by default."),
        Key("born", Day(), doc="Day of birth."),
        Key("tier", NOBODY, doc="The level that she stands on."),
        Key("assigned_tier", ASSIGNED, doc="A level that staff assigned."),
        Key("name", Text(), doc="Text for people."),
        Key("email", Text(), doc="Address; one is made up by default."),
        Key("phone", Text(), doc="Telephone number."),
        Key("language", Text(10), doc="The language that she reads."),
        Key("channel", NAME, doc="How she joined."),
        Key("store", NAME, doc="Her store."),
        Key("referrer", NAME, doc="Who referred her."),
        Key("consents", Anything(), doc="What she agreed to; everything by default."),
        Key("wallets", MapOf(NAME, Qty(signed=True)), doc="Amounts that do not expire."),
        Key("lots", ListOf(LOT), doc="Amounts with their days."),
        Key("history", HISTORY, doc="What she did before the story."),
    ),
    aliases={"joined_on": "joined", "born_on": "born", "birthday": "born", "balance": "wallets"},
)

USED = Struct(
    "used",
    (
        Key("uses", Int(), doc="Times it applied before the story."),
        Key("amount", Money(), doc="Money it gave before the story."),
        Key(
            "member",
            MapOf(
                NAME,
                Either(Int(), Struct("used by", (Key("uses", Int()), Key("amount", Money())))),
            ),
            doc="The same by member.",
        ),
        Key("store", MapOf(NAME, Int()), doc="Times by store."),
        Key("cashier", MapOf(NAME, Int()), doc="Times by cashier."),
        Key("day", MapOf(NAME, Int()), doc="Times by day."),
    ),
    bare="uses",
)

DOCUMENT = Struct(
    "example",
    (
        Key("example", Text(), doc="What it shows, in one sentence."),
        Key("description", Text(2000), doc="More about it."),
        Key("tags", OneOrMore(NAME), doc="Words for choosing what to run."),
        Key("currency", CURRENCY, doc="EUR by default."),
        Key("zone", Text(60), doc="Europe/Paris by default."),
        Key("prices", Word("tax_included", "tax_excluded"), doc="How prices are meant."),
        Key(
            "tax_rounding",
            Word("per_rate_total", "per_line", "per_unit"),
            doc="Where tax is rounded.",
        ),
        Key("tax_half_cent", Word("to_net", "to_tax"), doc="Which figure an exact half rounds up."),
        Key("programme", Either(Text(), PROGRAMME), doc="`preset:<name>`, a path, or inline."),
        Key("with", CHANGES, doc="Keys of the programme that are different here."),
        Key("articles", MapOf(NAME, ARTICLE), doc="What is sold."),
        Key("offers", ListOf(OFFER, most=1_000), doc="The offers that are live."),
        Key("stores", MapOf(NAME, STORE), doc="Stores and their tills."),
        Key("staff", MapOf(NAME, STAFF), doc="Who works there."),
        Key("members", MapOf(NAME, MEMBER), doc="Who has a card."),
        Key("gift_cards", MapOf(NAME, Money()), doc="Stored value that exists before the story."),
        Key("audiences", MapOf(NAME, Anything()), doc="Rules that choose members."),
        Key("used", MapOf(NAME, USED), doc="Counters of offers before the story."),
        Key("steps", ListOf(STEP, most=100_000), doc="What happens, in order."),
    ),
    aliases={
        "title": "example",
        "name": "example",
        "customers": "members",
        "products": "articles",
        "items": "articles",
        "promotions": "offers",
        "rules": "offers",
        "timezone": "zone",
        "programme_overrides": "with",
        "program": "programme",
        "shops": "stores",
    },
    doc="One worked example: a dated story and what must come of it.",
)
