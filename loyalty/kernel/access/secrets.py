"""Passwords and PINs: hashed with argon2id, never stored, never logged."""

from __future__ import annotations

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from loyalty.kernel.access.errors import WeakSecret

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
_PIN = re.compile(r"[0-9]{6,12}")
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Source: OWASP password storage, argon2id with 19 MiB, two passes, one lane."""


def hash_password(password: str) -> str:
    """Return the hash to store.

    Raises:
        WeakSecret: shorter than 12 characters, or longer than 128.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakSecret
    return _hasher.hash(password)


def hash_pin(pin: str) -> str:
    """Return the hash to store.

    Raises:
        WeakSecret: not 6 to 12 digits, or all the same digit.
    """
    if not _PIN.fullmatch(pin) or len(set(pin)) == 1:
        raise WeakSecret
    return _hasher.hash(pin)


def matches(stored: str | None, typed: str) -> bool:
    """Tell whether ``typed`` is the secret. Takes as long for somebody unknown (``None``)."""
    try:
        _hasher.verify(stored or _nobody(), typed)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    """Return a hash that nobody has, so that an unknown name costs the same time."""
    return _hasher.hash("nobody has this password")
