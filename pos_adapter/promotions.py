"""Offers for points as they turn out once the programme has worked out the points."""

from __future__ import annotations

from dataclasses import replace

from loyalty.values import Earned
from offers.values import NotApplied, PricedBasket


def as_earned(basket: PricedBasket, earned: Earned) -> PricedBasket:
    """Return the basket with the points that its offers really give; those that give none fall out.

    Which of several promotions stands, and what a multiplier comes to, the programme decides.
    """
    given: dict[str, int] = {}
    for one in earned.fired:
        given[one.rule] = given.get(one.rule, 0) + one.points
    for_points = {effect.offer_id for effect in basket.points_effects}
    applied = []
    fallen = []
    for offer in basket.applied:
        if offer.offer_id not in for_points:
            applied.append(offer)
        elif points := given.get(offer.offer_id, 0):
            applied.append(replace(offer, points=points))
        else:
            why = "nothing-left" if offer.offer_id in given else "beaten"
            fallen.append(NotApplied(offer.offer_id, offer.slug, offer.name, why))
    return replace(basket, applied=tuple(applied), not_applied=(*basket.not_applied, *fallen))
