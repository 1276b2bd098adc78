"""What a points offer hands to the ledger: whole bonuses, exact fractions, or a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loyalty.values import EffectKind, PointsEffect
from offers.combining import Worked
from offers.document import PointsBonus, PointsMultiplier
from offers.pricing import MILLI, Till, bonus_points


def points_effect(
    one: Worked, tills: Sequence[Till], line_nos: tuple[int, ...], language: str
) -> PointsEffect:
    """Return what a points offer gives, or by what it multiplies; the ledger works it out."""
    offer = one.live.offer
    effect = PointsEffect(
        offer_id=one.live.id,
        points=one.points,
        line_nos=line_nos,
        label=offer.name(language),
        created=one.live.created,
        slug=offer.slug,
    )
    benefit = offer.benefit
    if isinstance(benefit, PointsMultiplier):
        return replace(
            effect,
            kind=EffectKind.MULTIPLIER,
            multiply=(benefit.multiply_milli, MILLI),
            own_lines=not benefit.of_all_lines,
            wallet=benefit.wallet,
        )
    assert isinstance(benefit, PointsBonus), "money is taken off lines"
    own = [tills[position] for position in one.positions]
    return replace(effect, exact=bonus_points(benefit, own), wallet=benefit.wallet)
