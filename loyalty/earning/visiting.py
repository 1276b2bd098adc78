"""What besides its lines decides what a purchase earns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from loyalty.programme import EarnRule, Per
from loyalty.values import NO_TIER, Extension


@dataclass(frozen=True, slots=True)
class Visit:
    """Facts about a purchase that rules ask for.

    ``tier`` is the level before it, ``at`` the wall clock. ``redeemed`` says how much of each
    line spent points pay, in minor units; ``room`` how many grains a rule may still give.
    """

    tier: str = NO_TIER
    first_purchase: bool = False
    at: time | None = None
    codes: frozenset[str] = frozenset()
    extension: Extension | None = None
    redeemed: Mapping[int, int] = field(default_factory=dict)
    room: Mapping[str, int] = field(default_factory=dict)


def same_code(code: str) -> str:
    """Return one spelling for codes that differ in case and blanks around them."""
    return code.strip().casefold()


def why_not(rule: EarnRule, on: date, visit: Visit) -> str:
    """Return why ``rule`` cannot fire on this visit, whatever is bought; empty when it can."""
    if rule.per is Per.EVENT or not fits_day_and_hour(rule, on, visit.at):
        return "outside-dates"
    if rule.code and same_code(rule.code) not in visit.codes:
        return "code-missing"
    if rule.tiers and visit.tier not in rule.tiers:
        return "other-tier"
    if rule.first_purchase and not visit.first_purchase:
        return "not-first-purchase"
    return ""


def fits_day_and_hour(rule: EarnRule, on: date, at: time | None) -> bool:
    """Tell whether a rule's dates, weekdays and hours let it fire; without a clock, any hour."""
    return rule.holds_on(on) and _within_hours(rule, on, at)


def _within_hours(rule: EarnRule, on: date, at: time | None) -> bool:
    """Tell whether day and hour fit; the last hour is not included, and may lie past midnight."""
    if rule.weekdays and on.weekday() not in rule.weekdays:
        return False
    if rule.hours is None or at is None:
        return True
    first, last = rule.hours
    if first <= last:
        return first <= at < last
    return at >= first or at < last
