"""The plain stairs in two numbers, to hold the fold of ``loyalty.tiers`` against.

A calendar year's spend deserves a level for the rest of that year and for the whole of the next.
So the level on a day follows from two numbers, this year's spend and last year's: nothing has to
be remembered, and a return undoes a promotion exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loyalty.programme import Level, TierRule
from loyalty.values import NO_TIER, TierProgress


@dataclass(frozen=True, slots=True)
class Spend:
    """What counts on a day: spend of this window and of the one before, and staff's floor.

    An ``assigned_level`` holds until ``assigned_until`` inclusive, or for good when that is empty.
    """

    this_minor: int
    previous_minor: int
    assigned_level: str = NO_TIER
    assigned_until: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A level, and what an earlier window or staff secured beneath it."""

    level: str
    kept_level: str
    kept_until: date | None


def period_of(day: date) -> str:
    """Return the name of the window that ``day`` counts in: its calendar year."""
    return f"{day.year:04d}"


def previous_period(period: str) -> str:
    """Return the name of the window before ``period``."""
    return f"{int(period) - 1:04d}"


def last_day(period: str) -> date:
    """Return the last day of a window."""
    return date(int(period), 12, 31)


def level_for(rule: TierRule, spend_minor: int) -> str:
    """Return the highest level whose threshold ``spend_minor`` reaches, else ``none``."""
    reached = [level.id for level in rule.levels if spend_minor >= level.from_minor]
    return reached[-1] if reached else NO_TIER


def standing_on(rule: TierRule, day: date, spend: Spend) -> Standing:
    """Return where a member stands on ``day``.

    The level is the highest of: what this year's spend deserves, what last year's secured until
    the end of this year, and what staff assigned.
    """
    kept = level_for(rule, spend.previous_minor)
    if not _costs_something(rule, kept):
        kept = NO_TIER
    candidates = [level_for(rule, spend.this_minor), kept, _assigned(rule, day, spend)]
    return Standing(
        level=max(candidates, key=rule.rank),
        kept_level=kept,
        kept_until=None if kept == NO_TIER else last_day(period_of(day)),
    )


def progress_on(rule: TierRule, day: date, spend: Spend) -> TierProgress:
    """Return the level, the next one and the spend that is missing to reach or keep them."""
    level = standing_on(rule, day, spend).level
    upper = _next_level(rule, level)
    own = rule.level(level)
    secured = own is not None and spend.this_minor >= own.from_minor
    return TierProgress(
        level=level,
        spend_minor=spend.this_minor,
        next_level=upper.id if upper else None,
        to_next_minor=max(0, upper.from_minor - spend.this_minor) if upper else 0,
        kept_until_on=_certain_until(rule, day, spend, level),
        to_keep_minor=0 if own is None or secured else own.from_minor - spend.this_minor,
    )


def _assigned(rule: TierRule, day: date, spend: Spend) -> str:
    """Return the level that staff gave, while it holds and the programme still has it."""
    holds = spend.assigned_until is None or day <= spend.assigned_until
    return spend.assigned_level if holds and rule.level(spend.assigned_level) else NO_TIER


def _certain_until(rule: TierRule, day: date, spend: Spend, level: str) -> date | None:
    """Return the last day on which ``level`` cannot be lost; ``None`` when it never can be."""
    if not _costs_something(rule, level):
        return None
    rank, year = rule.rank(level), period_of(day)
    ends: list[date] = []
    if rule.rank(level_for(rule, spend.this_minor)) >= rank:
        ends.append(last_day(period_of(date(day.year + 1, 1, 1))))
    if rule.rank(level_for(rule, spend.previous_minor)) >= rank:
        ends.append(last_day(year))
    if rule.rank(_assigned(rule, day, spend)) >= rank:
        if spend.assigned_until is None:
            return None
        ends.append(spend.assigned_until)
    return max(ends)


def _costs_something(rule: TierRule, level_id: str) -> bool:
    """Tell whether a level has to be earned; one that begins at zero is never lost."""
    level = rule.level(level_id)
    return level is not None and level.from_minor > 0


def _next_level(rule: TierRule, level_id: str) -> Level | None:
    """Return the level above ``level_id``."""
    rank = rule.rank(level_id)
    return rule.levels[rank] if rank < len(rule.levels) else None
