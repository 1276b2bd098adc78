"""By which level a basket is priced: the shopper's, or the one that it lifts her to itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme, quote_earning, rated_level
from loyalty.values import CardHolder, SaleLine
from offers.values import PricedBasket

WITH_POINTS = frozenset({"earned", "active_balance"})
"""Metrics of the stairs that a purchase moves by what it earns."""


@dataclass(frozen=True, slots=True)
class AtLevel:
    """A basket as it is priced at one level."""

    level: str
    basket: PricedBasket
    lines: tuple[SaleLine, ...]


def rated(
    tx: Tx,
    holder: CardHolder,
    price_at: Callable[[str], AtLevel],
    *,
    at: datetime,
    codes: Sequence[str],
) -> AtLevel:
    """Price a member's basket at her level, or at the one that the basket itself lifts her to.

    Where the programme lets a purchase count for itself. A price at which the level would not be
    reached after all does not count.
    """
    first = price_at(holder.level)
    reached = _lifted_to(tx, holder, first, at=at, codes=codes)
    if reached == holder.level:
        return first
    lifted = price_at(reached)
    holds = _lifted_to(tx, holder, lifted, at=at, codes=codes) == reached
    return lifted if holds else first


def _lifted_to(
    tx: Tx, holder: CardHolder, priced: AtLevel, *, at: datetime, codes: Sequence[str]
) -> str:
    """Return the level that a basket lifts its buyer to, at what it costs and earns so."""
    programme, points = current_programme(tx), 0
    if programme.tiers.metric in WITH_POINTS and programme.tier_wallet == programme.default_wallet:
        effects = priced.basket.points_effects
        points = quote_earning(
            tx, lines=priced.lines, at=at, effects=effects, tier=priced.level, codes=codes
        ).points
    return rated_level(tx, holder.tier, priced.lines, points=points)
