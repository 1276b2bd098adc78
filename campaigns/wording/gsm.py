"""How long an SMS is, what it costs, and what makes it dear.

A text in the GSM alphabet has 160 places, or 153 in each part of a longer one. A single letter
outside it (ê, ç, ’, an emoji) turns the whole text into UCS-2 with 70 places, or 67 in each part.

Source: 3GPP TS 23.038 section 6.2.1 (alphabet, extension table), TS 23.040 section 9.2.3.24.1
(joined parts lose 7 septets or 3 UCS-2 characters to the header).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Letters that take two places, and may not be split between two parts."""

MAX_PARTS = 6
"""Longer texts are refused: they are letters, and cost like it."""


class Alphabet(StrEnum):
    """How a text is coded on the air."""

    GSM = "gsm"
    UCS2 = "ucs2"


_ALONE = {Alphabet.GSM: 160, Alphabet.UCS2: 70}
_JOINED = {Alphabet.GSM: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text takes: ``units`` are septets or UCS-2 units, ``left`` those still free.

    ``culprits`` are the letters that keep it out of the GSM alphabet, each once, in order.
    """

    alphabet: Alphabet
    units: int
    parts: int
    left: int
    culprits: tuple[str, ...] = ()


def sms_size(text: str) -> SmsSize:
    """Measure a text as it will be sent. The empty text takes one part."""
    culprits = tuple(dict.fromkeys(letter for letter in text if not _is_gsm(letter)))
    alphabet = Alphabet.UCS2 if culprits else Alphabet.GSM
    widths = [_width(letter, alphabet) for letter in text]
    units = sum(widths)
    alone, joined = _ALONE[alphabet], _JOINED[alphabet]
    if units <= alone:
        return SmsSize(alphabet, units, 1, alone - units, culprits)
    parts, used = _packed(widths, joined)
    return SmsSize(alphabet, units, parts, joined - used, culprits)


def to_gsm(text: str) -> str:
    """Return the text with each letter outside the GSM alphabet replaced by its nearest inside.

    ``ê`` becomes ``e``, ``ç`` ``c``, ``œ`` ``oe``, ``«`` and ``”`` straight quotes, ``…`` three
    dots, narrow spaces plain ones. What has no near letter (an emoji) stays as it is.
    """
    if all(map(_is_gsm, text)):
        return text
    text = _AFTER_GUILLEMET.sub('"', unicodedata.normalize("NFC", text))
    text = _BEFORE_GUILLEMET.sub('"', text)
    return "".join(letter if _is_gsm(letter) else _nearest(letter) for letter in text)


_AFTER_GUILLEMET = re.compile("«[ \u00a0\u202f]?")
_BEFORE_GUILLEMET = re.compile("[ \u00a0\u202f]?»")
_NEAR = {
    **dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4\u0060", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2039\u203a", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022", "-"),
    **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\t", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "\u2026": "...",
    "œ": "oe",
    "Œ": "OE",
    "·": ".",
    "×": "x",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "\u0131": "i",
    "ẞ": "SS",
}
"""Quotation marks, dashes, spaces, joiners and letters that no decomposition reaches."""


def _is_gsm(letter: str) -> bool:
    return letter in GSM_BASIC or letter in GSM_EXTENSION


def _width(letter: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM:
        return 2 if letter in GSM_EXTENSION else 1
    return 2 if ord(letter) > 0xFFFF else 1  # noqa: PLR2004 - above it UTF-16 takes a pair


def _packed(widths: Iterable[int], room: int) -> tuple[int, int]:
    """Return how many parts the letters fill, none of them split, and what the last one holds."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts, used


def _nearest(letter: str) -> str:
    if letter in _NEAR:
        return _NEAR[letter]
    bare = "".join(
        mark for mark in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(mark)
    )
    return bare if bare and all(map(_is_gsm, bare)) else letter
