"""Levels of windows that end: a complete window secures a level until the next review."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from loyalty.programme import Downgrade, TierRule, WindowKind
from loyalty.tiers.state import (
    Event,
    Facts,
    State,
    costs_something,
    fallen,
    level_for,
    metric_of,
)
from loyalty.tiers.windows import (
    ONE_DAY,
    complete_by,
    next_review,
    window_at,
    windows_since,
)
from loyalty.values import NO_TIER


def settle_windows(rule: TierRule, state: State, facts: Facts, day: date, event: Event) -> State:
    """Hold the reviews that are due by ``day``, then settle what lies between two reviews."""
    waits = rule.only_at_review or rule.reset_after_review
    if not waits or event is not Event.TOUCH:
        due = next_review(rule, state.reviewed_on, anchor=state.anchor_on)
        while due <= day:
            state = _reviewed(rule, state, facts, due)
            due = next_review(rule, state.reviewed_on, anchor=state.anchor_on)
    return _between_reviews(rule, state, facts, day)


def secured(rule: TierRule, state: State, facts: Facts) -> str:
    """Return what the days that were judged secure as they are credited now.

    A return into a closed window lowers it, unless only reviews lower a level.
    """
    judged = state.judged
    if judged is None or rule.only_at_review:
        return state.kept_level
    deserved = level_for(rule, facts.between(judged.first, judged.last))
    if _by_promotion(rule, state):
        return max(deserved, state.before_level, key=rule.rank)
    return fallen(rule, state.before_level, deserved)


def _reviewed(rule: TierRule, state: State, facts: Facts, day: date) -> State:
    """Review a member on ``day``: the last complete window decides what is secured."""
    held = _own_level(rule, state, facts, day - ONE_DAY)
    window = complete_by(rule, day, anchor=state.anchor_on)
    deserved = level_for(rule, metric_of(rule, state, facts, window))
    kept = fallen(rule, held, deserved)
    anchored = rule.window is WindowKind.TIER_ANNIVERSARY
    state = replace(
        state,
        anchor_on=window.last + ONE_DAY if anchored else state.anchor_on,
        reviewed_on=day,
        own_level=kept,
        judged_first=max(window.first, min(state.credits_from or window.first, window.last)),
        judged_last=window.last,
        before_level=held,
        kept_level=kept,
        grace_level=NO_TIER,
        grace_until=None,
        credits_from=day if rule.reset_after_review else state.credits_from,
    )
    if rule.grace_days and rule.rank(kept) < rule.rank(held):
        state = _with_grace(rule, state, held, day)
    return replace(state, own_level=_own_level(rule, state, facts, day))


def _between_reviews(rule: TierRule, state: State, facts: Facts, day: date) -> State:
    """Settle on a day without a review: up at once, down when what secured the level is gone."""
    own = _own_level(rule, state, facts, day)
    if rule.only_at_review and state.grace_until is not None and not state.in_grace(day):
        state = replace(state, own_level=own, grace_level=NO_TIER, grace_until=None)
    if rule.window is WindowKind.TIER_ANNIVERSARY:
        if rule.rank(own) > rule.rank(state.own_level):
            state = _own_years_begin(rule, state, day, own)
        elif rule.rank(own) < rule.rank(state.own_level) and _by_promotion(rule, state):
            state = _own_years_undone(state)
            own = _own_level(rule, state, facts, day)
    if rule.rank(own) < rule.rank(state.own_level):
        if rule.grace_days and state.grace_level != state.own_level:
            state = _with_grace(rule, state, state.own_level, day)
            own = state.own_level
        elif state.grace_until is not None and not _grace_by_review(rule, state):
            state = replace(state, grace_level=NO_TIER, grace_until=None)
    kept = secured(rule, state, facts)
    kept = kept if costs_something(rule, kept) else NO_TIER
    until = None
    if kept != NO_TIER:
        until = next_review(rule, max(day, state.reviewed_on), anchor=state.anchor_on) - ONE_DAY
    if (own, kept, until) == (state.own_level, state.kept_level, state.kept_until):
        return state
    return replace(state, own_level=own, kept_level=kept, kept_until=until)


def _own_level(rule: TierRule, state: State, facts: Facts, day: date) -> str:
    """Return the highest of what runs, what is secured, and what waits in its days of grace."""
    judged = state.judged
    if judged is None:
        since = window_at(rule, state.reviewed_on, anchor=state.anchor_on).first
    else:
        since = judged.last + ONE_DAY
    levels = [
        level_for(rule, metric_of(rule, state, facts, window))
        for window in windows_since(rule, since, day, anchor=state.anchor_on)
    ]
    levels += [secured(rule, state, facts), _in_grace(rule, state, facts, day)]
    waited = state.grace_until is not None and rule.only_at_review
    if (rule.only_at_review and not waited) or rule.downgrade is Downgrade.NEVER:
        levels.append(state.own_level)
    return max(levels, key=rule.rank)


def _in_grace(rule: TierRule, state: State, facts: Facts, day: date) -> str:
    """Return the level that days of grace still hold, or have saved.

    What is reached in the days of grace after a review counts together with the window that was
    judged: enough of it, and the level stays.
    """
    if state.in_grace(day):
        return state.grace_level
    if state.judged_first is None or state.grace_until is None:
        return NO_TIER
    if not _grace_by_review(rule, state):
        return NO_TIER
    reached = level_for(rule, facts.between(state.judged_first, state.grace_until))
    return min(reached, state.grace_level, key=rule.rank)


def _with_grace(rule: TierRule, state: State, held: str, day: date) -> State:
    """Let a fall that was decided on ``day`` wait."""
    return replace(state, grace_level=held, grace_until=_grace_end(rule, day))


def _grace_by_review(rule: TierRule, state: State) -> bool:
    """Tell whether the days of grace followed the last review."""
    return state.grace_until == _grace_end(rule, state.reviewed_on)


def _grace_end(rule: TierRule, day: date) -> date:
    """Return the last day on which a fall that was decided on ``day`` still waits."""
    return day + timedelta(days=rule.grace_days) - ONE_DAY


def _by_promotion(rule: TierRule, state: State) -> bool:
    """Tell whether the level kept was secured by reaching it, not by a review."""
    return rule.window is WindowKind.TIER_ANNIVERSARY and state.judged_last == state.anchor_on


def _own_years_begin(rule: TierRule, state: State, day: date, level: str) -> State:
    """Begin a member's years on the day on which she reached a level."""
    first = window_at(rule, day, anchor=state.anchor_on).first
    first = max(first, state.credits_from or first)
    return replace(
        state,
        anchor_on=day,
        reviewed_on=day,
        judged_first=first,
        judged_last=day,
        before_level=state.own_level,
        kept_level=level,
    )


def _own_years_undone(state: State) -> State:
    """Go back to the years that ran before a level was reached that is reached no longer."""
    return replace(
        state,
        anchor_on=state.judged_first or state.anchor_on,
        judged_first=None,
        judged_last=None,
        kept_level=state.before_level,
    )
