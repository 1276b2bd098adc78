"""Which lines a rule looks at, and what it gives for each before any rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.earning.portions import (
    MILLI,
    LineEarning,
    Stage,
    Weight,
    half_up,
    times,
    total,
)
from loyalty.earning.visiting import Visit
from loyalty.kernel.values import split_evenly
from loyalty.programme import EarnRule, Multiplied, Per, Programme, Ratio
from loyalty.values import PointsEffect, SaleLine


@dataclass(frozen=True, slots=True)
class Counted:
    """The lines that may earn at all, and what of each does: as seen openly, and by a filter."""

    lines: tuple[SaleLine, ...]
    openly: tuple[Ratio, ...]
    filtered: tuple[Ratio, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """The lines of one rule with the part of their basis that counts for it."""

    lines: Sequence[SaleLine]
    amounts: Sequence[Ratio]


def counted_lines(programme: Programme, lines: Sequence[SaleLine], visit: Visit) -> Counted:
    """Return the lines that the programme's basis names, with what of each earns."""
    basis, redeemed = programme.basis, visit.redeemed
    kept = tuple(line for line in lines if line.kind in basis.kinds)
    openly = tuple(basis.of(one, redeemed_minor=redeemed.get(one.line_no, 0)) for one in kept)
    if basis.spread_basket_offers:
        return Counted(kept, openly, openly)
    filtered = tuple(
        basis.of(one, filtered=True, redeemed_minor=redeemed.get(one.line_no, 0)) for one in kept
    )
    return Counted(kept, openly, filtered)


def matched_lines(rule: EarnRule, counted: Counted) -> Matched:
    """Return the lines that ``rule`` looks at, whatever they come to."""
    if rule.match.is_open and rule.exclude.is_open:
        return Matched(counted.lines, counted.openly)
    kept = [number for number, line in enumerate(counted.lines) if rule.looks_at(line)]
    return Matched(
        [counted.lines[number] for number in kept], [counted.filtered[number] for number in kept]
    )


def reached(rule: EarnRule, matched: Matched) -> bool:
    """Tell whether there is a line, and the minimum is met; exactly the minimum is enough."""
    if not matched.lines:
        return False
    if not rule.minimum_basis_minor:
        return True
    amount, parts = total(matched.amounts)
    return amount >= rule.minimum_basis_minor * parts


def grants(rule: EarnRule, matched: Matched, unit: str) -> list[LineEarning]:
    """Return what a rule that fires gives for each of its lines, unrounded."""
    amounts = capped_basis(rule, matched.amounts)
    if rule.per is Per.AMOUNT:
        return _by_amount(rule, matched.lines, amounts, unit)
    stage = Stage.AFTER if rule.after_multipliers else Stage.GRANT
    if rule.per is Per.ORDER:
        shares = split_evenly(rule.points, _weights(amounts))
        return [
            LineEarning(
                line.line_no,
                rule.id,
                False,  # noqa: FBT003 - a row
                Weight.AMOUNT,
                half_up(amount),
                share,
                1,
                0,
                unit,
                stage,
            )
            for line, amount, share in zip(matched.lines, amounts, shares, strict=True)
        ]
    return [
        LineEarning(
            line_no=line.line_no,
            rule=rule.id,
            is_offer=False,
            weight=Weight.QUANTITY,
            basis_minor=half_up(amount),
            numerator=rule.points * (line.quantity_milli if rule.per is Per.UNIT else MILLI),
            denominator=MILLI,
            unit=unit,
            stage=stage,
        )
        for line, amount in zip(matched.lines, amounts, strict=True)
    ]


def capped_basis(rule: EarnRule, amounts: Sequence[Ratio]) -> Sequence[Ratio]:
    """Return how much of each line counts: a maximum caps the rule's basis, pro rata."""
    most = rule.maximum_basis_minor
    if most is None:
        return amounts
    whole = total(amounts)
    if whole[0] <= most * whole[1]:
        return amounts
    return [times(amount, (most * whole[1], whole[0])) for amount in amounts]


def room_of(rule: EarnRule, visit: Visit) -> int | None:
    """Return how many grains the rule may give at most here; ``None`` sets no limit."""
    limits = [most for most in (rule.limits.purchase, visit.room.get(rule.id)) if most is not None]
    return min(limits, default=None)


