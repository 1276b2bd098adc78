"""Challenges: something to reach by buying, within a window, for points or a badge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from loyalty.programme.basis import Filter


class Goal(StrEnum):
    """What a challenge counts."""

    SPEND = "spend"
    VISITS = "visits"
    UNITS = "units"
    ARTICLES = "articles"
    CATEGORIES = "categories"
    STREAK = "streak"


class Span(StrEnum):
    """The calendar in which a challenge begins anew, or a streak counts."""

    ONCE = "once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    def first(self, day: date) -> date:
        """Return the first day of the span around ``day``; weeks begin on Monday."""
        if self is Span.WEEK:
            return day - timedelta(days=day.weekday())
        if self is Span.MONTH:
            return day.replace(day=1)
        if self is Span.YEAR:
            return day.replace(month=1, day=1)
        return day if self is Span.DAY else date.min

    def after(self, first: date) -> date:
        """Return the first day of the next span."""
        if self is Span.ONCE:
            return date.max
        days = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 31, Span.YEAR: 366}[self]
        return self.first(first + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class ChallengeStep:
    """What is reached, in the goal's unit, and what it gives: grains of a wallet, or a badge."""

    at: int
    points: int = 0
    wallet: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeRule:
    """One challenge. Money counts in minor units, everything else by the piece.

    A single step may be reached ``repeats`` times in a window; several are reached once each.
    A streak counts ``every`` span in a row with a visit. A return takes progress back; with
    ``takes_back`` it takes back what was given for it too.
    """

    id: str
    goal: Goal
    steps: tuple[ChallengeStep, ...]
    window: Span = Span.ONCE
    every: Span = Span.WEEK
    repeats: int = 1
    match: Filter = Filter()
    exclude: Filter = Filter()
    minimum_minor: int = 0
    from_on: date | None = None
    until_on: date | None = None
    tiers: frozenset[str] = frozenset()
    takes_back: bool = True
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def holds_on(self, day: date) -> bool:
        """Tell whether ``day`` lies within the challenge's dates, both included."""
        after_start = self.from_on is None or self.from_on <= day
        return after_start and (self.until_on is None or day <= self.until_on)

    def window_of(self, day: date) -> tuple[date, date]:
        """Return the days of the window around ``day``: the first, and the first after it."""
        first = self.window.first(day)
        end = self.window.after(first)
        if self.from_on is not None:
            first = max(first, self.from_on)
        if self.until_on is not None:
            end = min(end, self.until_on + timedelta(days=1))
        return first, end

    def period(self, day: date) -> str:
        """Return the name of the window around ``day``."""
        return "" if self.window is Span.ONCE else self.window.first(day).isoformat()
