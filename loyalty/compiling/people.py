"""Who may adjust how much, transfers, households, and how long data of people is kept."""

from __future__ import annotations

from loyalty.compiling.parts import Document
from loyalty.programme import (
    AdjustmentRule,
    ClaimRule,
    HouseholdExit,
    HouseholdRule,
    ProgrammeUnclear,
    RetentionRule,
    RoleLimits,
    TransferRule,
    quantity,
)

FOUR_EYES = "four_eyes_above"


def read_adjustments(document: Document, *, decimals: int) -> AdjustmentRule:
    """Return what each role may adjust, in grains of the default wallet."""
    rule = document.get("adjustment_limits", {})
    path = "adjustment_limits"
    roles = {
        role: RoleLimits(
            **{
                key: quantity(given, f"{path}.{role}.{key}", decimals=decimals)
                for key, given in limits.items()
            }
        )
        for role, limits in rule.items()
        if role != FOUR_EYES
    }
    above = rule.get(FOUR_EYES)
    if above is not None:
        above = quantity(above, f"{path}.{FOUR_EYES}", decimals=decimals)
    return AdjustmentRule(roles, above)


def read_claims(document: Document) -> ClaimRule:
    """Return how members claim purchases that they made without their card."""
    rule = document.get("claims", {})
    return ClaimRule(
        within_days=rule.get("within_days", ClaimRule().within_days),
        automatic=rule.get("settle", "automatic") == "automatic",
        times=rule.get("times"),
        days=rule.get("days", ClaimRule().days),
    )


def read_retention(document: Document) -> RetentionRule:
    """Return after how many months without contact a member is warned and erased."""
    read = RetentionRule(**document.get("retention", {}))
    if read.warn_after_months >= read.erase_after_months:
        raise ProgrammeUnclear("retention.warn_after_months", "comes before erase_after_months")
    return read


def read_transfers(document: Document, *, decimals: int) -> TransferRule:
    """Return how much a member may give to others; nothing where that is not allowed."""
    rule = document.get("transfers", {})
    if not rule.get("allowed", True):
        return TransferRule(per_day=0)
    most = rule.get("per_day")
    if most is None:
        return TransferRule()
    return TransferRule(per_day=quantity(most, "transfers.per_day", decimals=decimals))


def read_household(document: Document) -> HouseholdRule:
    """Return what somebody who leaves a pool takes along."""
    rule = document.get("household", {})
    return HouseholdRule(exit=HouseholdExit(rule.get("exit", "contributed")))
