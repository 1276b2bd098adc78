"""What a sale earns: pure, exact, and kept line by line so that a return can undo it.

Points stay fractions until the programme's rounding says otherwise. The preset rounds the order's
total down, once, so that cutting a basket into receipts never earns more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from loyalty.earning.explaining import Capped, Explained, Rounded, explain
from loyalty.earning.granting import (
    capped,
    counted_lines,
    factors,
    grants,
    matched_lines,
    reached,
    room_of,
    spread_points,
)
from loyalty.earning.missing import Near, near_misses
from loyalty.earning.portions import (
    MILLI,
    LineEarning,
    Stage,
    Weight,
    add,
    apportion,
    fitted,
    total,
)
from loyalty.earning.rounding import whole_points, whole_total
from loyalty.earning.stacking import Fires, effect_rows, promotions, stand
from loyalty.earning.visiting import Visit, same_code, why_not
from loyalty.programme import Programme, Ratio
from loyalty.values import Earned, Fired, PointsEffect, SaleLine

__all__ = [
    "EXTENSION",
    "MILLI",
    "NOTHING",
    "Capped",
    "Earning",
    "Explained",
    "LineEarning",
    "Near",
    "Ratio",
    "Rounded",
    "Stage",
    "Visit",
    "Weight",
    "add",
    "apportion",
    "earn",
    "explain",
    "fired_rows",
    "near_misses",
    "points_of",
    "same_code",
    "total",
    "whole_points",
]

EXTENSION = "extension"
"""The rule under which points stand that a programme's extension decided."""


@dataclass(frozen=True, slots=True)
class Earning:
    """The points of a sale and where each comes from.

    ``by_unit`` holds every wallet that something was earned for, in grains. ``displaced`` names
    the points offers that stood back behind another, ``codes_used`` the codes that let a rule fire.
    """

    earned: Earned
    lines: tuple[LineEarning, ...]
    by_unit: Mapping[str, int] = field(default_factory=dict)
    displaced: tuple[str, ...] = ()
    codes_used: tuple[str, ...] = ()


NOTHING = Earning(Earned(0), ())


def earn(
    programme: Programme,
    lines: Sequence[SaleLine],
    *,
    on: date,
    effects: Sequence[PointsEffect] = (),
    visit: Visit = Visit(),  # noqa: B008 - frozen
) -> Earning:
    """Return what ``lines`` earn on the local day ``on``, offers' points included."""
    if not programme.wallets:
        return Earning(Earned(0), ())
    if visit.extension is not None and visit.extension.points is not None:
        unit, points = programme.default_wallet, visit.extension.points
        answer = spread_points(lines, EXTENSION, (points, 1), unit, is_offer=False)
        return _earning(programme, answer, ())
    rows, codes = _by_rules(programme, lines, on, visit)
    let_through = _with_offers(programme, effects, lines, rows)
    rows = [fitted(row) for row in rows]
    earning = _earning(programme, rows, effects)
    names = {effect.offer_id for effect in let_through}
    displaced = tuple(one.offer_id for one in effects if one.offer_id not in names)
    return Earning(earning.earned, earning.lines, earning.by_unit, displaced, codes)


def points_of(
    programme: Programme,
    lines: Sequence[SaleLine],
    *,
    on: date,
    effects: Sequence[PointsEffect] = (),
    visit: Visit = Visit(),  # noqa: B008 - frozen
) -> int:
    """Return how many points ``earn`` gives in the default wallet, without saying what for."""
    if not programme.wallets:
        return 0
    rows, _ = _by_rules(programme, lines, on, visit)
    _with_offers(programme, effects, lines, rows)
    mine = [fitted(row) for row in rows if row.unit == programme.default_wallet]
    return whole_total(mine, programme.rounding, programme.stacking.multipliers)


def _with_offers(
    programme: Programme,
    effects: Sequence[PointsEffect],
    lines: Sequence[SaleLine],
    rows: list[LineEarning],
) -> Sequence[PointsEffect]:
    """Add to ``rows`` what the offers give that are let through, and return those."""
    let_through = promotions(programme, effects, lines, rows) if effects else ()
    for effect in let_through:
        rows.extend(effect_rows(programme, effect, lines, rows))
    return let_through


def _by_rules(
    programme: Programme, lines: Sequence[SaleLine], on: date, visit: Visit
) -> tuple[list[LineEarning], tuple[str, ...]]:
    """Return what the programme's rules give, multipliers included, and the codes they used."""
    counted = counted_lines(programme, lines, visit)
    fire: list[Fires] = []
    multipliers = []
    codes = []
    for rule in programme.earn:
        if why_not(rule, on, visit):
            continue
        matched = matched_lines(rule, counted)
        if not reached(rule, matched):
            continue
        if rule.code:
            codes.append(rule.code)
        if rule.multiply is not None:
            multipliers.append(rule)
        else:
            unit = rule.wallet or programme.default_wallet
            fire.append((rule, capped(grants(rule, matched, unit), room_of(rule, visit))))
    standing = stand(programme, fire, multipliers, counted)
    rows = [row for _, some in standing.grants for row in some]
    for rule in standing.multipliers:
        rows.extend(factors(rule, matched_lines(rule, counted), rows))
    return rows, tuple(codes)


def _earning(
    programme: Programme, rows: Sequence[LineEarning], effects: Sequence[PointsEffect]
) -> Earning:
    """Round the portions and say what came of them."""
    whole = whole_points(rows, programme.rounding, programme.stacking.multipliers)
    shown = tuple(row._replace(points=n) for row, n in zip(rows, whole, strict=True))
    by_unit: dict[str, int] = {}
    for row in shown:
        by_unit[row.unit] = by_unit.get(row.unit, 0) + row.points
    labels = {effect.offer_id: effect.label for effect in effects}
    fired = fired_rows(shown, default_wallet=programme.default_wallet, labels=labels)
    return Earning(Earned(by_unit.get(programme.default_wallet, 0), fired), shown, by_unit)


def fired_rows(
    rows: Sequence[LineEarning], *, default_wallet: str, labels: Mapping[str, str]
) -> tuple[Fired, ...]:
    """Return one entry for each wallet and rule or offer, in the order in which they stand."""
    groups: dict[tuple[str, str], list[LineEarning]] = {}
    for row in rows:
        groups.setdefault((row.unit, row.rule), []).append(row)
    return tuple(
        Fired(
            rule=rule,
            points=sum(row.points for row in some),
            basis_minor=sum(row.basis_minor for row in some),
            line_nos=tuple(row.line_no for row in some),
            label=labels.get(rule, ""),
            unit="" if unit == default_wallet else unit,
        )
        for (unit, rule), some in groups.items()
    )
