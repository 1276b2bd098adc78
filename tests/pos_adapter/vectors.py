"""Scans as they arrive on tills of every layout: run through wedge.py and through repair.js."""

from dataclasses import dataclass, field

from loyalty.cards import CodeKind, make_code
from pos_adapter.wedge import layouts

CARD = make_code(CodeKind.CARD, bytes(range(40, 50))).letters
VOUCHER = make_code(CodeKind.VOUCHER, bytes(range(200, 210))).letters
ROTATING = make_code(CodeKind.ROTATING, bytes(range(16))).letters
SPREAD = "3017620422003"

_US_KEYS = {letter: f"Key{letter.upper()}" for letter in "abcdefghijklmnopqrstuvwxyz"} | {
    digit: f"Digit{digit}" for digit in "0123456789"
}
_US_KEYS["]"] = "BracketRight"


@dataclass
class Vector:
    """What was typed, which keys were pressed, and what the scanner had read."""

    typed: str
    kind: str
    code: str
    keys: list[str] = field(default_factory=list)


def arrived(text: str, layout: str, *, caps_lock: bool = False) -> str:
    """Return what a scanner set to a US keyboard types on a till of another layout."""
    plain, shifted = layouts()[layout]
    us_plain, us_shifted = layouts()["us"]
    letters = []
    for letter in text:
        row, us = (plain, us_plain) if letter in us_plain else (shifted, us_shifted)
        letter_there = row[us.index(letter)]
        letters.append(letter_there.swapcase() if caps_lock else letter_there)
    return "".join(letters)


def keys_of(text: str) -> list[str]:
    """Return the physical keys that a US scanner presses for ``text``."""
    return [_US_KEYS[letter.lower()] for letter in text]


def vectors() -> list[Vector]:
    """Every kind of code on every layout, with the marks that scanners add."""
    codes = [("card", CARD), ("voucher", VOUCHER), ("card", ROTATING), ("ean", SPREAD)]
    codes.append(("ean", "96385074"))
    found = [
        Vector(arrived(code, layout), kind, code) for kind, code in codes for layout in layouts()
    ]
    found += [
        Vector(arrived(CARD, layout, caps_lock=True), "card", CARD)
        for layout in layouts()
        if layout not in DEAD_UNDER_CAPS
    ]
    found += [
        Vector(arrived(mark + code, layout), kind, code)
        for layout in layouts()
        for mark, kind, code in (("]Q1", "card", CARD), ("]E0", "ean", SPREAD))
    ]
    return found + BY_HAND


DEAD_UNDER_CAPS = {"tr"}
"""Turkish has two letters i: its Caps Lock is not a simple swap of case."""

BY_HAND = [
    # Written from a French keyboard, not from our tables: 3017620422003 on its digit row.
    Vector('"à&è-éà\'ééàà"', "ean", SPREAD),
    # Belgian: six is the section sign, eight the exclamation mark.
    Vector("ç§\"!(àè'", "ean", "96385074"),
    # Czech: the digit row carries accented letters.
    Vector("ížšářéýč", "ean", "96385074"),
    Vector("ížšářéýř", "text", "ížšářéýř"),
    # Control characters before and after, spaces between groups, lower case.
    Vector("\x07" + CARD + "\r\n", "card", CARD),
    Vector(" ".join(CARD[i : i + 4] for i in range(0, 23, 4)).lower(), "card", CARD),
    Vector("]C1" + SPREAD, "ean", SPREAD),
    # A dead key lost the bracket of the mark.
    Vector("Q1" + CARD, "card", CARD),
    Vector("1" + CARD, "card", CARD),
    Vector("E0" + SPREAD, "ean", SPREAD),
    # Nothing legible was typed, but the keys are known.
    Vector("�" * 13, "ean", SPREAD, keys_of(SPREAD)),
    Vector("", "card", CARD, keys_of(CARD)),
    Vector("�" * 25, "card", CARD, ["BracketRight", "KeyQ", "Digit1", *keys_of(CARD)]),
    # Not ours: returned as it came.
    Vector("https://example.org/x", "text", "https://example.org/x"),
    Vector("3017620422004", "text", "3017620422004"),
    Vector("pommes", "text", "pommes"),
    Vector("", "text", ""),
]
