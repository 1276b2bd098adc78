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


def split_from_first(amount: int, weights: list[int]) -> list[int]:
    """Share ``amount`` as ``split_evenly`` does, but give what is missing to the first ones.

    Shares are rounded down; then one unit each from the first on, passing over weights of zero.
    """
    if amount < 0:
        return [-share for share in split_from_first(-amount, weights)]
    weights = weights if any(weights) else [1] * len(weights)
    total = sum(weights)
    shares = [amount * weight // total for weight in weights]
    short = amount - sum(shares)
    for index in [i for i, weight in enumerate(weights) if weight][:short]:
        shares[index] += 1
    return shares


def split_to_last(amount: int, weights: list[int], *, half_even: bool = False) -> list[int]:
    """Share ``amount`` as ``split_evenly`` does, but give the last one what the others left.

    Every other share is rounded to the nearest unit: a half goes up, or to the even one. The last
    is the last whose weight is not zero.
    """
    if amount < 0:
        return [-share for share in split_to_last(-amount, weights, half_even=half_even)]
    weights = weights if any(weights) else [1] * len(weights)
    total = sum(weights)
    shares = []
    for weight in weights:
        whole, rest = divmod(amount * weight, total)
        tie = 2 * rest == total and half_even
        shares.append(whole + (whole % 2 if tie else 2 * rest >= total))
    last = max((i for i, weight in enumerate(weights) if weight), default=None)
    if last is not None:
        shares[last] += amount - sum(shares)
    return shares


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a longer list. ``after`` asks for the next ones; ``None`` at the end."""

    items: tuple[T, ...]
    after: str | None = None
