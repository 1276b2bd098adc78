"""Chance that always falls the same way: numbers drawn from a hash of a key.

The demo needs no secrets and no true randomness: it needs the same shop on every machine. A hash
of (key, counter) gives that whatever the Python version, and each subject has dice of its own,
so that a change to one member leaves the others as they were.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import TypeVar

T = TypeVar("T")

_WORDS = Struct("<16I")
"""A 64-byte digest read as sixteen numbers of 32 bits."""


class Dice:
    """A stream of whole numbers decided by its key."""

    __slots__ = ("_counter", "_key", "_numbers")

    def __init__(self, *key: str | int) -> None:
        self._key = "\x1f".join(map(str, key)).encode()
        self._counter = 0
        self._numbers: list[int] = []

    def below(self, bound: int) -> int:
        """Return a whole number from 0 to ``bound - 1``; ``bound`` is at most a million or so."""
        if not self._numbers:
            self._refill()
        return self._numbers.pop() * bound >> 32

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, per_mille: int) -> bool:
        """Return whether something happens that happens ``per_mille`` times in a thousand."""
        return self.below(1000) < per_mille

    def pick(self, things: Sequence[T]) -> T:
        """Return one of ``things``, each as likely as the others."""
        return things[self.below(len(things))]

    def weighted(self, cumulative: Sequence[int]) -> int:
        """Return an index, drawn by weight. ``cumulative`` is running totals, the last above 0."""
        return bisect_right(cumulative, self.below(cumulative[-1]))

    def _refill(self) -> None:
        block = self._key + self._counter.to_bytes(8, "little")
        self._numbers.extend(_WORDS.unpack(blake2b(block).digest()))
        self._counter += 1
