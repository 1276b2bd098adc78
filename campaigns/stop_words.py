"""Whether an SMS that a member sent us says stop, or start again."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    """What an incoming SMS asks for."""

    STOP = "stop"
    START = "start"
    NOTHING = "nothing"


_STOP = frozenset(
    {
        *("stop", "stopsms", "arret", "arrete", "arretez", "arreter", "stopper", "stoppez"),
        *("unsubscribe", "end", "quit", "cancel", "optout", "desabonner", "desabonnement"),
        *("desinscrire", "desinscription", "fin"),
    }
)
_START = frozenset({"start", "unstop", "reprendre", "oui"})
_LETTERS = re.compile(r"[a-z]+")
_MOST_WORDS = 4
"""A longer text is a letter to a person: "don't stop sending" is no wish to stop."""


def wish_of(text: str) -> Wish:
    """Return the wish in a text, in any case, with or without accents and punctuation.

    Source: CNIL, prospecting by SMS: a simple and free way to refuse, in every message.
    """
    folded = unicodedata.normalize("NFKD", text[:200]).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = _LETTERS.findall(plain)
    if not words or len(words) > _MOST_WORDS:
        return Wish.NOTHING
    if words[0] in _STOP or "".join(words) in _STOP:
        return Wish.STOP
    if len(words) == 1 and words[0] in _START:
        return Wish.START
    return Wish.NOTHING
