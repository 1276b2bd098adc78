"""Why a purchase earned what it earned: what nearly fired, what was capped, what was rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loyalty.earning.granting import Counted, counted_lines, grants, matched_lines, reached
from loyalty.earning.missing import Near, near_misses
from loyalty.earning.portions import LineEarning, Stage, total
from loyalty.earning.rounding import exact_values
from loyalty.earning.visiting import Visit
from loyalty.programme import EarnRule, Per, Programme, Ratio
from loyalty.values import SaleLine


@dataclass(frozen=True, slots=True)
class Capped:
    """A rule that gave ``given`` grains of ``unit`` and would have given ``withheld`` more."""

    rule: str
    unit: str
    given: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Rounded:
    """What a wallet's points come to before any rounding, and after it."""

    unit: str
    exact: Ratio
    whole: int

    @property
    def changed(self) -> bool:
        """Tell whether rounding gave or took anything."""
        return self.exact[0] != self.whole * self.exact[1]


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands behind a purchase's points, besides the rules that fired."""

    near: tuple[Near, ...] = ()
    capped: tuple[Capped, ...] = ()
    rounded: tuple[Rounded, ...] = ()


def explain(
    programme: Programme,
    lines: Sequence[SaleLine],
    rows: Sequence[LineEarning],
    *,
    on: date,
    visit: Visit,
) -> Explained:
    """Return why ``lines`` earned ``rows`` and nothing else on the local day ``on``.

    What the sale decided stands: a rule that could fire and did not was displaced by another, or
    had nothing left to give.
    """
    fired = {row.rule for row in rows if not row.is_offer}
    ours = {rule.id for rule in programme.earn}
    if fired - ours:
        return Explained(rounded=_rounded(programme, rows))
    counted = counted_lines(programme, lines, visit)
    missed = {one.rule: one for one in near_misses(programme, lines, on=on, visit=visit)}
    near: list[Near] = []
    capped: list[Capped] = []
    for rule in programme.earn:
        if rule.per is Per.EVENT:
            continue
        if rule.id in fired:
            for one in _cap(programme, rule, counted, rows):
                if one.given:
                    capped.append(one)
                else:
                    near.append(Near(rule.id, "limit-reached", points=one.withheld))
        elif rule.id in missed:
            near.append(_worth(programme, rule, counted, missed[rule.id]))
        elif given := _would_give(programme, rule, counted):
            why = "limit-reached" if rule.limits.are_counted else _displaced(programme, fired)
            near.append(Near(rule.id, why, points=given))
        elif rule.multiply is not None and fired:
            near.append(Near(rule.id, _displaced(programme, fired)))
    return Explained(tuple(near), tuple(capped), _rounded(programme, rows))


def _worth(programme: Programme, rule: EarnRule, counted: Counted, near: Near) -> Near:
    """Return a near miss with the points that its lines would have brought."""
    if near.why != "below-minimum" or rule.multiply is not None:
        return near
    matched = matched_lines(rule, counted)
    unit = rule.wallet or programme.default_wallet
    given = total((row.numerator, row.denominator) for row in grants(rule, matched, unit))
    return Near(near.rule, near.why, near.missing_minor, given[0] // given[1])


def _would_give(programme: Programme, rule: EarnRule, counted: Counted) -> int:
    """Return the whole grains that a rule grants by itself, uncapped."""
    matched = matched_lines(rule, counted)
    if rule.multiply is not None or not reached(rule, matched):
        return 0
    unit = rule.wallet or programme.default_wallet
    given = total((row.numerator, row.denominator) for row in grants(rule, matched, unit))
    return given[0] // given[1]


def _cap(
    programme: Programme, rule: EarnRule, counted: Counted, rows: Sequence[LineEarning]
) -> list[Capped]:
    limits = rule.limits
    if rule.multiply is not None or (limits.purchase is None and not limits.are_counted):
        return []
    given = total((row.numerator, row.denominator) for row in rows if row.rule == rule.id)
    whole, kept = _would_give(programme, rule, counted), given[0] // given[1]
    unit = rule.wallet or programme.default_wallet
    return [Capped(rule.id, unit, kept, whole - kept)] if whole > kept else []


def _displaced(programme: Programme, fired: set[str]) -> str:
    alone = any(rule.exclusive for rule in programme.earn if rule.id in fired)
    return "exclusive" if alone else "beaten"


def _rounded(programme: Programme, rows: Sequence[LineEarning]) -> tuple[Rounded, ...]:
    """Return, for each wallet, what its points were before and after rounding."""
    found = []
    for unit in dict.fromkeys(row.unit for row in rows):
        some = [row for row in rows if row.unit == unit]
        whole = sum(row.points for row in some)
        if all(row.stage is Stage.BONUS for row in some):
            continue
        values = exact_values(some, programme.stacking.multipliers)
        found.append(Rounded(unit, total(values), whole))
    return tuple(one for one in found if one.changed)
