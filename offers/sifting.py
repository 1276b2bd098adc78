"""A basket and the offers that may work on it, sorted and sifted once before the search.

Nothing here depends on the order of scanning or on that of the offers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offers.document import Amount, AppliesTo, Percent, PointsBonus, PointsMultiplier
from offers.eligibility import Candidate, LiveOffer, takes_offers
from offers.pricing import EarnRate, Till, line_discount, open_till, points_given, unit_values
from offers.searching import Option, Problem, Together
from offers.values import BasketLine


@dataclass(frozen=True, slots=True)
class Sifted:
    """The offers by what they work on, and what each could give at most."""

    lines: Sequence[BasketLine]
    rate: EarnRate
    goods_minor: int
    items: Problem
    on_items: tuple[Candidate, ...]
    on_basket: tuple[Candidate, ...]
    on_points: tuple[Candidate, ...]
    by_id: Mapping[str, LiveOffer]
    points_at_most: Mapping[str, int]
    groups: Mapping[str, tuple[str, ...]]

    @property
    def steps(self) -> int:
        """Return what one assignment of the whole basket costs, besides the searches in it."""
        wanted = sum(len(one.positions) for one in self.items.together)
        return 3 * len(self.lines) + wanted + len(self.on_points)

    @classmethod
    def of(
        cls, lines: Sequence[BasketLine], candidates: Sequence[Candidate], rate: EarnRate
    ) -> Sifted:
        """Sort and sift; the result does not depend on the order of either sequence."""
        kept = sorted(candidates, key=lambda candidate: candidate.live.id)
        on_points = tuple(one for one in kept if one.live.offer.applies_to is None)
        money = [one for one in kept if one.live.offer.applies_to is not None]
        basket = [one for one in money if one.live.offer.applies_to is AppliesTo.BASKET]
        items = tuple(one for one in money if one.live.offer.applies_to is not AppliesTo.BASKET)
        tills = [open_till(line) for line in lines]
        return cls(
            lines=lines,
            rate=rate,
            goods_minor=sum(line.gross_minor for line in lines if takes_offers(line)),
            items=_problem(lines, items),
            on_items=items,
            on_basket=tuple(sorted(basket, key=_percent_first)),
            on_points=on_points,
            by_id={one.live.id: one.live for one in kept},
            points_at_most={one.live.id: points_of(one, tills, rate) for one in on_points},
            groups=_groups(kept),
        )


def _problem(lines: Sequence[BasketLine], items: Sequence[Candidate]) -> Problem:
    """Return the item offers as a problem of assigning lines."""
    single: dict[int, list[Option]] = {}
    together = []
    for candidate in items:
        benefit = candidate.live.offer.benefit
        assert isinstance(benefit, Percent | Amount)
        if benefit.applies_to is AppliesTo.ELIGIBLE_LINES:
            positions = frozenset(candidate.positions)
            together.append(Together(candidate.live.id, benefit, positions))
            continue
        for position in candidate.positions:
            minor = line_discount(benefit, unit_values(lines[position]))
            if minor:
                single.setdefault(position, []).append((minor, candidate.live.id))
    return Problem(
        worth=[line.gross_minor for line in lines],
        single={
            position: sorted(options, key=lambda option: (-option[0], option[1]))
            for position, options in single.items()
        },
        together=together,
        order=sorted(range(len(lines)), key=lambda position: _own_order(lines[position])),
    )


def _own_order(line: BasketLine) -> tuple[int, str, int, int]:
    """Return where a line stands, the dearest first, however the basket was scanned."""
    return (-line.gross_minor, line.sku, line.quantity_milli, line.line_no)


def _percent_first(candidate: Candidate) -> tuple[int, int, str]:
    """Return where a basket offer stands: percentages, then amounts, the larger first."""
    benefit = candidate.live.offer.benefit
    if isinstance(benefit, Percent):
        return (0, -benefit.rate_ppm, candidate.live.id)
    assert isinstance(benefit, Amount)
    return (1, -benefit.amount_minor, candidate.live.id)


def _groups(candidates: Sequence[Candidate]) -> dict[str, tuple[str, ...]]:
    """Return the exclusive groups that more than one candidate belongs to."""
    members: dict[str, list[str]] = {}
    for candidate in candidates:
        if group := candidate.live.offer.exclusive_group:
            members.setdefault(group, []).append(candidate.live.id)
    return {group: tuple(ids) for group, ids in sorted(members.items()) if len(ids) > 1}


def points_of(candidate: Candidate, tills: Sequence[Till], rate: EarnRate) -> int:
    """Return the points that a points offer gives on what is left in ``tills``."""
    benefit = candidate.live.offer.benefit
    assert isinstance(benefit, PointsBonus | PointsMultiplier)
    own = [tills[position] for position in candidate.positions]
    every = [till for till in tills if takes_offers(till.line)]
    return points_given(benefit, own, every, rate)
