"""Over which days what a member did counts, and on which days her level is reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from loyalty.expiry import add_months
from loyalty.programme import Downgrade, Metric, TierRule, WindowKind

YEAR = 12
ONE_DAY = timedelta(days=1)
NEW_YEAR = (1, 1)
SHORTEST_MONTH = 28
COUNTED = frozenset({Metric.SPEND, Metric.EARNED, Metric.VISITS})


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Local days that count together, both included."""

    first: date
    last: date


def is_plain(rule: TierRule) -> bool:
    """Tell whether two calendar years decide the level, with nothing remembered between them.

    The till then settles a level from two rows; every other rule reads all credits of a member.
    """
    return (
        rule.window is WindowKind.CALENDAR_YEAR
        and rule.metric in COUNTED
        and rule.downgrade is Downgrade.REQUALIFY
        and rule.review_on in {None, NEW_YEAR}
        and not (rule.grace_days or rule.reset_after_review or rule.only_at_review)
        and rule.current_purchase_counts
    )


def has_ends(rule: TierRule) -> bool:
    """Tell whether windows close one after the other; otherwise one window moves or stays open."""
    return rule.metric is not Metric.ACTIVE_BALANCE and rule.window not in {
        WindowKind.ROLLING,
        WindowKind.LIFETIME,
    }


def credit_key(rule: TierRule, day: date) -> str:
    """Return under which key what happens on ``day`` is credited: its year, or the day itself."""
    return f"{day.year:04d}" if is_plain(rule) else day.isoformat()


def window_at(rule: TierRule, day: date, *, anchor: date) -> Window:
    """Return the window that ``day`` lies in; ``anchor`` is where a member's years begin.

    A rolling window of N months holds a day for N months: bought on 6 March, gone on the 6th.
    """
    if rule.metric is Metric.ACTIVE_BALANCE or rule.window is WindowKind.LIFETIME:
        return Window(date.min, day)
    if rule.window is WindowKind.ROLLING:
        return Window(add_months(day, -rule.rolling_months) + ONE_DAY, day)
    if rule.window is WindowKind.CALENDAR_YEAR:
        return Window(date(day.year, 1, 1), date(day.year, 12, 31))
    years = day.year - anchor.year
    first = add_months(anchor, YEAR * years)
    if first > day:
        years -= 1
        first = add_months(anchor, YEAR * years)
    return Window(first, add_months(anchor, YEAR * (years + 1)) - ONE_DAY)


def complete_by(rule: TierRule, day: date, *, anchor: date) -> Window:
    """Return the latest window whose last day is not after ``day``."""
    window = window_at(rule, day, anchor=anchor)
    if window.last <= day:
        return window
    return window_at(rule, window.first - ONE_DAY, anchor=anchor)


def windows_since(rule: TierRule, first: date, day: date, *, anchor: date) -> Iterator[Window]:
    """Yield the window of ``day`` and those before it, as far as they begin on ``first`` or after.

    The window of ``day`` is always among them.
    """
    window = window_at(rule, day, anchor=anchor)
    yield window
    while window.first > first:
        window = window_at(rule, window.first - ONE_DAY, anchor=anchor)
        yield window


def next_review(rule: TierRule, after: date, *, anchor: date) -> date:
    """Return the first day after ``after`` on which levels are reviewed.

    That is the yearly day of the rule, else the first day of the next window. Windows without an
    end are reviewed at New Year, unless somebody asks for it.
    """
    if rule.review_on is None and has_ends(rule):
        return window_at(rule, after, anchor=anchor).last + ONE_DAY
    month_day = rule.review_on or NEW_YEAR
    day = _in_year(after.year, month_day)
    return day if day > after else _in_year(after.year + 1, month_day)


@lru_cache(maxsize=1000)
def _in_year(year: int, month_day: tuple[int, int]) -> date:
    """Return a month and day in a year; 29 February is the last of February."""
    month, day = month_day
    if day <= SHORTEST_MONTH:
        return date(year, month, day)
    first = date(year, month, 1)
    return min(first + timedelta(days=day - 1), add_months(first, 1) - ONE_DAY)
