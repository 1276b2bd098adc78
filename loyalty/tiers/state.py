"""What is remembered of a member's way on the stairs, and what decides where she stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from loyalty.programme import Downgrade, Manual, Metric, TierRule
from loyalty.tiers.windows import Window
from loyalty.values import NO_TIER


class Event(StrEnum):
    """Why a level is settled.

    ``TOUCH``: a purchase, a return or a look. ``REVIEW``: the job that reviews levels when they
    are due. ``REQUESTED``: somebody asks for the review; windows without an end of their own, and
    without a day of review, are then reviewed too.
    """

    TOUCH = "touch"
    REVIEW = "review"
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides a level: the metric by credit key (a year or a day), and the balance now."""

    credits: Mapping[str, int] = field(default_factory=dict)
    balance: int = 0

    def between(self, first: date, last: date) -> int:
        """Return the metric over some days; the key of a year counts when the year is touched."""
        low, high = first.isoformat(), last.isoformat()
        return sum(
            amount
            for key, amount in self.credits.items()
            if low[: len(key)] <= key <= high[: len(key)]
        )


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered of a member.

    ``level`` is shown; ``own_level`` is without what staff assigned. ``anchor_on`` is the first of
    her own years: the day she joined, or the day her level was reached. ``judged_first`` and
    ``judged_last`` name the days that secured ``kept_level`` (empty: it was brought in), and
    ``before_level`` is what she held then. ``grace_until`` and ``assigned_until`` are inclusive.
    Nothing before ``credits_from`` counts.
    """

    anchor_on: date
    reviewed_on: date
    level: str = NO_TIER
    own_level: str = NO_TIER
    judged_first: date | None = None
    judged_last: date | None = None
    before_level: str = NO_TIER
    kept_level: str = NO_TIER
    kept_until: date | None = None
    grace_level: str = NO_TIER
    grace_until: date | None = None
    assigned_level: str = NO_TIER
    assigned_until: date | None = None
    credits_from: date | None = None

    @property
    def judged(self) -> Window | None:
        """Return the days that secured the level kept, if any did."""
        if self.judged_first is None or self.judged_last is None:
            return None
        return Window(self.judged_first, self.judged_last)

    def in_grace(self, day: date) -> bool:
        """Tell whether a fall has been decided and waits on ``day``."""
        return self.grace_until is not None and day <= self.grace_until


def level_for(rule: TierRule, amount: int) -> str:
    """Return the highest level whose threshold ``amount`` reaches, else ``none``."""
    reached = [level.id for level in rule.levels if amount >= level.from_minor]
    return reached[-1] if reached else NO_TIER


def metric_of(rule: TierRule, state: State, facts: Facts, window: Window) -> int:
    """Return what the metric comes to in a window."""
    if rule.metric is Metric.ACTIVE_BALANCE:
        return facts.balance
    first = max(window.first, state.credits_from or date.min)
    return facts.between(first, window.last) if first <= window.last else 0


def fallen(rule: TierRule, held: str, deserved: str) -> str:
    """Return where a review leaves somebody who held one level and deserves another."""
    if rule.downgrade is Downgrade.NEVER:
        return max(deserved, held, key=rule.rank)
    if rule.downgrade is Downgrade.ONE_STEP:
        return max(deserved, below(rule, held), key=rule.rank)
    return deserved


def below(rule: TierRule, level_id: str) -> str:
    """Return the level beneath ``level_id``; ``none`` beneath the lowest."""
    rank = rule.rank(level_id)
    return rule.levels[rank - 2].id if rank > 1 else NO_TIER


def costs_something(rule: TierRule, level_id: str) -> bool:
    """Tell whether a level has to be earned; one that begins at zero is never lost."""
    level = rule.level(level_id)
    return level is not None and level.from_minor > 0


def assigned_on(rule: TierRule, state: State, day: date) -> str:
    """Return the level that staff gave, while it holds and the programme still has it."""
    if rule.manual is Manual.IGNORED or rule.level(state.assigned_level) is None:
        return NO_TIER
    holds = state.assigned_until is None or day <= state.assigned_until
    return state.assigned_level if holds else NO_TIER
