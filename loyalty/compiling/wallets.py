"""Wallets, and what waits before it counts."""

from __future__ import annotations

from loyalty.compiling.parts import Document, only, read_expiry, unknown_to_this_version
from loyalty.programme import PendingRule, WalletRule


def read_wallets(document: Document) -> dict[str, WalletRule]:
    """Return the wallets of a programme by name."""
    return {key: _wallet(rule, f"wallets.{key}") for key, rule in document["wallets"].items()}


def read_pending(document: Document) -> PendingRule | None:
    """Return how long points wait."""
    unknown_to_this_version(document, "pending")
    return None


def _wallet(rule: Document, path: str) -> WalletRule:
    only(rule, path, "decimals", 0)
    only(rule, path, "consumption", "earliest_expiry")
    floor = rule.get("floor", "zero")
    return WalletRule(
        unit=rule.get("unit", "point"),
        expiry=read_expiry(rule.get("expiry", "none")),
        last_day_usable=rule.get("expiry_end", "exclusive") == "inclusive",
        floor={"zero": 0, "unlimited": None}.get(floor) if isinstance(floor, str) else floor,
    )
