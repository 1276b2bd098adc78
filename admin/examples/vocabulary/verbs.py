"""Verbs: what each of them carries."""

from __future__ import annotations

from collections.abc import Mapping

from admin.examples.vocabulary.baskets import (
    PURCHASE_KEYS,
    REDEEM,
    RETURN_KEYS,
    WHERE,
)
from admin.examples.vocabulary.parts import FOREIGN_WORDS, NAME, NOBODY
from loyalty.kernel.shapes import (
    Anything,
    At,
    Day,
    Either,
    Flag,
    Int,
    Key,
    ListOf,
    Money,
    OneOrMore,
    Qty,
    Shape,
    Struct,
    Text,
    Word,
    at_most_one,
    needs_one_of,
    some_of,
)
from loyalty.values.documents import CHANGES, PROGRAMME
from offers.values.documents import OFFER

JOBS = ("expiry", "tier_review", "pending_release", "retention", "hold_sweep", "birthdays")
EVENT_WORDS = ("event", "kind", "id", "name", "type")
"""What an event may be called by; they mean the same."""

_WHO = Key("member", NOBODY, doc="Which member.")
_AS = Key("as", NAME, doc="What later steps call it.")
_AMOUNT = Key("amount", Either(Word("all"), Qty(signed=True)), doc="How much.")
_OFFICE = (
    Key("wallet", NAME, doc="Which wallet; the first by default."),
    Key("reason", Text(), doc="Why."),
    Key("actor", NAME, doc="Who does it."),
    Key("approver", NAME, doc="Who agrees to it."),
    Key("till", NAME, doc="At which till."),
    _AS,
)
_FLAG_OR_NAME = Either(Flag(), NAME)


def _verb(
    name: str, *keys: Key, bare: str = "", aliases: Mapping[str, str] | None = None
) -> Struct:
    return Struct(name, keys, aliases=FOREIGN_WORDS | dict(aliases or {}), bare=bare)


def _basket(name: str) -> Struct:
    """Return a verb that sells something: what it sells is written with it."""
    return Struct(name, PURCHASE_KEYS, rules=(some_of("lines", "delivery"),), aliases=FOREIGN_WORDS)


_ENROL = _verb(
    "enrol",
    Key("member", NAME, required=True, doc="What the file calls her."),
    Key("channel", NAME, doc="How she joins."),
    Key("email", Text(), doc="Her address."),
    Key("phone", Text(), doc="Her telephone number."),
    Key("name", Text(), doc="Text for people."),
    Key("born", Day(), doc="Day of birth."),
    Key("language", Text(10), doc="The language that she reads."),
    Key("referrer", NAME, doc="Who referred her."),
    Key("store", NAME, doc="Where."),
    Key("staff", NAME, doc="By whom."),
    Key("till", NAME, doc="At which till."),
    Key("consents", Anything(), doc="What she agrees to."),
    bare="member",
)
_OFFICE_POINTS = (
    _WHO,
    _AMOUNT,
    Key("points", _AMOUNT.shape, doc="The same as amount."),
    *_OFFICE,
)

_REDEMPTION = _verb(
    "redemption step",
    _WHO,
    *REDEEM.keys,
    Key("hold", _FLAG_OR_NAME, doc="Only hold it; `as` or this names the hold."),
    Key("capture", _FLAG_OR_NAME, doc="Capture a hold."),
    Key("release", _FLAG_OR_NAME, doc="Release a hold."),
    Key("of", NAME, doc="The hold, or the purchase."),
    Key("seconds", Int(1), doc="How long it is held."),
    Key("card", NAME, doc="The card that is shown."),
    Key("reason", Text(), doc="Why."),
    Key("actor", NAME, doc="Who does it."),
    *WHERE,
    _AS,
    aliases=REDEEM.aliases,
)

