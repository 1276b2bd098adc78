"""What one rule or offer gives for one line, and exact sums and shares of such portions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from loyalty.programme import Ratio

MILLI = 1000
ZERO: Ratio = (0, 1)
_MOST = 2**62
_FINEST = 10**9


class Weight(StrEnum):
    """By what a line's points go back when part of the line does."""

    AMOUNT = "amount"
    QUANTITY = "quantity"


class Stage(StrEnum):
    """What a portion is: a grant, a factor on the line's grants, or added after all factors.

    ``RATE`` grants are points per amount: they alone are multiplied by a factor of ``OWN`` lines.
    """

    RATE = "rate"
    GRANT = "grant"
    ALL = "all"
    OWN = "own"
    AFTER = "after"
    BONUS = "bonus"


MULTIPLIED = frozenset({Stage.RATE, Stage.GRANT})
FACTORS = frozenset({Stage.ALL, Stage.OWN})


class LineEarning(NamedTuple):
    """What one rule or offer gives for one line, before rounding: ``numerator / denominator``.

    They are grains of ``unit``, or the factor of a multiplier. ``points`` is the line's share of
    the whole points, for showing; the fractions are the truth.
    """

    line_no: int
    rule: str
    is_offer: bool
    weight: Weight
    basis_minor: int
    numerator: int
    denominator: int
    points: int = 0
    unit: str = "points"
    stage: Stage = Stage.GRANT

    @property
    def raw(self) -> Fraction:
        """Return the points, or the factor, before rounding."""
        return Fraction(self.numerator, self.denominator)


def fitted(row: LineEarning) -> LineEarning:
    """Return ``row`` with a fraction that can be stored; hardly any has to be touched."""
    if row.numerator <= _MOST and row.denominator <= _MOST:
        return row
    near = row.raw
    if max(near.numerator, near.denominator) > _MOST:
        near = near.limit_denominator(_FINEST)
    return row._replace(numerator=near.numerator, denominator=near.denominator)


def add(one: Ratio, other: Ratio) -> Ratio:
    """Return the exact sum of two ratios; whole numbers only, and fast for like denominators."""
    if one[1] == other[1]:
        return one[0] + other[0], one[1]
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def total(ratios: Iterable[Ratio]) -> Ratio:
    """Return the exact sum of ``ratios``."""
    sum_ = ZERO
    for one in ratios:
        sum_ = add(sum_, one)
    return sum_


def times(one: Ratio, other: Ratio) -> Ratio:
    """Return the exact product of two ratios."""
    return one[0] * other[0], one[1] * other[1]


def half_up(ratio: Ratio) -> int:
    """Return the nearest whole number; exactly half goes up."""
    return (2 * ratio[0] + ratio[1]) // (2 * ratio[1])


def apportion(whole: int, ratios: Sequence[Ratio]) -> list[int]:
    """Return whole numbers near ``ratios`` that add up to ``whole``, which is near their sum.

    Each is rounded down, then one each goes to the largest remainders, ties to the first.
    """
    if len(ratios) == 1:
        return [whole]
    shares = [numerator // denominator for numerator, denominator in ratios]
    short = whole - sum(shares)
    if short:
        scale = lcm(*(denominator for _, denominator in ratios))
        left = [number % below * (scale // below) for number, below in ratios]
        order = sorted(range(len(shares)), key=lambda i: -left[i])
        every, rest = divmod(short, len(shares))
        for position, index in enumerate(order):
            shares[index] += every + (position < rest)
    return shares
