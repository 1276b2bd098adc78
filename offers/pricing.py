"""What offers take off, to the cent, and the points they give.

Money is in integer minor units. A percentage is rounded half up, on the discount, where the
offer's ``applies_to`` says: per unit, per line, or once for all its lines. One reduction on
several lines is shared by largest remainder over what is left of them, and each line's share is
split over its units the same way, so that a return later reads what each unit was worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.kernel.values import split_evenly
from loyalty.values import OfferShare, ShareScope
from offers.document import Amount, AppliesTo, Percent, PointsBonus, PointsMultiplier
from offers.document.shape import PPM, Per
from offers.eligibility import units
from offers.values import BasketLine

MILLI = 1000


@dataclass(frozen=True, slots=True)
class EarnRate:
    """What the programme earns by rate, and what a point is worth to who spends it.

    ``points`` per ``per_minor`` of money; ``worth_micro`` is the worth of one point in
    millionths of a minor unit (200 points for 1.00: 500,000).
    """

    points: int = 1
    per_minor: int = 100
    worth_micro: int = 500_000


@dataclass(slots=True)
class Till:
    """A line while offers are worked in: what is left of each of its units, and who took what."""

    line: BasketLine
    left: list[int]
    shares: list[OfferShare]

    @property
    def left_minor(self) -> int:
        """Return what is left to pay for the line."""
        return sum(self.left)

    def take(
        self, offer_id: str, unit_shares: Sequence[int], scope: ShareScope = ShareScope.LINE
    ) -> None:
        """Take an offer's part off each unit; what a unit has not got cannot be taken."""
        left = [value - share for value, share in zip(self.left, unit_shares, strict=True)]
        assert min(left) >= 0, "an offer took more than a unit was worth"
        if total := sum(unit_shares):
            self.left = left
            self.shares.append(OfferShare(offer_id, total, tuple(unit_shares), scope))


def open_till(line: BasketLine) -> Till:
    """Return a line with nothing taken off; its price is split over its units to the cent."""
    return Till(line, unit_values(line), [])


def unit_values(line: BasketLine) -> list[int]:
    """Return what each unit of the line costs; the cents that do not divide go to the first."""
    number = units(line)
    if line.unit_price_minor * number == line.gross_minor:
        return [line.unit_price_minor] * number
    return split_evenly(line.gross_minor, [1] * number)


def share_of(minor: int, rate_ppm: int) -> int:
    """Return ``rate_ppm`` parts per million of ``minor``, rounded half up to a minor unit."""
    return (2 * minor * rate_ppm + PPM) // (2 * PPM)


def unit_discounts(benefit: Percent | Amount, values: Sequence[int]) -> list[int]:
    """Return what a ``unit`` or ``line`` offer takes off each unit worth ``values``."""
    if benefit.applies_to is AppliesTo.UNIT:
        return [reduction(benefit, value) for value in values]
    total = sum(values)
    return split_evenly(reduction(benefit, total), list(values)) if total else [0] * len(values)


def line_discount(benefit: Percent | Amount, values: Sequence[int]) -> int:
    """Return what a ``unit`` or ``line`` offer takes off a line of units worth ``values``."""
    if benefit.applies_to is AppliesTo.UNIT:
        return sum(reduction(benefit, value) for value in values)
    return reduction(benefit, sum(values))


def reduction(benefit: Percent | Amount, left_minor: int) -> int:
    """Return what the benefit takes off one target worth ``left_minor``; never more than that."""
    if isinstance(benefit, Percent):
        return share_of(left_minor, benefit.rate_ppm)
    return min(benefit.amount_minor, left_minor)


def take_by_line(offer_id: str, benefit: Percent | Amount, tills: Sequence[Till]) -> int:
    """Work a ``unit`` or ``line`` offer into each of ``tills``; return the money taken off."""
    before = sum(till.left_minor for till in tills)
    for till in tills:
        till.take(offer_id, unit_discounts(benefit, till.left))
    return before - sum(till.left_minor for till in tills)


def take_once(offer_id: str, benefit: Percent | Amount, tills: Sequence[Till]) -> int:
    """Work one reduction into ``tills`` together; return the money taken off.

    Shared by largest remainder over what is left of the lines, ties to the first line.
    """
    whole = benefit.applies_to is AppliesTo.BASKET
    scope = ShareScope.BASKET if whole else ShareScope.LINE
    weights = [till.left_minor for till in tills]
    total = reduction(benefit, sum(weights))
    if not total:
        return 0
    for till, share in zip(tills, split_evenly(total, weights), strict=True):
        if share:
            till.take(offer_id, split_evenly(share, till.left), scope)
    return total


def points_given(
    benefit: PointsBonus | PointsMultiplier,
    own: Sequence[Till],
    every: Sequence[Till],
    rate: EarnRate,
) -> int:
    """Return the points an offer adds, rounded down once for the offer, to choose between offers.

    ``own`` are the eligible lines, ``every`` all goods. A multiplier counts what its lines
    earn by rate on what is paid for them: doubling adds once that much. What it really adds is
    worked out where the programme's other rules are known.
    """
    if isinstance(benefit, PointsMultiplier):
        tills = every if benefit.of_all_lines else own
        paid = sum(till.left_minor for till in tills)
        extra_milli = benefit.multiply_milli - 1000
        return extra_milli * rate.points * paid // (1000 * rate.per_minor)
    points, parts = bonus_points(benefit, own)
    return points // parts


def bonus_points(benefit: PointsBonus, own: Sequence[Till]) -> tuple[int, int]:
    """Return the points that a bonus gives for its eligible lines, as an exact fraction."""
    if benefit.per is Per.AMOUNT:
        assert benefit.per_minor, "the document names the amount"
        return benefit.points * sum(till.left_minor for till in own), benefit.per_minor
    counts: Mapping[Per, int] = {
        Per.UNIT: sum(till.line.quantity_milli for till in own),
        Per.LINE: len(own) * MILLI,
        Per.ORDER: MILLI,
    }
    return benefit.points * counts[benefit.per], MILLI