VERBS: dict[str, Shape] = {
    "enrol": _ENROL,
    "erase": _verb("erase", _WHO, *_OFFICE[1:4], bare="member"),
    "merge": _verb(
        "merge",
        Key("survivor", NAME, required=True, doc="Who stays."),
        Key("source", NAME, required=True, doc="Who is merged into her."),
        *_OFFICE[1:],
        aliases={"into": "survivor", "from": "source", "other": "source", "absorbed": "source"},
    ),
    "unmerge": _verb(
        "unmerge",
        Key("survivor", NAME, doc="Who stayed."),
        Key("source", NAME, doc="Who was merged into her."),
        Key("of", NAME, doc="The merge, by its name."),
        *_OFFICE[1:],
        bare="of",
    ),
    "card": _verb(
        "card",
        Key("issue", _FLAG_OR_NAME, doc="Issue a card."),
        Key("block", _FLAG_OR_NAME, doc="Block a card."),
        Key("replace", _FLAG_OR_NAME, doc="Replace a card."),
        Key("transfer", _FLAG_OR_NAME, doc="Transfer a card."),
        _WHO,
        Key("card", NAME, doc="Which card."),
        Key("to", NAME, doc="To whom."),
        Key("from", NAME, doc="From whom."),
        *_OFFICE[1:],
    ),
    "claim": _verb(
        "claim",
        _AS,
        _WHO,
        Key("of", NAME, required=True, doc="The purchase that she says is hers."),
        Key("total", Money(), doc="What she reads off the receipt; the truth by default."),
        Key("bought_on", Day(), doc="The day that she gives; the truth by default."),
    ),
    "quote": _basket("quote"),
    "purchase": _basket("purchase"),
    "void": _verb("void", *RETURN_KEYS, bare="of"),
    "return": Struct(
        "return",
        RETURN_KEYS,
        rules=(
            some_of("lines", "amount", "whole"),
            at_most_one("whole", "amount"),
            at_most_one("whole", "lines"),
        ),
        aliases=FOREIGN_WORDS,
    ),
    "redeem": Either(_REDEMPTION, ListOf(_REDEMPTION, least=1)),
    "release": _verb(
        "release",
        _WHO,
        *REDEEM.keys,
        Key("hold", _FLAG_OR_NAME, doc="The hold."),
        Key("of", NAME, doc="The hold or the redemption, by its name."),
        Key("reason", Text(), doc="Why."),
        *WHERE,
        _AS,
        bare="of",
    ),
    "adjust": _verb(
        "adjust",
        *_OFFICE_POINTS,
        Key("expires_on", Day(), doc="When it is gone."),
    ),
    "transfer": _verb(
        "transfer",
        *_OFFICE_POINTS,
        Key("from", NAME, doc="Who gives."),
        Key("to", NAME, doc="Who gets."),
        aliases={"source": "from", "target": "to"},
    ),
    "pool": _verb(
        "pool",
        *_OFFICE_POINTS,
        Key("members", OneOrMore(NAME), doc="Who is in it."),
        Key("owner", NAME, doc="Whose it is."),
        Key("open", _FLAG_OR_NAME, doc="Open a pool, by its name."),
        Key("household", NAME, doc="Which pool."),
        Key("join", _FLAG_OR_NAME, doc="Who joins, or which pool."),
        Key("leave", _FLAG_OR_NAME, doc="Who leaves, or which pool."),
        Key("form", _FLAG_OR_NAME, doc="Whose pool begins."),
        Key("of", NAME, doc="Which pool."),
        Key("to", NAME, doc="Whose pool gets it."),
        aliases={"into": "to"},
    ),
    "approve": _verb(
        "approve",
        Key("of", NAME, doc="What is decided, by its name."),
        Key("refuse", Flag(), doc="Decide against it."),
        Key("by", NAME, doc="The same as approver."),
        *_OFFICE_POINTS,
        bare="of",
        aliases={"adjustment": "of", "request": "of"},
    ),
    "event": Struct(
        "event",
        (
            _WHO,
            *(Key(name, NAME, doc="What happened.") for name in EVENT_WORDS),
            Key("of", NAME, doc="The purchase that it is about."),
            Key("referrer", NAME, doc="Who referred her."),
            Key("channel", NAME, doc="Where."),
            *WHERE,
            _AS,
        ),
        rules=(needs_one_of(*EVENT_WORDS),),
        aliases=FOREIGN_WORDS,
    ),
    "offer": _verb(
        "offer step",
        Key("activate", NAME, doc="Activate this offer."),
        Key("undo", NAME, doc="Undo its activation."),
        Key("reserve", NAME, doc="Take one use until it is confirmed or released."),
        Key("release", NAME, doc="Give the reserved use back."),
        _WHO,
        Key("uses", Int(1), doc="How many uses."),
        Key("seconds", Int(1), doc="How long it is reserved."),
        *WHERE,
        _AS,
    ),
    "run": Either(
        _verb(
            "run",
            Key("job", Word(*JOBS), doc="The job."),
            Key("jobs", OneOrMore(Word(*JOBS)), doc="Several jobs, in order."),
            Key("as_of", At(), doc="As if it ran then."),
            bare="job",
        ),
        ListOf(Word(*JOBS), least=1),
    ),
    "publish": _verb(
        "publish",
        Key("programme", Either(Text(), PROGRAMME), doc="What replaces the programme."),
        Key("with", CHANGES, doc="Keys of the programme that change."),
        Key("offer", OFFER, doc="An offer, new or changed."),
        Key("offers", ListOf(OFFER), doc="Several offers."),
        Key("from", At(), doc="From when it holds; from now by default."),
        Key("actor", NAME, doc="Who publishes."),
        _AS,
    ),
    "assign_tier": _verb(
        "assign tier",
        _WHO,
        Key("tier", NOBODY, required=True, doc="The level; `none` takes it away."),
        Key("until", Day(), doc="Last day, included."),
        Key("by", NAME, doc="Who assigns it."),
        Key("actor", NAME, doc="The same as by."),
        Key("reason", Text(), doc="Why."),
        aliases={"level": "tier"},
    ),
    "message": _verb(
        "message",
        _WHO,
        Key("channel", Word("email", "sms", "push"), doc="How."),
        Key("message", NAME, required=True, doc="Which."),
    ),
    "resume": _verb("resume", Key("of", NAME, required=True), *PURCHASE_KEYS, bare="of"),
    "reinstate": _verb("reinstate", Key("of", NAME, required=True), _AS, *WHERE, bare="of"),
    "allocate": _verb(
        "allocate",
        Key("amount", Int(-(10**15), 10**15), required=True, doc="In smallest units."),
        Key("weights", ListOf(Int(-(10**15), 10**15)), required=True, doc="One per share."),
        Key(
            "remainder",
            Word("largest_remainder", "first_takes_rest", "last_takes_rest"),
            doc="Where the rest goes.",
        ),
        Key("mode", Word("half_up", "half_even"), doc="How `last_takes_rest` rounds."),
    ),
}
"""Every verb, and what it carries."""
