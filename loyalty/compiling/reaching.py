"""Referral, the messages that the ledger causes, and how many of them are enough."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty.compiling.parts import Document
from loyalty.programme import (
    ContactCaps,
    MessageRule,
    Milestone,
    ProgrammeUnclear,
    ReferralRule,
    WalletRule,
    money,
    quantity,
)

ROLLING = "rolling_days"


def read_referral(
    rule: Document | None, digits: int, wallets: Mapping[str, WalletRule]
) -> ReferralRule | None:
    """Return what both sides of a referral get, and when."""
    if rule is None:
        return None
    return ReferralRule(
        referrer=_rewards(rule.get("referrer", {}), "referral.referrer", wallets),
        referee=_rewards(rule.get("referee", {}), "referral.referee", wallets),
        minimum_minor=money(rule.get("minimum", "0"), "referral.minimum", digits=digits),
        any_purchase=rule.get("when", "first_purchase") == "any_purchase",
        after_days=rule.get("after_days", 0),
        check_email=rule.get("same_person_check", "normalised_email") == "normalised_email",
    )


def read_messages(rule: Document, *, decimals: int) -> MessageRule:
    """Return the messages that the ledger causes; milestones rise."""
    milestones = [
        Milestone(
            quantity(one["points"], f"messages.milestones.{number}.points", decimals=decimals),
            one["message"],
        )
        for number, one in enumerate(rule.get("milestones", ()))
    ]
    return MessageRule(
        on_enrol=rule.get("on_enrol", ""),
        milestones=tuple(sorted(milestones, key=lambda one: one.points)),
    )


def read_contact_caps(rule: Document) -> ContactCaps:
    """Return how many messages a member gets through each channel, and in how many days."""
    most = {channel: number for channel, number in rule.items() if channel != ROLLING}
    return ContactCaps(most=most, rolling_days=rule.get(ROLLING, ContactCaps().rolling_days))


def _rewards(given: Document, path: str, wallets: Mapping[str, WalletRule]) -> dict[str, int]:
    """Return grains by wallet."""
    for name in given:
        if name not in wallets:
            raise ProgrammeUnclear(f"{path}.{name}", f"there is no wallet {name!r}")
    return {
        name: quantity(amount, f"{path}.{name}", decimals=wallets[name].decimals)
        for name, amount in given.items()
    }
