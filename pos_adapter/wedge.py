"""Scanner text repair: what the scanner read, whatever the keyboard layout made of it.

A keyboard-wedge scanner types. One that is set up as a US keyboard on a till with a French
layout types ``à`` where it read ``0``. Every layout is a known one-to-one map, so the text can be
turned back: the first reading whose check letters or check digit verify is the code.

The page carries the same repair (``pages/static/repair.js``); tests run one set of vectors
through both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

MAX_TYPED = 200
"""Characters of a scan that are looked at; no code of ours or of GS1 retail is longer."""

EAN_LENGTHS = (8, 12, 13, 14)

CheckLetters = Callable[[str], bool]
"""A function that tells whether the last two letters of a code check the others."""

_KEYS = {
    "Backquote": "`",
    "Minus": "-",
    "Equal": "=",
    "BracketLeft": "[",
    "BracketRight": "]",
    "Backslash": "\\",
    "Semicolon": ";",
    "Quote": "'",
    "Comma": ",",
    "Period": ".",
    "Slash": "/",
    "Space": " ",
}
_LETTERS = re.compile(r"(?:\D{0,2}\d)?([BCDFGHJKLNPRSTVX]+)")  # an AIM prefix such as ]Q1 first
_DIGITS = re.compile(r"(?:\D{1,2}\d)?(\d+)")  # ]E0 and the like, or its remains


class ScanKind(StrEnum):
    """What a scanned text stands for. ``TEXT`` is anything that carries no check."""

    CARD = "card"
    VOUCHER = "voucher"
    RECEIPT = "receipt"
    EAN = "ean"
    TEXT = "text"


_KIND_OF = {
    ("C", 23): ScanKind.CARD,
    ("R", 35): ScanKind.CARD,
    ("V", 23): ScanKind.VOUCHER,
    ("T", 35): ScanKind.RECEIPT,
}
"""By the letter a code begins with and its length."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A repaired scan; ``layout`` tells which reading was right, for the scanner set-up page."""

    kind: ScanKind
    code: str
    layout: str


def read_scan(typed: str, check_letters: CheckLetters, *, keys: Sequence[str] = ()) -> Scan:
    """Return what a scanner meant by ``typed``.

    Tried in this order: the text as typed, each known layout, the physical ``keys`` (the
    ``code`` of each browser key event). Case, control characters and an AIM prefix do not
    matter. Text that verifies in no reading comes back trimmed, as ``TEXT``.
    """
    text = _printable(typed)[:MAX_TYPED]
    for layout, reading in _readings(text, keys[:MAX_TYPED]):
        found = _recognise(reading, check_letters)
        if found is not None:
            return Scan(*found, layout)
    return Scan(ScanKind.TEXT, text.strip(), "typed")


def ean_ok(digits: str) -> bool:
    """Tell whether the last digit checks the others.

    Source: GS1 General Specifications, 7.9 (weights 3 and 1 from the right).
    """
    if len(digits) not in EAN_LENGTHS or not digits.isascii() or not digits.isdigit():
        return False
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return weighted % 10 == 0


@cache
def layouts() -> dict[str, tuple[str, str]]:
    """Return each layout's keys, plain and shifted, in the order of the US layout's."""
    text = files(__package__).joinpath("layouts.json").read_text(encoding="utf-8")
    return {name: (plain, shifted) for name, (plain, shifted) in json.loads(text).items()}


def _printable(text: str) -> str:
    """Drop control characters: prefixes such as Ctrl-G, GS separators, a trailing Enter."""
    return "".join(letter for letter in text if letter.isprintable())


def _readings(text: str, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield every reading of a scan with the name of its layout, the likeliest first."""
    yield "typed", text.upper()
    for name in layouts():
        reading = _retyped(text, name)
        if reading is not None:
            yield name, reading
    if keys:
        yield "keys", "".join(_on_us_keyboard(key) for key in keys)


def _retyped(text: str, layout: str) -> str | None:
    """Return what US keys, without shift, would have typed; ``None`` if a key has no such letter.

    Shift and Caps Lock only choose between the two letters of a key, so the key is what counts.
    """
    table = _key_of(layout)
    letters = [table.get(letter) for letter in text]
    if None in letters:
        return None
    return "".join(letter for letter in letters if letter)


@cache
def _key_of(layout: str) -> dict[str, str]:
    """Return the map from a letter of ``layout`` to the US letter on its key, in capitals."""
    plain_us = layouts()["us"][0]
    table = {" ": " "}
    for row in reversed(layouts()[layout]):  # the plain row last: it wins
        for letter, key in zip(row, plain_us, strict=True):
            table[letter] = key.upper()
    for letter, key in list(table.items()):
        for other in (letter.lower(), letter.upper()):
            if len(other) == 1:
                table.setdefault(other, key)
    return table


def _on_us_keyboard(key: str) -> str:
    """Return the US letter of a physical key; empty for keys that type nothing."""
    for prefix in ("Key", "Digit", "Numpad"):
        rest = key.removeprefix(prefix)
        if rest != key and len(rest) == 1:
            return rest
    return _KEYS.get(key, "")


def _recognise(reading: str, check_letters: CheckLetters) -> tuple[ScanKind, str] | None:
    """Return the kind and code of a reading that verifies; spaces and hyphens do not count."""
    dense = reading.replace(" ", "").replace("-", "")
    if match := _LETTERS.fullmatch(dense):
        code = match[1]
        kind = _KIND_OF.get((code[0], len(code)))
        if kind is not None and check_letters(code):
            return kind, code
    if (match := _DIGITS.fullmatch(dense)) and ean_ok(match[1]):
        return ScanKind.EAN, match[1]
    return None
