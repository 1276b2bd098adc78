"""How facts are written in a message: numbers, days, names; and what is washed out of them."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

_MONTHS: dict[Language, tuple[str, ...]] = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_THOUSANDS = {"fr": "\u202f", "en": ","}
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ue000-\uf8ff]+"
)
"""Line breaks, control and direction marks, private letters: never part of a name or a sentence."""


def language_of(code: str) -> Language:
    """Return the language to write in: English for ``en``, French for everything else."""
    return "en" if code == "en" else "fr"


def cleaned(text: str) -> str:
    """Return the text on one line: every run of unseen characters becomes one space."""
    return _UNSEEN.sub(" ", text).strip()


def bound(text: str) -> str:
    """Return a French text in which no line can begin with a punctuation mark.

    Source: Lexique des règles typographiques, Imprimerie nationale.
    """
    return _BEFORE_MARK.sub("\u00a0", _AFTER_QUOTE.sub("\u00a0", text))


_BEFORE_MARK = re.compile(r"(?<=\S) (?=[:;!?%€»])")
_AFTER_QUOTE = re.compile("(?<=«) ")


def spelled(value: str | int | date, language: Language, *, form: str = "long") -> str:
    """Return a value as a reader of ``language`` expects it.

    Whole numbers are grouped by thousands; a day is ``31 December`` or, short, ``31/12``.
    """
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, int):
        return f"{value:,}".replace(",", _THOUSANDS[language])
    if form == "short":
        return f"{value:%d/%m}"
    first = "1er" if language == "fr" and value.day == 1 else str(value.day)
    return f"{first} {_MONTHS[language][value.month - 1]}"