def capped(rows: list[LineEarning], room: int | None) -> list[LineEarning]:
    """Return ``rows`` cut down, pro rata, to the ``room`` that their rule has left."""
    if room is None or not rows:
        return rows
    given = total((row.numerator, row.denominator) for row in rows)
    if given[0] <= room * given[1]:
        return rows
    cut = (room * given[1], given[0])
    return [
        row._replace(numerator=row.numerator * cut[0], denominator=row.denominator * cut[1])
        for row in rows
    ]


def factors(rule: EarnRule, matched: Matched, given: Sequence[LineEarning]) -> list[LineEarning]:
    """Return the factor that a multiplying rule puts on each line that earned something."""
    assert rule.multiply is not None, "only multipliers come here"
    own = frozenset(line.line_no for line in matched.lines)
    lines = own if rule.of is Multiplied.OWN_LINES else None
    return _factors(given, rule.id, rule.multiply, lines, rule.wallet, is_offer=False)


def offer_factors(effect: PointsEffect, given: Sequence[LineEarning]) -> list[LineEarning]:
    """Return the factor that an offer puts on each line that earned something."""
    lines = frozenset(effect.line_nos) if effect.own_lines else None
    name, factor = effect.offer_id, effect.multiply
    return _factors(given, name, factor, lines, effect.wallet, is_offer=True)


def spread_points(
    lines: Sequence[SaleLine], rule: str, exact: Ratio, unit: str, *, is_offer: bool
) -> list[LineEarning]:
    """Return points spread over lines by what is paid for them: whole points stay whole."""
    weights = [line.paid_minor for line in lines]
    if exact[0] % exact[1] == 0:
        shares: list[Ratio] = [(n, 1) for n in split_evenly(exact[0] // exact[1], weights)]
    else:
        weights = weights if any(weights) else [1] * len(weights)
        shares = [times(exact, (weight, sum(weights))) for weight in weights]
    return [
        LineEarning(
            line_no=line.line_no,
            rule=rule,
            is_offer=is_offer,
            weight=Weight.AMOUNT,
            basis_minor=line.paid_minor,
            numerator=share[0],
            denominator=share[1],
            unit=unit,
            stage=Stage.BONUS,
        )
        for line, share in zip(lines, shares, strict=True)
    ]


def _by_amount(
    rule: EarnRule, lines: Sequence[SaleLine], amounts: Sequence[Ratio], unit: str
) -> list[LineEarning]:
    """Return ``points`` for every ``amount`` of each line; no amount earns nothing."""
    if rule.amount_minor == 0:
        return []
    name, points, per = rule.id, rule.points, rule.amount_minor
    stage = Stage.AFTER if rule.after_multipliers else Stage.RATE
    return [
        LineEarning(
            line.line_no,
            name,
            False,  # noqa: FBT003 - a row, written thousands of times
            Weight.AMOUNT,
            amount if parts == 1 else half_up((amount, parts)),
            points * amount,
            per * parts,
            0,
            unit,
            stage,
        )
        for line, (amount, parts) in zip(lines, amounts, strict=True)
        if amount
    ]


def _factors(
    given: Sequence[LineEarning],
    name: str,
    factor: Ratio,
    own_lines: frozenset[int] | None,
    wallet: str,
    *,
    is_offer: bool,
) -> list[LineEarning]:
    """Return a factor for each wallet and line that has something to multiply.

    ``own_lines`` are multiplied where they earned by rate; ``None`` stands for everything.
    """
    wanted = {Stage.RATE} if own_lines is not None else {Stage.RATE, Stage.GRANT}
    found: dict[tuple[str, int], int] = {}
    for one in given:
        if one.stage not in wanted or (wallet and one.unit != wallet):
            continue
        if own_lines is None or one.line_no in own_lines:
            key = (one.unit, one.line_no)
            found[key] = max(found.get(key, 0), one.basis_minor)
    return [
        LineEarning(
            line_no=line_no,
            rule=name,
            is_offer=is_offer,
            weight=Weight.AMOUNT,
            basis_minor=basis_minor,
            numerator=factor[0],
            denominator=factor[1],
            unit=unit,
            stage=Stage.ALL if own_lines is None else Stage.OWN,
        )
        for (unit, line_no), basis_minor in found.items()
    ]


def _weights(amounts: Sequence[Ratio]) -> list[int]:
    """Return whole weights in proportion to ``amounts``, close enough to share points by."""
    return [half_up(amount) for amount in amounts]
