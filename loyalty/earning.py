"""What a sale earns: pure, exact, and kept line by line so that a return can undo it.

Points stay fractions until the programme's rounding says otherwise. The preset rounds the order's
total down, once, so that cutting a basket into receipts never earns more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import TypeAlias

from loyalty.kernel.values import split_evenly
from loyalty.programme import Basis, EarnRule, Per, Programme, RoundingPlan
from loyalty.values import Earned, Fired, PointsEffect, SaleLine

MILLI = 1000
Ratio: TypeAlias = tuple[int, int]
"""An exact fraction of a point: numerator and denominator, not necessarily in lowest terms."""


class Weight(StrEnum):
    """By what a line's points go back when part of the line does."""

    AMOUNT = "amount"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class LineEarning:
    """What one rule or offer gives for one line, before rounding: ``numerator / denominator``.

    ``points`` is the line's share of the whole points, for showing; the fractions are the truth.
    """

    line_no: int
    rule: str
    is_offer: bool
    weight: Weight
    basis_minor: int
    numerator: int
    denominator: int
    points: int = 0

    @property
    def raw(self) -> Fraction:
        """Return the points before rounding."""
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Earning:
    """The points of a sale and where each comes from."""

    earned: Earned
    lines: tuple[LineEarning, ...]


def earn(
    programme: Programme,
    lines: Sequence[SaleLine],
    *,
    on: date,
    effects: Sequence[PointsEffect] = (),
) -> Earning:
    """Return what ``lines`` earn on the local day ``on``, offers' points included."""
    fractions: list[LineEarning] = []
    for rule in programme.earn:
        if rule.holds_on(on):
            fractions.extend(_by_rule(rule, programme.basis, lines))
    by_rule = whole_points(fractions, programme.rounding)
    shown = _share_out(fractions, by_rule)
    for effect in effects:
        shown.extend(_by_offer(effect, lines))
    fired = _fired(shown, {effect.offer_id: effect.label for effect in effects})
    return Earning(Earned(sum(one.points for one in fired), fired), tuple(shown))


def whole_points(fractions: Sequence[LineEarning], plan: RoundingPlan) -> dict[str, int]:
    """Return the whole points of each rule; together they are the rounded total.

    Stages round in this order: each line of a rule, each rule, the order. What the order's rounding
    cuts off is shared by largest remainder, so that the rules still add up.
    """
    sums: dict[str, Ratio] = {}
    for one in fractions:
        raw = (one.numerator, one.denominator)
        if plan.per_line:
            raw = (plan.per_line.whole(*raw), 1)
        sums[one.rule] = add(sums[one.rule], raw) if one.rule in sums else raw
    if plan.per_rule:
        sums = {rule: (plan.per_rule.whole(*raw), 1) for rule, raw in sums.items()}
    total_raw: Ratio = (0, 1)
    for raw in sums.values():
        total_raw = add(total_raw, raw)
    total = plan.per_order.whole(*total_raw) if plan.per_order else total_raw[0] // total_raw[1]
    return dict(zip(sums, _apportion(total, list(sums.values())), strict=True))


def add(one: Ratio, other: Ratio) -> Ratio:
    """Return the exact sum of two ratios; whole numbers only, and fast for like denominators."""
    if one[1] == other[1]:
        return one[0] + other[0], one[1]
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def _by_rule(rule: EarnRule, basis: Basis, lines: Sequence[SaleLine]) -> list[LineEarning]:
    """Return what ``rule`` gives for each line that it looks at."""
    counted = [line for line in lines if line.kind in basis.kinds and rule.looks_at(line)]
    amounts = [basis.of(line) for line in counted]
    total = sum(amounts)
    if not counted or total < rule.minimum_basis_minor:
        return []
    if rule.maximum_basis_minor is not None and total > rule.maximum_basis_minor:
        amounts = split_evenly(rule.maximum_basis_minor, amounts)
    if rule.per is Per.AMOUNT:
        return _by_amount(rule, counted, amounts)
    if rule.per is Per.ORDER:
        shares = split_evenly(rule.points, amounts)
        return [
            LineEarning(line.line_no, rule.id, False, Weight.AMOUNT, amount, share, 1)  # noqa: FBT003 - a row
            for line, amount, share in zip(counted, amounts, shares, strict=True)
        ]
    return [
        LineEarning(
            line_no=line.line_no,
            rule=rule.id,
            is_offer=False,
            weight=Weight.QUANTITY,
            basis_minor=amount,
            numerator=rule.points * (line.quantity_milli if rule.per is Per.UNIT else MILLI),
            denominator=MILLI,
        )
        for line, amount in zip(counted, amounts, strict=True)
    ]


def _by_amount(
    rule: EarnRule, lines: Sequence[SaleLine], amounts: Sequence[int]
) -> list[LineEarning]:
    """Return ``points`` for every ``amount`` of each line; no amount earns nothing."""
    if rule.amount_minor == 0:
        return []
    return [
        LineEarning(
            line_no=line.line_no,
            rule=rule.id,
            is_offer=False,
            weight=Weight.AMOUNT,
            basis_minor=amount,
            numerator=rule.points * amount,
            denominator=rule.amount_minor,
        )
        for line, amount in zip(lines, amounts, strict=True)
        if amount
    ]


def _by_offer(effect: PointsEffect, lines: Sequence[SaleLine]) -> list[LineEarning]:
    """Return an offer's points spread over the lines that it touches, to the point."""
    touched = [line for line in lines if line.line_no in effect.line_nos]
    assert touched, "an offer that gives points names the lines it gives them for"
    shares = split_evenly(effect.points, [line.paid_minor for line in touched])
    return [
        LineEarning(
            line_no=line.line_no,
            rule=effect.offer_id,
            is_offer=True,
            weight=Weight.AMOUNT,
            basis_minor=line.paid_minor,
            numerator=share,
            denominator=1,
            points=share,
        )
        for line, share in zip(touched, shares, strict=True)
    ]


def _share_out(fractions: Sequence[LineEarning], by_rule: dict[str, int]) -> list[LineEarning]:
    """Return the same rows with each rule's whole points shared over its lines."""
    shown: list[LineEarning] = []
    for rule, points in by_rule.items():
        rows = [one for one in fractions if one.rule == rule]
        ratios = [(one.numerator, one.denominator) for one in rows]
        for row, share in zip(rows, _apportion(points, ratios), strict=True):
            shown.append(
                LineEarning(
                    row.line_no,
                    rule,
                    row.is_offer,
                    row.weight,
                    row.basis_minor,
                    row.numerator,
                    row.denominator,
                    share,
                )
            )
    return shown


def _apportion(total: int, weights: list[Ratio]) -> list[int]:
    """Return whole shares of ``total`` by largest remainder, in proportion to ``weights``."""
    if len(weights) == 1:
        return [total]
    scale = lcm(*(denominator for _, denominator in weights))
    return split_evenly(total, [number * (scale // below) for number, below in weights])


def _fired(rows: Sequence[LineEarning], labels: dict[str, str]) -> tuple[Fired, ...]:
    """Return one entry for each rule or offer, in the order in which they stand."""
    order = dict.fromkeys(row.rule for row in rows)
    return tuple(
        Fired(
            rule=rule,
            points=sum(row.points for row in rows if row.rule == rule),
            basis_minor=sum(row.basis_minor for row in rows if row.rule == rule),
            line_nos=tuple(row.line_no for row in rows if row.rule == rule),
            label=labels.get(rule, ""),
        )
        for rule in order
    )
