"""Earning rules, the basis, rounding and stacking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from loyalty.compiling.parts import Document, read_day, read_filter, read_names, values
from loyalty.programme import (
    Basis,
    EarnRule,
    Multiplied,
    Multipliers,
    Per,
    ProgrammeUnclear,
    PromotionLimits,
    Rounding,
    RoundingPlan,
    RuleLimits,
    Stacking,
    Together,
    WalletRule,
    money,
    quantity,
    ratio,
)
from loyalty.values import LineKind

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_earn(
    rules: list[Document], digits: int, wallets: Mapping[str, WalletRule], default_wallet: str
) -> tuple[EarnRule, ...]:
    """Return the rules that are enabled, in the order of the document."""
    ids = [rule["id"] for rule in rules]
    for number, rule_id in enumerate(ids):
        if rule_id in ids[:number]:
            raise ProgrammeUnclear(f"earn.{number}.id", f"{rule_id!r} is used twice")
    return tuple(
        _earn_rule(rule, f"earn.{number}", digits, _decimals(rule, number, wallets, default_wallet))
        for number, rule in enumerate(rules)
        if rule.get("enabled", True)
    )


def read_basis(rule: Document, *, redeemed_earns: bool = True) -> Basis:
    """Return what part of a sale earns."""
    kinds = {LineKind.ARTICLE}
    if rule.get("delivery", "excluded") == "included":
        kinds.add(LineKind.DELIVERY)
    if rule.get("fees", "excluded") == "included":
        kinds.add(LineKind.SERVICE_FEE)
    lowered_by = values(rule, "lowered_by") if "lowered_by" in rule else {"offers"}
    return Basis(
        tax_included=rule.get("tax", "included") == "included",
        kinds=frozenset(kinds),
        lowered_by_offers="offers" in lowered_by,
        lowered_by_till="till_discounts" in lowered_by,
        spread_basket_offers=rule.get("basket_offers", "spread") == "spread",
        redeemed_earns=redeemed_earns,
    )


def read_rounding(rule: str | Document) -> RoundingPlan:
    """Return where points are rounded; one mode alone rounds the order's total."""
    if isinstance(rule, str):
        return RoundingPlan(per_order=Rounding(rule))
    stages = {stage: Rounding(mode) for stage, mode in rule.items()}
    return RoundingPlan(
        per_line=stages.get("per_line"),
        per_rule=stages.get("per_rule"),
        per_order=stages.get("per_order"),
        multiplied_total=stages.get("multiplied_total"),
    )


def read_stacking(rule: Document) -> Stacking:
    """Return what becomes of rules and promotions that fire together."""
    return Stacking(
        rules=Together(rule.get("rules", "add")),
        promotions=Together(rule.get("promotions", "all")),
        multipliers=Multipliers(rule.get("multipliers", "multiply")),
    )


def read_promotion_limits(rule: Document) -> PromotionLimits:
    """Return how far offers may go beside the programme."""
    most = rule.get("multiplier_at_most")
    return PromotionLimits(
        multiplier_at_most=None
        if most is None
        else ratio(most, "promotion_limits.multiplier_at_most"),
        multiplier_decimals=rule.get("multiplier_decimals"),
        active_or_scheduled_at_most=rule.get("active_or_scheduled_at_most"),
    )


def _decimals(
    rule: Document, number: int, wallets: Mapping[str, WalletRule], default_wallet: str
) -> int:
    """Return the decimals of the wallet that a rule pays into."""
    name = rule.get("wallet", default_wallet)
    if name not in wallets:
        if "wallet" in rule:
            raise ProgrammeUnclear(f"earn.{number}.wallet", f"there is no wallet {name!r}")
        raise ProgrammeUnclear(f"earn.{number}", "there is no wallet to pay into")
    return wallets[name].decimals


def _earn_rule(rule: Document, path: str, digits: int, decimals: int) -> EarnRule:
    _refuse_contradictions(rule, path)

    def amount(key: str) -> int | None:
        return money(rule[key], f"{path}.{key}", digits=digits) if key in rule else None

    multiply = ratio(rule["multiply"], f"{path}.multiply") if "multiply" in rule else None
    points = rule.get("points", 0)
    return EarnRule(
        id=rule["id"],
        points=quantity(points, f"{path}.points", decimals=decimals),
        per=Per(rule.get("per", "order")),
        amount_minor=amount("amount") or 0,
        match=read_filter(rule),
        exclude=read_filter(rule.get("exclude", {})),
        minimum_basis_minor=amount("minimum_basis") or 0,
        maximum_basis_minor=amount("maximum_basis"),
        from_on=read_day(rule.get("from")),
        until_on=read_day(rule.get("until")),
        wallet=rule.get("wallet", ""),
        event=rule.get("event", ""),
        multiply=multiply,
        of=Multiplied(rule.get("of", "all")),
        after_multipliers=rule.get("after_multipliers", False),
        code=rule.get("code", ""),
        exclusive=rule.get("stacking", "stackable") == "exclusive",
        priority=rule.get("priority", 0),
        tiers=values(rule, "tier"),
        first_purchase=rule.get("first_purchase", False),
        weekdays=_weekdays(rule, path),
        hours=_hours(rule.get("hours"), path),
        limits=_limits(rule.get("limit", {}), f"{path}.limit", decimals),
        names=read_names(rule.get("name", {})),
    )


def _refuse_contradictions(rule: Document, path: str) -> None:
    """Refuse keys that need or exclude each other."""
    if "multiply" in rule:
        for key in ("points", "amount", "event", "after_multipliers"):
            if key in rule:
                raise ProgrammeUnclear(f"{path}.{key}", "a multiplier grants nothing of its own")
        return
    if "points" not in rule or "per" not in rule:
        raise ProgrammeUnclear(path, "a rule has points with per, or multiply")
    if (rule["per"] == "event") != ("event" in rule):
        raise ProgrammeUnclear(f"{path}.event", "goes with per: event, and only with it")
    if "of" in rule:
        raise ProgrammeUnclear(f"{path}.of", "goes with multiply only")


def _weekdays(rule: Document, path: str) -> frozenset[int]:
    days = values(rule, "weekdays")
    for day in days:
        if day not in WEEKDAYS:
            raise ProgrammeUnclear(f"{path}.weekdays", f"{day!r} is not one of mon to sun")
    return frozenset(WEEKDAYS.index(day) for day in days)


def _hours(given: Any, path: str) -> tuple[time, time] | None:
    """Return first and last hour; ``24:00`` is the end of the day."""
    if given is None:
        return None
    try:
        first, last = (time.max if text == "24:00" else time.fromisoformat(text) for text in given)
    except (TypeError, ValueError) as error:
        raise ProgrammeUnclear(f"{path}.hours", 'write two clock times, like "08:00"') from error
    return first, last


def _limits(rule: Document, path: str, decimals: int) -> RuleLimits:
    found = {
        key: quantity(given, f"{path}.{key}", decimals=decimals) for key, given in rule.items()
    }
    return RuleLimits(
        purchase=found.get("purchase"),
        day=found.get("day"),
        member=found.get("member"),
        year=found.get("period"),
        programme=found.get("programme"),
    )
