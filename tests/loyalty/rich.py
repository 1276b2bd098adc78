"""The grocer's programme with what only some retailers have: rewards, limits, a purse."""

from __future__ import annotations

from typing import Any

from loyalty.queries import preset_document

LIMITS = {
    "support": {"each": 500, "per_day": 2000, "per_member_per_month": 1000},
    "four_eyes_above": 300,
}
REWARDS: list[dict[str, Any]] = [
    {
        "id": "five-euros",
        "kind": "voucher",
        "amount": "5.00",
        "cost": 800,
        "stock": 3,
        "name": {"fr": "Un bon de 5 €", "en": "A 5 euro voucher"},
        "expiry": {"after_months": 6, "end_of": "month"},
    },
    {
        "id": "coffee",
        "kind": "article",
        "article": "espresso",
        "cost": 150,
        "limit": {"member": 2},
        "name": {"fr": "Un café", "en": "A coffee"},
    },
    {
        "id": "off",
        "kind": "amount_per_point",
        "amount": "0.01",
        "per_points": 2,
        "step": 100,
        "name": {"fr": "Des euros en moins", "en": "Euros off"},
    },
]


def rich_document() -> dict[str, Any]:
    """Return the three-tier grocer's document with rewards, limits and a second wallet."""
    document = preset_document("three-tier-grocer")
    purse = {
        "unit": "currency",
        "decimals": 2,
        "name": {"fr": "cagnotte", "en": "purse"},
        "expiry": {"after_months": 6},
    }
    return document | {
        "name": "rich",
        "wallets": document["wallets"] | {"purse": purse},
        "rewards": REWARDS,
        "adjustment_limits": LIMITS,
    }
