"""Where a member stands: what is remembered of her, folded over the days she is looked at.

While a window runs, what it has come to lifts at once. How far a review lets fall, and whether
anything else does, are switches of the rule.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loyalty.programme import Manual, TierRule
from loyalty.tiers.closing import settle_windows
from loyalty.tiers.moving import settle_without_end
from loyalty.tiers.state import Event, Facts, State, assigned_on, level_for
from loyalty.tiers.windows import ONE_DAY, complete_by, has_ends, next_review, window_at
from loyalty.values import NO_TIER


def begin(rule: TierRule, *, joined_on: date, day: date) -> State:
    """Return the state of somebody who has joined and done nothing yet."""
    state = State(anchor_on=joined_on, reviewed_on=day, own_level=level_for(rule, 0))
    if has_ends(rule):
        state = _with_last_window(rule, state, day)
    return settle(rule, state, Facts(), day)


def rebase(rule: TierRule, state: State, day: date) -> State:
    """Return the state under a rule of other windows than the one that it was settled by.

    The last complete window of the new rule secures what it deserves.
    """
    state = replace(
        state,
        reviewed_on=day,
        before_level=state.own_level,
        judged_first=None,
        judged_last=None,
        kept_level=NO_TIER,
        kept_until=None,
        grace_level=NO_TIER,
        grace_until=None,
    )
    return _with_last_window(rule, state, day) if has_ends(rule) else state


def open_at(rule: TierRule, state: State, level: str, day: date) -> State:
    """Return the state of somebody who is brought in at ``level``: kept until the next review."""
    until = next_review(rule, day, anchor=state.anchor_on) - ONE_DAY
    return replace(
        state,
        level=level,
        own_level=level,
        before_level=level,
        kept_level=level,
        kept_until=None if level == NO_TIER else until,
        judged_first=None,
        judged_last=None,
        reviewed_on=day,
    )


def settle(
    rule: TierRule, state: State, facts: Facts, day: date, event: Event = Event.TOUCH
) -> State:
    """Return where a member stands on ``day``: reviews that are due, then what counts now.

    Settling again on the same day with the same facts changes nothing.
    """
    if has_ends(rule):
        state = settle_windows(rule, state, facts, day, event)
    else:
        state = settle_without_end(rule, state, facts, day, event)
    shown = _shown(rule, state, day)
    return state if shown == state.level else replace(state, level=shown)


def _with_last_window(rule: TierRule, state: State, day: date) -> State:
    """Let the window before the one of ``day`` be what secures."""
    running = window_at(rule, day, anchor=state.anchor_on)
    last = complete_by(rule, running.first - ONE_DAY, anchor=state.anchor_on)
    return replace(state, judged_first=last.first, judged_last=last.last)


def _shown(rule: TierRule, state: State, day: date) -> str:
    """Return her own level, or what staff assigned where that counts for more."""
    assigned = assigned_on(rule, state, day)
    if assigned == NO_TIER:
        return state.own_level
    if rule.manual is Manual.FIXED:
        return assigned
    return max(state.own_level, assigned, key=rule.rank)
