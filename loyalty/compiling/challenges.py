"""Challenges, read from the programme's document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loyalty.compiling.parts import Document, read_day, read_filter, read_names, values
from loyalty.programme import ProgrammeUnclear, WalletRule, money, quantity
from loyalty.programme.challenges import ChallengeRule, ChallengeStep, Goal, Span


def read_challenges(
    rules: Sequence[Document], digits: int, wallets: Mapping[str, WalletRule], default: str
) -> tuple[ChallengeRule, ...]:
    """Return the challenges, in the order of the document."""
    ids = [rule["id"] for rule in rules]
    for number, one in enumerate(ids):
        if one in ids[:number]:
            raise ProgrammeUnclear(f"challenges.{number}.id", f"{one!r} is used twice")
    return tuple(
        _challenge(rule, f"challenges.{number}", digits, wallets, default=default)
        for number, rule in enumerate(rules)
    )


def _challenge(
    rule: Document, path: str, digits: int, wallets: Mapping[str, WalletRule], *, default: str
) -> ChallengeRule:
    goal = Goal(rule["metric"])
    given = rule.get("steps") or [{"at": rule.get("target"), "reward": rule.get("reward", {})}]
    steps = tuple(
        ChallengeStep(
            at=_target(step["at"], goal, f"{path}.steps.{number}.at", digits),
            **_reward(step.get("reward", {}), f"{path}.steps.{number}.reward", wallets, default),
        )
        for number, step in enumerate(given)
    )
    if list(steps) != sorted(steps, key=lambda step: step.at):
        raise ProgrammeUnclear(f"{path}.steps", "rise from one to the next")
    if len(steps) > 1 and "repeats" in rule:
        raise ProgrammeUnclear(f"{path}.repeats", "goes with one target, not with steps")
    return ChallengeRule(
        id=rule["id"],
        goal=goal,
        steps=steps,
        window=Span(rule.get("window", Span.ONCE)),
        every=Span(rule.get("every", Span.WEEK)),
        repeats=rule.get("repeats", 1),
        match=read_filter(rule),
        exclude=read_filter(rule.get("exclude", {})),
        minimum_minor=money(rule.get("minimum_basis", "0"), f"{path}.minimum_basis", digits=digits),
        from_on=read_day(rule.get("from")),
        until_on=read_day(rule.get("until")),
        tiers=values(rule, "tier"),
        takes_back=rule.get("on_return", "take_back") == "take_back",
        names=read_names(rule.get("name", {})),
    )


def _target(given: object, goal: Goal, path: str, digits: int) -> int:
    if given is None:
        raise ProgrammeUnclear(path, "a challenge has a target, or steps")
    spend = goal is Goal.SPEND
    if spend:
        given = str(given)
    found = money(given, path, digits=digits) if spend else quantity(given, path, decimals=0)
    if found < 1:
        raise ProgrammeUnclear(path, "is more than zero")
    return found


def _reward(
    given: Document, path: str, wallets: Mapping[str, WalletRule], default: str
) -> dict[str, Any]:
    wallet = given.get("wallet", "")
    name = wallet or default
    if "points" in given and name not in wallets:
        raise ProgrammeUnclear(f"{path}.wallet", f"there is no wallet {name!r}")
    decimals = wallets[name].decimals if name in wallets else 0
    points = quantity(given.get("points", 0), f"{path}.points", decimals=decimals)
    return {"points": points, "wallet": wallet, "badge": given.get("badge", "")}
