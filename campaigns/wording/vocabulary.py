"""The placeholders and filters that a text may use: the whole language, nothing else exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaigns.values import Channel
from loyalty.kernel.problems import N_

Value = str | int | date | None
"""What a placeholder stands for; ``None`` and the empty text are "empty"."""


class Kind(StrEnum):
    """What sort of value a placeholder has, which decides the filters it takes."""

    TEXT = "text"
    WHOLE = "whole"
    DAY = "day"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name that is replaced by a fact about the member when the message is written.

    ``may_be_empty`` makes a default mandatory. ``meaning`` is an English msgid for the editor.
    """

    name: str
    kind: Kind
    meaning: str
    may_be_empty: bool = False
    channels: frozenset[Channel] = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class Filter:
    """A change made to a value.

    ``argument`` is what follows the colon: ``text``, ``number``, ``word``, or nothing.
    """

    name: str
    kinds: frozenset[Kind]
    meaning: str
    argument: str = ""
    words: frozenset[str] = frozenset()
    """The only arguments accepted, when not empty."""


_EMAIL = frozenset({Channel.EMAIL})
_ANY = frozenset(Kind)
_TEXT = frozenset({Kind.TEXT})

PLACEHOLDERS = {
    item.name: item
    for item in (
        Placeholder("first_name", Kind.TEXT, N_("Her first name"), may_be_empty=True),
        Placeholder("tier", Kind.TEXT, N_("Her level, e.g. Gold"), may_be_empty=True),
        Placeholder("points", Kind.WHOLE, N_("Points she can spend")),
        Placeholder("store", Kind.TEXT, N_("The name of her store"), may_be_empty=True),
        Placeholder("brand", Kind.TEXT, N_("The retailer's name")),
        Placeholder("offer", Kind.TEXT, N_("The best offer chosen for her"), may_be_empty=True),
        Placeholder("expires", Kind.DAY, N_("The last day of that offer"), may_be_empty=True),
        Placeholder("card_link", Kind.LINK, N_("The page with her card")),
        Placeholder("offers_link", Kind.LINK, N_("The page with her offers")),
        Placeholder("preferences_link", Kind.LINK, N_("The page of her preferences")),
    )
}

LETTER_ONLY = {
    item.name: item
    for item in (
        Placeholder("sign_in_link", Kind.LINK, N_("The link that signs her in")),
        Placeholder("unsubscribe_link", Kind.LINK, N_("The page that stops these e-mails")),
    )
}
"""Names that only the letters written by the product itself may use."""

FILTERS = {
    item.name: item
    for item in (
        Filter("default", _ANY, N_("What to write when it is empty"), argument="text"),
        Filter("upper", _TEXT, N_("In capitals")),
        Filter("lower", _TEXT, N_("In small letters")),
        Filter("capital", _TEXT, N_("With a capital first letter")),
        Filter("cut", _TEXT, N_("At most so many letters"), argument="number"),
        Filter(
            "date",
            frozenset({Kind.DAY}),
            N_("Short (31/12) or long (31 December)"),
            argument="word",
            words=frozenset({"short", "long"}),
        ),
        Filter("plain", frozenset({Kind.WHOLE}), N_("Digits without spaces")),
    )
}

OTHER_NAMES = {
    "prenom": "first_name",
    "firstname": "first_name",
    "given_name": "first_name",
    "name": "first_name",
    "nom": "first_name",
    "niveau": "tier",
    "level": "tier",
    "palier": "tier",
    "solde": "points",
    "balance": "points",
    "magasin": "store",
    "shop": "store",
    "enseigne": "brand",
    "offre": "offer",
    "promo": "offer",
    "expire": "expires",
    "expiry": "expires",
    "carte": "card_link",
    "card": "card_link",
    "link": "card_link",
    "lien": "card_link",
}
"""What people write instead, and what they mean."""
