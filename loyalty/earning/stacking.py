"""Which of the rules and promotions that fire are let through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from loyalty.earning.granting import (
    Counted,
    factors,
    matched_lines,
    offer_factors,
    spread_points,
)
from loyalty.earning.multiplying import increments
from loyalty.earning.portions import LineEarning, total
from loyalty.earning.rounding import granted_values, whole_points
from loyalty.programme import EarnRule, Programme, Together
from loyalty.values import EffectKind, PointsEffect, SaleLine

Fires = tuple[EarnRule, list[LineEarning]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The grants that stand, and the multiplying rules that may work on them, in their turn."""

    grants: tuple[Fires, ...]
    multipliers: tuple[EarnRule, ...]


def stand(
    programme: Programme,
    grants: Sequence[Fires],
    multipliers: Sequence[EarnRule],
    counted: Counted,
) -> Standing:
    """Return which of the rules that fire stand: all, an exclusive one, or the best."""
    if alone := _exclusive([rule for rule, _ in grants]):
        return stack_exclusive(grants, alone)
    if only := _exclusive(multipliers):
        multipliers = [only]
    if programme.stacking.rules is Together.BEST_OF:
        grants = _best_grants(programme, grants)
        given = [row for _, rows in grants for row in rows]
        multipliers = _best_multiplier(programme, multipliers, given, counted)
    turns = sorted(multipliers, key=lambda rule: -rule.priority)
    return Standing(tuple(grants), tuple(turns))


def stack_exclusive(grants: Sequence[Fires], alone: EarnRule) -> Standing:
    """Let an exclusive rule stand alone: no other grant and no multiplier beside it."""
    return Standing(tuple(one for one in grants if one[0] is alone), ())


def promotions(
    programme: Programme,
    effects: Sequence[PointsEffect],
    lines: Sequence[SaleLine],
    given: Sequence[LineEarning],
) -> tuple[PointsEffect, ...]:
    """Return the offers' points that are let through, in an order of their own.

    ``best_of`` keeps the one that would give most by itself, ``most_recent`` the one that was
    created last.
    """
    order = sorted(effects, key=_own_order)
    rule = programme.stacking.promotions
    if len(order) < 2 or rule not in {Together.BEST_OF, Together.MOST_RECENT}:  # noqa: PLR2004 - one needs no choice
        return tuple(order)
    if rule is Together.BEST_OF:
        worth = {one.offer_id: alone_worth(programme, one, lines, given) for one in order}
        return (max(order, key=lambda one: worth[one.offer_id]),)
    newest = max((one.created for one in order if one.created is not None), default=None)
    return (max((one for one in order if one.created == newest), key=lambda one: one.slug),)


def alone_worth(
    programme: Programme,
    effect: PointsEffect,
    lines: Sequence[SaleLine],
    given: Sequence[LineEarning],
) -> int:
    """Return the points that an offer adds to ``given`` when it is the only one."""
    plan, together = programme.rounding, programme.stacking.multipliers
    rows = [*given, *effect_rows(programme, effect, lines, given)]
    return sum(whole_points(rows, plan, together)) - sum(whole_points(given, plan, together))


def effect_rows(
    programme: Programme,
    effect: PointsEffect,
    lines: Sequence[SaleLine],
    given: Sequence[LineEarning],
) -> list[LineEarning]:
    """Return an offer's points, or its factors, line by line."""
    if effect.kind is EffectKind.MULTIPLIER:
        return offer_factors(effect, given)
    touched = [line for line in lines if line.line_no in effect.line_nos]
    assert touched, "an offer that gives points names the lines it gives them for"
    unit = effect.wallet or programme.default_wallet
    exact = effect.exact or (effect.points, 1)
    return spread_points(touched, effect.offer_id, exact, unit, is_offer=True)


def _own_order(effect: PointsEffect) -> tuple[bool, Fraction, str, str]:
    """Return where an offer stands: multipliers first, the largest first, then by name."""
    bonus = effect.kind is not EffectKind.MULTIPLIER
    return (bonus, -Fraction(*effect.multiply), effect.slug, effect.offer_id)


def _exclusive(rules: Sequence[EarnRule]) -> EarnRule | None:
    """Return the exclusive rule of highest priority, the first of equals."""
    exclusive = [rule for rule in rules if rule.exclusive]
    return max(exclusive, key=lambda rule: rule.priority) if exclusive else None


def _best_grants(programme: Programme, grants: Sequence[Fires]) -> list[Fires]:
    """Return, for each wallet, the grant that gives most after its own rounding."""
    best: dict[str, tuple[Fraction, int, Fires]] = {}
    for fires in grants:
        rule, rows = fires
        unit = rule.wallet or programme.default_wallet
        worth = Fraction(*total(granted_values(programme.rounding, rows)))
        if unit not in best or (worth, rule.priority) > best[unit][:2]:
            best[unit] = (worth, rule.priority, fires)
    return [fires for _, _, fires in best.values()]


def _best_multiplier(
    programme: Programme, rules: Sequence[EarnRule], given: Sequence[LineEarning], counted: Counted
) -> list[EarnRule]:
    """Return the multiplier that adds most to the grants that stand."""
    values = granted_values(programme.rounding, given)

    def adds(rule: EarnRule) -> tuple[Fraction, int]:
        rows = factors(rule, matched_lines(rule, counted), given)
        ratios = [*values, *((row.numerator, row.denominator) for row in rows)]
        worked = increments([*given, *rows], ratios, together=programme.stacking.multipliers)
        return Fraction(*total(worked[len(values) :])), rule.priority

    return [max(rules, key=adds)] if rules else []
