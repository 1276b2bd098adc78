"""Referral: who may bring whom, and what a purchase does to it."""

from __future__ import annotations

from loyalty.identity import email_key
from loyalty.programme import ReferralRule
from loyalty.values import Identity, ReferralState

_GOOGLE = {"gmail.com", "googlemail.com"}


def normalised_email(email: str) -> str:
    """Return the form in which two addresses of one person are alike.

    Case and what follows a plus in the local part do not tell people apart; in addresses of
    Google, dots do not either, and it has two names.
    """
    local, _, domain = email_key(email).rpartition("@")
    local = local.partition("+")[0]
    if domain in _GOOGLE:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_same_person(rule: ReferralRule, one: Identity, other: Identity) -> bool:
    """Tell whether somebody would refer herself: one address, or one telephone number."""
    if not rule.check_email:
        return False
    if one.email and other.email and normalised_email(one.email) == normalised_email(other.email):
        return True
    return one.phone is not None and one.phone == other.phone


def after_purchase(rule: ReferralRule, total_minor: int) -> ReferralState | None:
    """Return what a purchase makes of a pending referral; ``None`` when another may still count.

    The first purchase of the one who was brought decides, or any that reaches the minimum.
    """
    if total_minor >= rule.minimum_minor:
        return ReferralState.REWARDED
    return None if rule.any_purchase else ReferralState.REJECTED
