"""How several multipliers work together on what was granted."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.earning.portions import FACTORS, ZERO, LineEarning, Stage, add, times
from loyalty.programme import Multipliers, Ratio


def increments(
    rows: Sequence[LineEarning], values: Sequence[Ratio], *, together: Multipliers
) -> list[Ratio]:
    """Return ``values`` with each factor replaced by what it adds, in the order of ``rows``.

    A line's grants by rate and its other grants are kept apart, since a factor of own lines
    touches only the former. What all factors add together does not depend on their order.
    """
    first = _granted(rows, values)
    now = {stage: dict(by_line) for stage, by_line in first.items()}
    out = list(values)
    for number, row in enumerate(rows):
        if row.stage not in FACTORS:
            continue
        more = (values[number][0] - values[number][1], values[number][1])
        touched = (Stage.RATE,) if row.stage is Stage.OWN else (Stage.RATE, Stage.GRANT)
        gained = ZERO
        for stage in touched:
            base = combine(first[stage], now[stage], row.line_no, together)
            gain = times(base, more)
            now[stage][row.line_no] = add(now[stage].get(row.line_no, ZERO), gain)
            gained = add(gained, gain)
        out[number] = gained
    return out


def combine(
    first: dict[int, Ratio], now: dict[int, Ratio], line_no: int, together: Multipliers
) -> Ratio:
    """Return what the next factor multiplies: what earlier ones made of it, or the grant alone."""
    source = now if together is Multipliers.MULTIPLY else first
    return source.get(line_no, ZERO)


def _granted(rows: Sequence[LineEarning], values: Sequence[Ratio]) -> dict[Stage, dict[int, Ratio]]:
    """Return what each line was granted, by rate and otherwise."""
    found: dict[Stage, dict[int, Ratio]] = {Stage.RATE: {}, Stage.GRANT: {}}
    for row, value in zip(rows, values, strict=True):
        if row.stage in found:
            by_line = found[row.stage]
            by_line[row.line_no] = add(by_line.get(row.line_no, ZERO), value)
    return found
