"""What a purchase still earns after what came back so far, by the programme's policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loyalty.earning import LineEarning, Stage, Weight, apportion, total, whole_points
from loyalty.programme import EarnedBack, Programme, Ratio, Rounding, RoundingPlan
from loyalty.returning.goods import Back, SoldLine, paid_for, refunded

Kept = dict[tuple[str, str], int]
"""Whole points still earned, by wallet and rule."""


def earned_kept(
    policy: EarnedBack,
    lines: Mapping[int, SoldLine],
    rows: Sequence[LineEarning],
    back: Back,
    programme: Programme,
) -> Kept:
    """Return what is still earned; nothing when everything has come back.

    ``per_line`` puts what is kept of each line through the same stages as the purchase: what
    fired then stands. ``pro_rata_amount`` keeps the part of the points that is the part of the
    money kept, whichever line had earned them. ``whole_once`` keeps nothing after the first return.

    Where rules and lines are both rounded, fewer articles could come to more points. What each line
    got then falls with what is kept of it, so that a return never gives.
    """
    whole = _by_rule(rows, [row.points for row in rows])
    if back.is_empty:
        return whole
    if policy is EarnedBack.WHOLE_ONCE:
        return dict.fromkeys(whole, 0)
    if policy is EarnedBack.PRO_RATA_AMOUNT:
        return _pro_rata(whole, kept_part(lines, back), last_mode(programme.rounding))
    if programme.rounding.per_rule and programme.rounding.per_line:
        return _line_by_line(lines, rows, back, last_mode(programme.rounding))
    kept = [_kept(lines[row.line_no], row, back) for row in rows]
    points = whole_points(kept, programme.rounding, programme.stacking.multipliers)
    return _by_rule(kept, points)


def kept_part(lines: Mapping[int, SoldLine], back: Back) -> Ratio:
    """Return the part of the money kept, over the lines that count for earning."""
    counting = [line for line in lines.values() if line.basis_minor] or list(lines.values())
    paid = sum(line.paid_minor for line in counting)
    if paid:
        return paid - sum(refunded(line, back) for line in counting), paid
    whole = sum(line.quantity_milli for line in counting)
    gone = sum(back.quantities.get(line.line_no, 0) for line in counting)
    return whole - gone, whole


def last_mode(plan: RoundingPlan) -> Rounding:
    """Return how the last stage rounds that the programme names; what is left is cut off."""
    stages = (plan.per_order, plan.multiplied_total, plan.per_rule, plan.per_line)
    return next((mode for mode in stages if mode is not None), Rounding.FLOOR)


def _pro_rata(whole: Kept, part: Ratio, mode: Rounding) -> Kept:
    """Return each wallet's points cut down to ``part`` and shared over its rules again."""
    kept: Kept = {}
    for unit in dict.fromkeys(unit for unit, _ in whole):
        rules = {key: points for key, points in whole.items() if key[0] == unit}
        left = mode.whole(sum(rules.values()) * part[0], part[1])
        raws = [(points * part[0], part[1]) for points in rules.values()]
        kept |= dict(zip(rules, apportion(left, raws), strict=True))
    return kept


def _line_by_line(
    lines: Mapping[int, SoldLine], rows: Sequence[LineEarning], back: Back, mode: Rounding
) -> Kept:
    """Return each wallet's points as every line keeps its part of what it got."""
    raws: dict[tuple[str, str], list[Ratio]] = {}
    for row in rows:
        left, whole = _part_left(lines[row.line_no], row, back)
        raws.setdefault((row.unit, row.rule), []).append((row.points * left, whole))
    sums = {key: total(some) for key, some in raws.items()}
    kept: Kept = {}
    for unit in dict.fromkeys(unit for unit, _ in sums):
        rules = {key: raw for key, raw in sums.items() if key[0] == unit}
        left = mode.whole(*total(rules.values()))
        kept |= dict(zip(rules, apportion(left, list(rules.values())), strict=True))
    return kept


def _kept(line: SoldLine, row: LineEarning, back: Back) -> LineEarning:
    """Return what is left of one rule's points for one line; a factor stays what it was."""
    if row.stage in {Stage.ALL, Stage.OWN}:
        return row
    left, whole = _part_left(line, row, back)
    return row._replace(numerator=row.numerator * left, denominator=row.denominator * whole)


def _part_left(line: SoldLine, row: LineEarning, back: Back) -> Ratio:
    """Return the part of a line that is kept, by what the rule counted of it."""
    money = line.paid_minor - refunded(line, back), line.paid_minor
    if row.weight is Weight.AMOUNT and line.paid_minor:
        return money
    gone = back.quantities.get(line.line_no, 0)
    left, whole = line.quantity_milli - gone, line.quantity_milli
    unpaid = line.paid_minor - paid_for(line, gone)
    if unpaid and line.line_no in back.amounts:
        return left * money[0], whole * unpaid
    return left, whole


def _by_rule(rows: Sequence[LineEarning], points: Sequence[int]) -> Kept:
    found: Kept = {}
    for row, share in zip(rows, points, strict=True):
        key = (row.unit, row.rule)
        found[key] = found.get(key, 0) + share
    return found
