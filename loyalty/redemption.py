"""Points against money: how many may be used, and what they are worth.

Limits are looked at in this order: the programme's maximum and its share of the basket, what is
due, the balance, the step, the minimum. Never more is taken than is due, and all points are cut to
what every limit allows. Of an amount that is asked only a short balance may be cut, where the
programme clamps; any other limit refuses it.
"""

from __future__ import annotations

from collections.abc import Callable

from loyalty.programme import Redemption, WhenShort
from loyalty.values import Asked, Payable, Redeemed, Refusal

Fits = Callable[[int], bool]


def nothing_earned(value_minor: int) -> int:
    """Return that the purchase at hand adds no points that could be used at once."""
    del value_minor
    return 0


def settle_redemption(
    rule: Redemption,
    asked: Asked,
    *,
    usable: int,
    payable: Payable | None = None,
    earned: Callable[[int], int] = nothing_earned,
) -> Redeemed | Refusal:
    """Return how many grains are used and what they pay, or why none are.

    ``usable`` is what the wallet has to spend; ``payable`` the basket, ``None`` outside a sale.
    ``earned`` tells what the purchase earns when so many minor units are paid with points; it
    counts only where the programme lets points of the current purchase be used.
    """
    till = _Till(rule, payable)

    def covered(points: int) -> bool:
        extra = earned(till.value(points)) if rule.current_purchase_usable else 0
        return points <= usable + extra

    clamps = asked.all_points or rule.when_short is WhenShort.CLAMP
    highest = usable + earned(0) if rule.current_purchase_usable else usable
    wanted = highest if asked.all_points else _asked_for(till, asked)
    refused = None if asked.all_points else _refused(rule, till, wanted)
    if refused is not None:
        return refused
    if wanted < rule.minimum:
        return Refusal("below-minimum", rule.minimum)
    if not clamps and not covered(needed := till.cut_to_due(wanted)):
        return Refusal("not-enough-points", needed)
    if clamps:
        wanted = _largest(rule, wanted, lambda points: till.allows(points) and covered(points))
    points = till.cut_to_due(wanted)
    if points < rule.minimum:
        return Refusal("below-minimum", rule.minimum)
    if rule.refuse_other_cost and asked.till_cost not in {None, points}:
        return Refusal("cost-different", points)
    return Redeemed(points, till.value(points), rule.wallet)


def _asked_for(till: _Till, asked: Asked) -> int:
    """Return the points that are asked for, by their number or by the money they are worth."""
    return asked.points or 0 if asked.value_minor is None else till.points_for(asked.value_minor)


class _Till:
    """What points come to at a basket, tax included."""

    def __init__(self, rule: Redemption, payable: Payable | None) -> None:
        """Look at a basket with the programme's rule."""
        self.rule = rule
        self.payable = payable

    def value(self, points: int) -> int:
        """Return by how much ``points`` lower what is due, in minor units.

        Where a point is worth net money, the tax on it is spread over the basket's rates: what
        comes off is the same part of the gross total as of the net one, rounded half up.
        """
        worth = self.rule.value_of(points)
        basket = self.payable
        if not self.rule.value_is_net or basket is None or basket.net_minor <= 0:
            return worth
        total, net = worth * basket.total_minor, basket.net_minor
        return (2 * total + net) // (2 * net)

    def points_for(self, minor: int) -> int:
        """Return the fewest points worth so much of what is due, in whole steps where they can."""
        rule, basket = self.rule, self.payable
        minor = minor if basket is None else min(minor, basket.due_minor)
        most = -(-minor * rule.points // rule.value_minor) if rule.value_minor else 0
        points = _smallest(most, lambda some: self.value(some) >= minor)
        stepped = -(-points // max(1, rule.step)) * max(1, rule.step)
        return stepped if self.value(stepped) <= minor else points

    def allows(self, points: int) -> bool:
        """Tell whether the programme's maximum and its share of the basket leave room."""
        rule, basket = self.rule, self.payable
        if rule.maximum is not None and points > rule.maximum:
            return False
        if rule.maximum_share is None or basket is None:
            return True
        number, below = rule.maximum_share
        return self.value(points) * below <= basket.total_minor * number

    def cut_to_due(self, points: int) -> int:
        """Return the points that still pay something: no more than the money that is due.

        Of several amounts that pay the same, the smallest: no point is lost to rounding.
        """
        basket = self.payable
        if basket is None or self.value(points) <= basket.due_minor:
            return points
        most = _largest(self.rule, points, lambda some: self.value(some) <= basket.due_minor)
        paid = self.value(most)
        step = max(1, self.rule.step)
        return -(-_smallest(most, lambda some: self.value(some) >= paid) // step) * step


def _refused(rule: Redemption, till: _Till, points: int) -> Refusal | None:
    """Return why exactly ``points`` cannot be used, whatever the balance.

    Only a short balance clamps: a step, maximum, share or minimum refuses in either position.
    """
    if points < rule.minimum:
        return Refusal("below-minimum", rule.minimum)
    if rule.step > 1 and points % rule.step:
        return Refusal("not-a-step", rule.step)
    if not till.allows(points):
        return Refusal("above-maximum", _largest(rule, points, till.allows))
    return None


def _largest(rule: Redemption, most: int, fits: Fits) -> int:
    """Return the largest multiple of the step up to ``most`` that fits; zero always does."""
    step = max(1, rule.step)
    low, high = 0, max(0, most) // step
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle * step):
            low = middle
        else:
            high = middle - 1
    return low * step


def _smallest(most: int, fits: Fits) -> int:
    """Return the smallest number up to ``most`` that fits; ``most`` itself does."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return low
