"""What is missing on the stairs, until when a level is certain, and when to look again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from loyalty.programme import Downgrade, Level, Manual, Metric, TierRule, WindowKind
from loyalty.tiers.closing import secured
from loyalty.tiers.moving import deserved_on, drops_on
from loyalty.tiers.state import (
    Facts,
    State,
    assigned_on,
    costs_something,
    level_for,
    metric_of,
)
from loyalty.tiers.windows import ONE_DAY, complete_by, has_ends, next_review, window_at
from loyalty.values import TierProgress


def progress_of(rule: TierRule, state: State, facts: Facts, day: date) -> TierProgress:
    """Return a settled member's level, the next one, and what is missing to reach or keep them."""
    amount = metric_of(rule, state, facts, window_at(rule, day, anchor=state.anchor_on))
    upper, own = _next_level(rule, state.level), rule.level(state.level)
    return TierProgress(
        level=state.level,
        spend_minor=amount,
        next_level=upper.id if upper else None,
        to_next_minor=max(0, upper.from_minor - amount) if upper else 0,
        kept_until_on=_certain_until(rule, state, facts, day),
        to_keep_minor=max(0, own.from_minor - amount) if own else 0,
    )


def next_check(rule: TierRule, state: State, facts: Facts, day: date) -> date | None:
    """Return the first day after ``day`` on which a settled level may change by itself.

    ``None`` means that only what the member does changes it.
    """
    days = [] if not rule.levels else list(_checks(rule, state, facts, day))
    return min(days, default=None)


def _checks(rule: TierRule, state: State, facts: Facts, day: date) -> Iterator[date]:
    if state.assigned_until is not None and state.assigned_until >= day:
        yield state.assigned_until + ONE_DAY
    if state.grace_until is not None and state.grace_until >= day:
        yield state.grace_until + ONE_DAY
    if has_ends(rule) or rule.only_at_review or rule.reset_after_review:
        yield next_review(rule, state.reviewed_on, anchor=state.anchor_on)
    if has_ends(rule) or rule.only_at_review or rule.downgrade is Downgrade.NEVER:
        return
    if rule.rank(state.own_level) > rule.rank(deserved_on(rule, state, facts, day)):
        yield day + ONE_DAY
    elif rule.window is WindowKind.ROLLING and rule.metric is not Metric.ACTIVE_BALANCE:
        yield from _falls_on(rule, state, facts, day)


def _falls_on(rule: TierRule, state: State, facts: Facts, day: date) -> Iterator[date]:
    """Yield the first day on which a rolling window no longer deserves the level."""
    for drop in drops_on(rule, facts):
        if drop > day and rule.rank(deserved_on(rule, state, facts, drop)) < rule.rank(
            state.own_level
        ):
            yield drop
            return


def _certain_until(rule: TierRule, state: State, facts: Facts, day: date) -> date | None:
    """Return the last day on which the level cannot be lost; ``None`` when there is none."""
    assigned = assigned_on(rule, state, day)
    rank = rule.rank(state.level)
    if rule.manual is Manual.FIXED and assigned == state.level:
        return state.assigned_until
    if not costs_something(rule, state.level) or rule.downgrade is Downgrade.NEVER:
        return None
    ends: list[date] = []
    if rule.rank(assigned) >= rank:
        if state.assigned_until is None:
            return None
        ends.append(state.assigned_until)
    if state.in_grace(day) and rule.rank(state.grace_level) >= rank and state.grace_until:
        ends.append(state.grace_until)
    if has_ends(rule):
        ends += _secured_until(rule, state, facts, day)
    elif rule.only_at_review:
        ends.append(next_review(rule, max(day, state.reviewed_on), anchor=day) - ONE_DAY)
    elif rule.window is WindowKind.ROLLING:
        ends += [fall - ONE_DAY for fall in _falls_on(rule, state, facts, day)]
    return max(ends, default=None)


def _secured_until(rule: TierRule, state: State, facts: Facts, day: date) -> Iterator[date]:
    """Yield the days until which what was judged, and what runs now, hold the level."""
    rank, anchor = rule.rank(state.level), state.anchor_on
    coming = next_review(rule, max(day, state.reviewed_on), anchor=anchor)
    if rule.only_at_review or rule.rank(secured(rule, state, facts)) >= rank:
        yield coming - ONE_DAY
    window = window_at(rule, day, anchor=anchor)
    if rule.rank(level_for(rule, metric_of(rule, state, facts, window))) >= rank:
        while complete_by(rule, coming, anchor=anchor).last < window.last:
            coming = next_review(rule, coming, anchor=anchor)
        yield next_review(rule, coming, anchor=anchor) - ONE_DAY


def _next_level(rule: TierRule, level_id: str) -> Level | None:
    """Return the level above ``level_id``."""
    rank = rule.rank(level_id)
    return rule.levels[rank] if rank < len(rule.levels) else None
