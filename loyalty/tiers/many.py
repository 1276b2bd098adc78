"""Settling many members on one day: members who are alike are worked out once.

Under a plain rule only the level of each calendar year decides, so that a million members are a
few hundred cases.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from loyalty.programme import TierRule
from loyalty.tiers.progress import next_check
from loyalty.tiers.settling import settle
from loyalty.tiers.state import Event, Facts, State, level_for
from loyalty.tiers.windows import is_plain

YEAR = 4
"""Letters in the name of a year."""

_Case: TypeAlias = tuple[State, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Settler:
    """One rule on one day. ``settled`` answers as ``settle`` and ``next_check`` do."""

    rule: TierRule
    day: date
    event: Event
    known: dict[_Case, tuple[State, date | None]] = field(default_factory=dict)

    def settled(self, state: State, facts: Facts) -> tuple[State, date | None]:
        """Return where a member stands now, and when to look at her again."""
        if not is_plain(self.rule):
            return self._work_out(state, facts)
        case = (replace(state, anchor_on=date.min), self._levels(facts))
        found = self.known.get(case)
        if found is None:
            found = self.known[case] = self._work_out(state, facts)
        return replace(found[0], anchor_on=state.anchor_on), found[1]

    def _work_out(self, state: State, facts: Facts) -> tuple[State, date | None]:
        state = settle(self.rule, state, facts, self.day, self.event)
        return state, next_check(self.rule, state, facts, self.day)

    def _levels(self, facts: Facts) -> tuple[tuple[str, str], ...]:
        """Return the level that each year deserves: all that a plain rule looks at."""
        years: Counter[str] = Counter()
        for key, amount in facts.credits.items():
            years[key[:YEAR]] += amount
        return tuple(sorted((year, level_for(self.rule, years[year])) for year in years))
