"""From unrounded portions to whole points: the stages of a purchase, and of what is kept of it.

1 each rule over its lines, then each line over its rules is rounded · 2 factors multiply the
grants · 3 the multiplied total is rounded · 4 grants after multipliers and offers' bonuses are
added · 5 the order is rounded, and whatever fraction is left is cut off, since nothing is finer
than the wallet's grain. A stage that the programme does not name keeps its fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loyalty.earning.multiplying import increments
from loyalty.earning.portions import FACTORS, LineEarning, Stage, apportion, times, total
from loyalty.programme import Multipliers, Ratio, Rounding, RoundingPlan

_GRANTED = frozenset({Stage.RATE, Stage.GRANT, Stage.AFTER})
_TOTALLED = frozenset({Stage.RATE, Stage.GRANT, Stage.ALL, Stage.OWN})


def whole_points(
    rows: Sequence[LineEarning],
    plan: RoundingPlan,
    together: Multipliers = Multipliers.MULTIPLY,
) -> list[int]:
    """Return the whole points of each of ``rows``; wallet by wallet they are the rounded total."""
    points = [0] * len(rows)
    for unit in dict.fromkeys(row.unit for row in rows):
        numbers = [number for number, row in enumerate(rows) if row.unit == unit]
        some = rows if len(numbers) == len(rows) else [rows[number] for number in numbers]
        for number, share in zip(numbers, _one_wallet(some, plan, together), strict=True):
            points[number] = share
    return points


def exact_values(rows: Sequence[LineEarning], together: Multipliers) -> list[Ratio]:
    """Return what each of ``rows`` gives before any rounding, factors as what they add."""
    values: list[Ratio] = [(row.numerator, row.denominator) for row in rows]
    return increments(rows, values, together=together)


def granted_values(plan: RoundingPlan, rows: Sequence[LineEarning]) -> list[Ratio]:
    """Return what each row grants once its rule and its line are rounded; factors as they are.

    A rule's total over its lines is rounded, then a line's total over its rules; what is added
    after multipliers is a total of its own, since what comes before it is still multiplied.
    """
    values: list[Ratio] = [(row.numerator, row.denominator) for row in rows]
    if plan.per_rule:
        for numbers in _by_rule(rows).values():
            if rows[numbers[0]].stage not in FACTORS:
                _round_together(values, numbers, plan.per_rule)
    if plan.per_line:
        for numbers in _by_line(rows).values():
            _round_together(values, numbers, plan.per_line)
    return values


def whole_total(
    rows: Sequence[LineEarning],
    plan: RoundingPlan,
    together: Multipliers = Multipliers.MULTIPLY,
) -> int:
    """Return what ``whole_points`` of the rows of one wallet adds up to, without sharing it out."""
    mode = plan.per_order or Rounding.FLOOR
    return mode.whole(*total(_values(rows, plan, together))) if rows else 0


def _one_wallet(
    rows: Sequence[LineEarning], plan: RoundingPlan, together: Multipliers
) -> list[int]:
    values = _values(rows, plan, together)
    groups = list(_by_rule(rows).values())
    return _share_out(values, groups, plan.per_order or Rounding.FLOOR)


def _values(rows: Sequence[LineEarning], plan: RoundingPlan, together: Multipliers) -> list[Ratio]:
    """Return what each row of one wallet comes to before the order is rounded."""
    values = granted_values(plan, rows)
    if any(row.stage in FACTORS for row in rows):
        values = increments(rows, values, together=together)
    if plan.multiplied_total:
        numbers = [number for number, row in enumerate(rows) if row.stage in _TOTALLED]
        _round_together(values, numbers, plan.multiplied_total)
    return values


def _by_rule(rows: Iterable[LineEarning]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row.rule, []).append(number)
    return groups


def _by_line(rows: Sequence[LineEarning]) -> dict[tuple[int, bool], list[int]]:
    """Return what rules grant to each line, before the multipliers and after them."""
    groups: dict[tuple[int, bool], list[int]] = {}
    for number, row in enumerate(rows):
        if row.stage in _GRANTED:
            groups.setdefault((row.line_no, row.stage is Stage.AFTER), []).append(number)
    return groups


def _round_together(values: list[Ratio], numbers: list[int], mode: Rounding) -> None:
    """Round the sum of some values and share it over them, exactly in proportion."""
    sum_ = total(values[number] for number in numbers)
    whole = mode.whole(*sum_)
    if sum_[0] and (whole, 1) != sum_:
        cut = (whole * sum_[1], sum_[0])
        for number in numbers:
            values[number] = times(values[number], cut)


def _share_out(values: list[Ratio], groups: list[list[int]], mode: Rounding) -> list[int]:
    """Round the total, share it over the rules, and each rule's over its lines."""
    raws = [[values[number] for number in numbers] for numbers in groups]
    sums = [total(some) for some in raws]
    by_rule = apportion(mode.whole(*total(sums)), sums)
    points = [0] * len(values)
    for numbers, some, whole in zip(groups, raws, by_rule, strict=True):
        for number, share in zip(numbers, apportion(whole, some), strict=True):
            points[number] = share
    return points
