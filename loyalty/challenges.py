"""How far a member is in a challenge: a fold over her purchases, as they stand after returns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from loyalty.programme.challenges import ChallengeRule, Goal, Span
from loyalty.values import LineKind, SaleLine

MILLI = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """A purchase with what of each line the member kept: spend in minor units, thousandths."""

    on: date
    lines: tuple[tuple[SaleLine, int, int], ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A member's progress in one window, and how often each step stands."""

    value: int
    times: tuple[int, ...]


def reached(rule: ChallengeRule, purchases: Sequence[Kept], today: date) -> Reached:
    """Return how far ``purchases`` of one window lead, the same whatever their order."""
    counting = [one for one in purchases if _counts(rule, one)]
    if rule.goal is Goal.STREAK:
        runs = _runs(rule.every, {rule.every.first(one.on) for one in counting})
        return Reached(_running(rule.every, runs, today), _times(rule, [n for _, n in runs]))
    value = _value(rule, counting)
    return Reached(value, _times(rule, [value]))


def _times(rule: ChallengeRule, values: Iterable[int]) -> tuple[int, ...]:
    """Return how often each step stands: a single one as often as it may be repeated."""
    values = list(values)
    if len(rule.steps) > 1:
        return tuple(int(any(value >= step.at for value in values)) for step in rule.steps)
    return (min(rule.repeats, sum(value // rule.steps[0].at for value in values)),)


def _counts(rule: ChallengeRule, one: Kept) -> bool:
    """Tell whether a purchase is a visit for this challenge: enough of it is left."""
    matched = _matched(rule, one)
    return bool(matched) and sum(minor for _, minor, _ in matched) >= rule.minimum_minor


def _matched(rule: ChallengeRule, one: Kept) -> list[tuple[SaleLine, int, int]]:
    return [
        (line, minor, milli)
        for line, minor, milli in one.lines
        if milli > 0
        and line.kind is LineKind.ARTICLE
        and rule.match.matches(line)
        and not rule.exclude.touches(line)
    ]


def _value(rule: ChallengeRule, counting: Sequence[Kept]) -> int:
    found = [row for one in counting for row in _matched(rule, one)]
    if rule.goal is Goal.SPEND:
        return sum(minor for _, minor, _ in found)
    if rule.goal is Goal.UNITS:
        return sum(milli for _, _, milli in found) // MILLI
    if rule.goal is Goal.ARTICLES:
        return len({line.sku for line, _, _ in found})
    if rule.goal is Goal.CATEGORIES:
        return len({line.category for line, _, _ in found})
    return len(counting)


def _runs(every: Span, spans: set[date]) -> list[tuple[date, int]]:
    """Return the runs of spans in a row: the last span of each, and how many there are."""
    runs: list[tuple[date, int]] = []
    for first in sorted(spans):
        if runs and every.after(runs[-1][0]) == first:
            runs[-1] = (first, runs[-1][1] + 1)
        else:
            runs.append((first, 1))
    return runs


def _running(every: Span, runs: Sequence[tuple[date, int]], today: date) -> int:
    """Return how long the run is that goes on: its last span is this one or the one before."""
    if not runs:
        return 0
    last, length = runs[-1]
    return length if every.first(today) in {last, every.after(last)} else 0
