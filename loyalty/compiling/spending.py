"""Redemption, rewards, and vouchers for cumulated spend."""

from __future__ import annotations

from loyalty.compiling.parts import Document, read_expiry, unknown_to_this_version
from loyalty.programme import ProgrammeUnclear, Redemption, RewardRule, VoucherRule, money


def read_redemption(rule: Document | None, digits: int) -> Redemption | None:
    """Return what points are worth at the till."""
    if rule is None:
        return None
    return Redemption(
        points=rule["points"],
        value_minor=money(rule["value"], "redemption.value", digits=digits),
        minimum=rule.get("minimum", 0),
        step=rule.get("step", 1),
    )


def read_rewards(document: Document) -> tuple[RewardRule, ...]:
    """Return the catalogue of rewards."""
    unknown_to_this_version(document, "rewards")
    return ()


def read_vouchers(rule: Document | None, digits: int) -> VoucherRule | None:
    """Return the vouchers that cumulated spend entitles to."""
    if rule is None:
        return None
    per_spend = money(rule["per_spend"], "vouchers.per_spend", digits=digits)
    if per_spend == 0:
        raise ProgrammeUnclear("vouchers.per_spend", "must be more than zero")
    return VoucherRule(
        per_spend_minor=per_spend,
        value_minor=money(rule["value"], "vouchers.value", digits=digits),
        carry_over=rule.get("carry_over", True),
        expiry=read_expiry(rule.get("expiry", "none")),
    )
