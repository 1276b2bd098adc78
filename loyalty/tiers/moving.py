"""Levels of windows without an end: rolling months, a lifetime, the balance of the moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from loyalty.expiry import add_months
from loyalty.programme import Downgrade, TierRule, WindowKind
from loyalty.tiers.state import Event, Facts, State, below, level_for, metric_of
from loyalty.tiers.windows import ONE_DAY, next_review, window_at
from loyalty.values import NO_TIER


def settle_without_end(
    rule: TierRule, state: State, facts: Facts, day: date, event: Event
) -> State:
    """Lift at once; let fall at once too, unless falls wait for a review."""
    target = max(deserved_on(rule, state, facts, day), state.kept_level, key=rule.rank)
    due = _review_due(rule, state, day, event)
    if due is not None:
        target = _reviewed_target(rule, state, facts, day, due)
        state = replace(
            state,
            reviewed_on=day,
            before_level=state.own_level,
            kept_level=NO_TIER,
            kept_until=None,
            credits_from=day if rule.reset_after_review else state.credits_from,
        )
    if rule.rank(target) >= rule.rank(state.own_level):
        return replace(state, own_level=target, grace_level=NO_TIER, grace_until=None)
    awaits_review = rule.only_at_review and due is None and state.grace_until is None
    if rule.downgrade is Downgrade.NEVER or awaits_review:
        return state
    return _falling(rule, state, facts, day, target)


def deserved_on(rule: TierRule, state: State, facts: Facts, day: date) -> str:
    """Return the level that the window ending on ``day`` deserves."""
    window = window_at(rule, day, anchor=state.anchor_on)
    return level_for(rule, metric_of(rule, state, facts, window))


def drops_on(rule: TierRule, facts: Facts) -> list[date]:
    """Return the days on which something leaves a rolling window, in order."""
    days = (date.fromisoformat(key) for key in facts.credits if key[4:])
    return sorted({_leaves_on(rule, day) for day in days})


def _review_due(rule: TierRule, state: State, day: date, event: Event) -> date | None:
    """Return the day of the review that has come, if one has and this is the occasion for it."""
    if event is Event.TOUCH:
        return None
    if event is Event.REQUESTED and rule.review_on is None:
        return day if state.reviewed_on < day else None
    due = None
    following = next_review(rule, state.reviewed_on, anchor=state.anchor_on)
    while following <= day:
        due = following
        following = next_review(rule, due, anchor=state.anchor_on)
    return due


def _reviewed_target(rule: TierRule, state: State, facts: Facts, day: date, due: date) -> str:
    """Return what a review finds deserved: the window that ended the day before it, or today's."""
    levels = [deserved_on(rule, state, facts, day)]
    if rule.only_at_review and rule.review_on is not None:
        levels.append(deserved_on(rule, state, facts, due - ONE_DAY))
    return max(levels, key=rule.rank)


def _falling(rule: TierRule, state: State, facts: Facts, day: date, target: str) -> State:
    """Let somebody fall towards ``target``: after the days of grace, and as far as the rule says.

    One step a day at most, whatever happens on it.
    """
    deserved, held = target, state.own_level
    if rule.grace_days:
        state = _waiting(rule, state, facts, day)
        if state.in_grace(day):
            return state
    if rule.downgrade is Downgrade.ONE_STEP:
        today = state.reviewed_on == day
        top = max(held, state.before_level, key=rule.rank) if today else held
        target = max(target, below(rule, top), key=rule.rank)
        state = replace(state, reviewed_on=day, before_level=top)
    state = replace(state, own_level=target, grace_level=NO_TIER, grace_until=None)
    if rule.grace_days and rule.rank(deserved) < rule.rank(target):
        waiting = _waiting(rule, state, facts, day)
        return waiting if waiting.in_grace(day) else state
    return state


def _waiting(rule: TierRule, state: State, facts: Facts, day: date) -> State:
    """Give a fall its days of grace, unless they are counted already for the level held."""
    held = state.own_level
    if state.grace_level == held:
        return state
    decided = _dropped_on(rule, state, facts, day, held)
    until = decided + timedelta(days=rule.grace_days) - ONE_DAY
    return replace(state, grace_level=held, grace_until=until)


def _dropped_on(rule: TierRule, state: State, facts: Facts, day: date, held: str) -> date:
    """Return the day on which it was decided that a member no longer deserves what she holds.

    The day of the review where only reviews lower, else the day on which too much left.
    """
    if rule.only_at_review or rule.window is not WindowKind.ROLLING:
        return day
    since = day
    for drop in reversed([drop for drop in drops_on(rule, facts) if drop <= day]):
        if rule.rank(deserved_on(rule, state, facts, drop)) >= rule.rank(held):
            break
        since = drop
    return since


def _leaves_on(rule: TierRule, day: date) -> date:
    """Return the first day on which what happened on ``day`` no longer counts."""
    gone = add_months(day, rule.rolling_months)
    while add_months(gone, -rule.rolling_months) < day:
        gone += ONE_DAY
    return gone
