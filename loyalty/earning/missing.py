"""Rules that nearly fired, and what was missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from loyalty.earning.granting import counted_lines, matched_lines, reached
from loyalty.earning.portions import total
from loyalty.earning.visiting import Visit, why_not
from loyalty.programme import Per, Programme
from loyalty.values import SaleLine


@dataclass(frozen=True, slots=True)
class Near:
    """A rule that gave nothing and why: a slug, and the money that its minimum still asks for.

    ``points`` are the grains that it would have given for the same lines, as far as they are known.
    """

    rule: str
    why: str
    missing_minor: int = 0
    points: int = 0


def near_misses(
    programme: Programme,
    lines: Sequence[SaleLine],
    *,
    on: date,
    visit: Visit = Visit(),  # noqa: B008 - frozen
) -> tuple[Near, ...]:
    """Return the rules that did not fire on ``lines``, in the order of the programme."""
    counted = counted_lines(programme, lines, visit)
    found = []
    for rule in programme.earn:
        if rule.per is Per.EVENT:
            continue
        matched = matched_lines(rule, counted)
        if why := why_not(rule, on, visit):
            found.append(Near(rule.id, why))
        elif not matched.lines:
            found.append(Near(rule.id, "nothing-eligible"))
        elif not reached(rule, matched):
            amount, parts = total(matched.amounts)
            found.append(Near(rule.id, "below-minimum", rule.minimum_basis_minor - amount // parts))
    return tuple(found)
