"""The programme of the demo's grocer: the ready one, with rewards and with limits for staff."""

from __future__ import annotations

from typing import Any

from loyalty.queries import preset_document

REWARDS: list[dict[str, Any]] = [
    {
        "id": "baguette",
        "name": {"en": "A baguette", "fr": "Une baguette tradition"},
        "kind": "article",
        "article": "baguette-tradition",
        "cost": 250,
        "limit": {"member": 10},
    },
    {
        "id": "five-euros",
        "name": {"en": "A 5 euro voucher", "fr": "Un bon de 5 €"},
        "kind": "voucher",
        "amount": "5.00",
        "cost": 900,
        "expiry": {"after_months": 3, "end_of": "month"},
    },
    {
        "id": "fruit-basket",
        "name": {"en": "A basket of fruit", "fr": "Une corbeille de fruits"},
        "kind": "article",
        "article": "fraises-gariguettes-250-g",
        "cost": 1500,
        "stock": 40,
        "limit": {"member": 1},
    },
    {
        "id": "ten-percent",
        "name": {"en": "10 % off a basket", "fr": "10 % sur un panier"},
        "kind": "percent",
        "percent": 10,
        "cost": 2000,
    },
]
LIMITS: dict[str, Any] = {
    "support": {"each": 1000, "per_day": 5000, "per_member_per_month": 2000},
    "store_manager": {"each": 500, "per_day": 2000, "per_member_per_month": 1000},
    "four_eyes_above": 400,
}


def demo_programme() -> dict[str, Any]:
    """Return the document that the demo publishes."""
    return preset_document("three-tier-grocer") | {
        "rewards": REWARDS,
        "adjustment_limits": LIMITS,
    }
