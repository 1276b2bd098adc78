"""Earning rules, the basis, rounding and stacking."""

from __future__ import annotations

from loyalty.compiling.parts import Document, read_day, read_filter
from loyalty.programme import (
    Basis,
    EarnRule,
    Per,
    ProgrammeUnclear,
    Rounding,
    RoundingPlan,
    money,
)
from loyalty.values import LineKind


def read_earn(rules: list[Document], digits: int) -> tuple[EarnRule, ...]:
    """Return the rules that are enabled, in the order of the document."""
    ids = [rule["id"] for rule in rules]
    for number, rule_id in enumerate(ids):
        if rule_id in ids[:number]:
            raise ProgrammeUnclear(f"earn.{number}.id", f"{rule_id!r} is used twice")
    return tuple(
        _earn_rule(rule, f"earn.{number}", digits)
        for number, rule in enumerate(rules)
        if rule.get("enabled", True)
    )


def read_basis(rule: Document) -> Basis:
    """Return what part of a sale earns."""
    kinds = {LineKind.ARTICLE}
    if rule.get("delivery", "excluded") == "included":
        kinds.add(LineKind.DELIVERY)
    if rule.get("fees", "excluded") == "included":
        kinds.add(LineKind.SERVICE_FEE)
    return Basis(
        tax_included=rule.get("tax", "included") == "included",
        kinds=frozenset(kinds),
        lowered_by_offers="offers" in rule.get("lowered_by", ["offers"]),
    )


def read_rounding(rule: str | Document) -> RoundingPlan:
    """Return where points are rounded; one mode alone rounds the order's total."""
    if isinstance(rule, str):
        return RoundingPlan(per_order=Rounding(rule))
    stages = {stage: Rounding(mode) for stage, mode in rule.items()}
    plan = RoundingPlan(stages.get("per_line"), stages.get("per_rule"), stages.get("per_order"))
    if plan == RoundingPlan(None, None, None):
        raise ProgrammeUnclear("rounding", "points are whole: name a stage that rounds")
    return plan


def _earn_rule(rule: Document, path: str, digits: int) -> EarnRule:
    def amount(key: str) -> int | None:
        return money(rule[key], f"{path}.{key}", digits=digits) if key in rule else None

    return EarnRule(
        id=rule["id"],
        points=rule["points"],
        per=Per(rule["per"]),
        amount_minor=amount("amount") or 0,
        match=read_filter(rule),
        exclude=read_filter(rule.get("exclude", {})),
        minimum_basis_minor=amount("minimum_basis") or 0,
        maximum_basis_minor=amount("maximum_basis"),
        from_on=read_day(rule.get("from")),
        until_on=read_day(rule.get("until")),
    )
