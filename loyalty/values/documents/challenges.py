"""Challenges: something to reach by buying."""

from __future__ import annotations

from loyalty.kernel.shapes import (
    Day,
    Either,
    Int,
    Key,
    ListOf,
    Money,
    OneOrMore,
    Qty,
    Slug,
    Struct,
    Text,
    Word,
    at_most_one,
    in_order,
    needs_one_of,
)
from loyalty.values.documents.parts import EXCLUDE, FILTER_KEYS, FOREIGN_WORDS, NAMES, WALLET

_TARGET = Either(Money(), Int(1))

_REWARD = Struct(
    "challenge reward",
    (
        Key("points", Qty(), doc="Granted when it is reached."),
        Key("wallet", WALLET, doc="Where; the first wallet by default."),
        Key("badge", Slug(), doc="The badge that she holds from then on."),
    ),
)

CHALLENGE = Struct(
    "challenge",
    (
        Key("id", Slug(), required=True, doc="Names the challenge."),
        Key("name", NAMES, doc="What people read."),
        Key(
            "metric",
            Word("spend", "visits", "units", "articles", "categories", "streak"),
            required=True,
            doc="What is counted: money, purchases, units, different articles or categories, or "
            "spans in a row with a visit.",
        ),
        Key("target", _TARGET, doc="What is to be reached: money, or a number."),
        Key("reward", _REWARD, doc="What reaching the target gives."),
        Key(
            "steps",
            ListOf(
                Struct(
                    "challenge step",
                    (
                        Key("at", _TARGET, required=True, doc="What is to be reached."),
                        Key("reward", _REWARD, doc="What that gives."),
                    ),
                ),
                least=1,
                most=20,
            ),
            doc="Several targets, each reached once.",
        ),
        Key(
            "window",
            Word("once", "week", "month", "year"),
            doc="When it begins anew; `once` counts from first to last day, or for ever.",
        ),
        Key("every", Word("day", "week", "month"), doc="What a streak counts; weeks by default."),
        Key("repeats", Int(1, 1000), doc="How often the target is rewarded in a window."),
        *FILTER_KEYS,
        EXCLUDE,
        Key("minimum_basis", Money(), doc="A purchase counts from this spend on."),
        Key("from", Day(), doc="First local day."),
        Key("until", Day(), doc="Last local day, included."),
        Key("tier", OneOrMore(Text(40)), doc="Levels that may win it."),
        Key(
            "on_return",
            Word("take_back", "keep"),
            doc="What becomes of the reward when a return undoes it.",
        ),
    ),
    rules=(
        needs_one_of("target", "steps"),
        at_most_one("target", "steps"),
        at_most_one("reward", "steps"),
        in_order("from", "until"),
    ),
    aliases=FOREIGN_WORDS | {"goal": "target", "repeat": "repeats"},
)
