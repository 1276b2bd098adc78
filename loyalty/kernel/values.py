"""Values that every package uses, and the guard that keeps numbers whole.

Units live in names (``_minor``, ``points``, ``quantity_milli``, ``tax_bp``); the numbers
themselves are plain ``int``. See ``docs/decisions/0004-units-in-names.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_WHOLE = 10**15
"""The largest amount that any field accepts: far below 2**63, far above any real balance."""

T = TypeVar("T")


def whole(value: object, what: str, *, at_least: int = -MAX_WHOLE, at_most: int = MAX_WHOLE) -> int:
    """Return ``value`` when it is an ``int`` in range; refuse floats, bools and text.

    Raises:
        TypeError: the value is not a whole number; a programmer's mistake, not a member's.
        ValueError: it is outside ``at_least`` .. ``at_most``.
    """
    if type(value) is not int:
        message = f"{what} must be a whole number, not {value!r}"
        raise TypeError(message)
    if not at_least <= value <= at_most:
        message = f"{what} must lie between {at_least} and {at_most}, not {value}"
        raise ValueError(message)
    return value


def split_evenly(amount: int, weights: list[int]) -> list[int]:
    """Share ``amount`` in proportion to ``weights``, to the unit: the shares add up to it.

    Shares are rounded down, then one unit each goes to the largest remainders, ties to the
    first. When every weight is zero they count as equal; a negative amount mirrors the positive.
    """
    if amount < 0:
        return [-share for share in split_evenly(-amount, weights)]
    if not weights:
        return []
    if not any(weights):
        weights = [1] * len(weights)
    total = sum(weights)
    shares = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    short = amount - sum(shares)
    for index in sorted(range(len(weights)), key=lambda i: -remainders[i])[:short]:
        shares[index] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a longer list. ``after`` asks for the next ones; ``None`` at the end."""

    items: tuple[T, ...]
    after: str | None = None
