"""What events earn: rules that look at no purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from loyalty.earning.visiting import fits_day_and_hour
from loyalty.programme import EarnRule, Per, Programme, Together
from loyalty.values import NO_TIER, Extension

SIGN_UP, BIRTHDAY, REFERRAL, VISIT = "sign_up", "birthday", "referral", "visit"
BY_EXTENSION = "extension"
"""Under what name points are told that an extension gave where no rule did."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event: what, on which local day, at what wall clock, to a member of which level.

    ``room`` is how many grains a rule may still give; a rule without limits is not in it.
    """

    event: str
    on: date
    at: time | None = None
    tier: str = NO_TIER
    room: Mapping[str, int] | None = None
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class EventGrant:
    """What one rule gives for an event, in grains of its wallet."""

    rule: str
    wallet: str
    points: int


def points_for_event(programme: Programme, happened: Happened) -> tuple[EventGrant, ...]:
    """Return what an event earns, rule by rule; what no rule knows earns nothing.

    Rules stand beside each other as those of purchases do. An extension replaces what the rules
    give in the default wallet.
    """
    rules = _standing(programme, [one for one in programme.earn if _fires(one, happened)])
    grants = [
        EventGrant(rule.id, rule.wallet or programme.default_wallet, _points(rule, happened))
        for rule in rules
    ]
    if happened.extension is not None and happened.extension.points is not None:
        grants = _replaced(programme, grants, happened.extension.points)
    return tuple(grant for grant in grants if grant.points)


def once_only(event: str, on: date) -> str | None:
    """Return the name of what can happen to a member only once, else nothing."""
    if event == SIGN_UP:
        return SIGN_UP
    return f"{BIRTHDAY}:{on.year}" if event == BIRTHDAY else None


def _fires(rule: EarnRule, happened: Happened) -> bool:
    return (
        rule.per is Per.EVENT
        and rule.event == happened.event
        and fits_day_and_hour(rule, happened.on, happened.at)
        and not rule.code
        and (not rule.tiers or happened.tier in rule.tiers)
    )


def _standing(programme: Programme, rules: Sequence[EarnRule]) -> Sequence[EarnRule]:
    """Return the rules that are let through: an exclusive one alone, the best, or all."""
    exclusive = [rule for rule in rules if rule.exclusive]
    if exclusive:
        return [max(exclusive, key=lambda rule: rule.priority)]
    if programme.stacking.rules is Together.BEST_OF and rules:
        return [max(rules, key=lambda rule: (rule.points, rule.priority))]
    return rules


def _points(rule: EarnRule, happened: Happened) -> int:
    limits = [rule.points]
    if rule.limits.purchase is not None:
        limits.append(rule.limits.purchase)
    if happened.room is not None and rule.id in happened.room:
        limits.append(max(0, happened.room[rule.id]))
    return min(limits)


def _replaced(programme: Programme, grants: list[EventGrant], points: int) -> list[EventGrant]:
    """Return the grants with ``points`` in place of what the default wallet would get."""
    main = programme.default_wallet
    own = [grant for grant in grants if grant.wallet == main]
    name = own[0].rule if own else BY_EXTENSION
    others = [grant for grant in grants if grant.wallet != main]
    return [EventGrant(name, main, points), *others]
