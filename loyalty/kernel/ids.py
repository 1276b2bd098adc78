"""Identifiers, made by us before the row exists.

``mbr_01k9x3m2q7...``: a prefix that tells what it is, then 26 letters of lower-case Crockford
base 32: 48 bits of milliseconds, so that ids sort by age, and 80 random bits.
"""

from __future__ import annotations

import secrets
from datetime import datetime

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_BITS, _RANDOM_BITS = 48, 80


def new_id(prefix: str, now: datetime) -> str:
    """Return a fresh identifier for a thing made at ``now``."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << _TIME_BITS) - 1)
    number = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return f"{prefix}_{_spell(number, 26)}"


def oldest_id(prefix: str, at: datetime) -> str:
    """Return what sorts before every identifier of a thing made at or after ``at``."""
    milliseconds = max(0, int(at.timestamp() * 1000))
    return f"{prefix}_{_spell(milliseconds << _RANDOM_BITS, 26)}"


def _spell(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        letters.append(_LETTERS[number & 31])
        number >>= 5
    return "".join(reversed(letters))
