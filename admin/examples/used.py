"""How often offers were used before a story begins: counters that limits and budgets go on from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from admin.examples.stage import NotHonouredYet, Stage
from admin.examples.story import Plain
from loyalty.values import MemberId
from offers.commands import use_offers
from offers.values import Applied, OfferId

BEFORE = timedelta(days=400)
"""How long before the first step the uses lie: no day of the story counts them."""


def count_used(stage: Stage, first: datetime) -> None:
    """Count what the file says that offers were used for before its first step.

    ``uses`` and ``amount`` are of the whole offer; what ``member`` names is part of them.
    """
    for slug, told in stage.story.used.items():
        if slug not in stage.cast.offers:
            raise NotHonouredYet(f"used: {slug}, which is no offer of the file")
        if {"store", "cashier", "day"} & told.keys():
            raise NotHonouredYet("used by store, cashier or day")
        left = [int(told.get("uses", 0)), stage.minor(told.get("amount", "0"))]
        for name, own in (told.get("member") or {}).items():
            part = _part(stage, own)
            _count(stage, slug, stage.member_id(str(name)), part, first)
            left = [max(0, whole - some) for whole, some in zip(left, part, strict=True)]
        _count(stage, slug, None, (left[0], left[1]), first)


def _part(stage: Stage, own: Any) -> tuple[int, int]:
    facts: Plain = own if isinstance(own, Mapping) else {"uses": own}
    return int(facts.get("uses", 0)), stage.minor(facts.get("amount", "0"))


def _count(
    stage: Stage, slug: str, member_id: MemberId | None, part: tuple[int, int], first: datetime
) -> None:
    if not any(part):
        return
    uses, minor = part
    offer_id = OfferId(stage.cast.offers[slug])
    with stage.begin() as tx:
        use_offers(
            tx,
            member_id=member_id,
            purchase_id=f"before:{slug}:{member_id or ''}",
            applied=[Applied(offer_id, slug, slug, minor, 0, uses, ())],
            at=(first - BEFORE).astimezone(UTC),
        )
