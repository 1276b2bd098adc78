"""The best combination of offers for the shopper: most money off, then most points.

What is chosen among: each line takes at most one item offer; at most one offer of an exclusive
group applies; basket offers then work on what is left, percentages first; points offers change no
price and stand beside the others. Where an exclusive group holds money and points, points count
at what they are worth when spent.

The search is exact within a budget of steps: groups are left open, the best assignment is found,
and where two offers of a group would both apply it branches on which one stays. More offers
never take off less, so the open problem bounds the closed one. Neither the order of scanning nor
that of the offers matters: everything is put in an order of its own first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from offers.assigning import Assignment, Memory, assign
from offers.document import Amount, AppliesTo, Percent, PointsBonus, PointsMultiplier
from offers.eligibility import Candidate, LiveOffer, Why, takes_offers
from offers.pricing import (
    EarnRate,
    Till,
    bonus_points,
    open_till,
    reduction,
    take_by_line,
    take_once,
)
from offers.searching import Effort
from offers.sifting import Sifted, points_of
from offers.values import BasketLine

STEPS = 20_000
"""How many steps one basket may cost before the best found so far is taken: some 20 ms."""
_MOST_TORN = 100
"""How many groups may be torn at once before they are closed by value instead of searched."""
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Worked:
    """An offer that works on the basket: money off, points, and the positions it touches."""

    live: LiveOffer
    discount_minor: int
    points: int
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen combination.

    ``refused`` says of every other candidate why it is not in it, and by which offer it was
    beaten. ``optimal`` when it is proven that none is better; in any case no better one takes off
    more than ``bound_minor``.
    """

    tills: tuple[Till, ...]
    worked: tuple[Worked, ...]
    refused: Mapping[str, tuple[Why, str]]
    optimal: bool
    bound_minor: int

    @property
    def discount_minor(self) -> int:
        """Return all money taken off."""
        return sum(one.discount_minor for one in self.worked)


def choose(
    lines: Sequence[BasketLine],
    candidates: Sequence[Candidate],
    *,
    rate: EarnRate,
    steps: int = STEPS,
) -> Choice:
    """Return the combination of ``candidates`` that is best for the shopper."""
    table = Sifted.of(lines, candidates, rate)
    search = _Search(table, Effort(steps))
    search.run()
    return _settle(table, search)


@dataclass(frozen=True, slots=True)
class _Round:
    """One assignment with some offers left out, and what it is worth at most."""

    without: frozenset[str]
    items: Assignment
    basket: Mapping[str, int]
    most_micro: int

    def money_of(self) -> int:
        """Return the money this round takes off."""
        return self.items.discount_minor + sum(self.basket.values())


@dataclass(slots=True)
class _Search:
    """Branching on exclusive groups, the most valuable member first."""

    table: Sifted
    effort: Effort
    best: _Round | None = None
    best_micro: int = -1
    bound_minor: int = 0
    exact: bool = True
    memory: Memory = field(default_factory=dict)

    def run(self) -> None:
        """Find the best round in which no group applies twice."""
        open_round = self._round(frozenset())
        self.bound_minor = open_round.items.bound_minor + sum(open_round.basket.values())
        self._visit(open_round)
        assert self.best is not None
        if self.exact:
            self.bound_minor = self.best.money_of()

    def _visit(self, this: _Round) -> None:
        if this.most_micro <= self.best_micro:
            return
        torn = self._torn_groups(this)
        if not torn:
            micro = _worth(self.table, this)
            if micro > self.best_micro:
                self.best, self.best_micro = this, micro
            return
        if self.effort.steps <= 0 or len(torn) > _MOST_TORN:
            self._hurry(this, torn)
            return
        for keep in self._by_value(this, torn[0]):
            if self.best is not None and self.effort.steps <= 0:
                self.exact = False
                return
            others = frozenset(torn[0]) - {keep}
            self._visit(self._round(this.without | others))

    def _hurry(self, this: _Round, torn: Sequence[tuple[str, ...]]) -> None:
        """Close every torn group at once, unless an answer is known already."""
        self.exact = False
        if self.best is None:
            kept = {self._by_value(this, group)[0] for group in torn}
            others = frozenset(member for group in torn for member in group) - kept
            self._visit(self._round(this.without | others))

    def _round(self, without: frozenset[str]) -> _Round:
        self.effort.steps -= self.table.steps
        items = assign(self.table.items, without, self.effort, self.memory)
        if items.bound_minor > items.discount_minor:
            self.exact = False
        basket = _on_basket(self.table, self.table.goods_minor - items.discount_minor, without)
        points = sum(n for i, n in self.table.points_at_most.items() if i not in without)
        money = items.bound_minor + sum(basket.values())
        most = money * _MICRO + points * self.table.rate.worth_micro
        return _Round(without, items, basket, most)

    def _torn_groups(self, this: _Round) -> list[tuple[str, ...]]:
        """Return the groups of which two offers would apply."""
        applying = set(this.items.taken.values()) | set(this.basket)
        applying |= {i for i, n in self.table.points_at_most.items() if n and i not in this.without}
        groups = self.table.groups.values()
        return [members for members in groups if len(applying.intersection(members)) > 1]

    def _by_value(self, this: _Round, group: tuple[str, ...]) -> list[str]:
        """Return the members still in play, the one that gives most in ``this`` round first."""
        given = dict.fromkeys(group, 0)
        worth = self.table.items.worth
        for position, offer_id in this.items.taken.items():
            if offer_id in given:
                given[offer_id] += worth[position]
        for offer_id, minor in this.basket.items():
            if offer_id in given:
                given[offer_id] += minor
        left = [member for member in group if member not in this.without]
        return sorted(left, key=lambda member: (-given[member], member))


def _on_basket(table: Sifted, left_minor: int, without: frozenset[str]) -> dict[str, int]:
    """Return what each basket offer takes off, one after the other; those that take nothing not."""
    taken = {}
    for candidate in table.on_basket:
        benefit = candidate.live.offer.benefit
        assert isinstance(benefit, Percent | Amount)
        if candidate.live.id not in without:
            minor = reduction(benefit, left_minor)
            left_minor -= minor
            if minor:
                taken[candidate.live.id] = minor
    return taken


def _worth(table: Sifted, this: _Round) -> int:
    """Return what a round is worth to the shopper, in millionths of a minor unit."""
    if not table.on_points:
        return this.money_of() * _MICRO
    tills = _work_in(table, this)[0]
    points = sum(
        points_of(one, tills, table.rate)
        for one in table.on_points
        if one.live.id not in this.without
    )
    return this.money_of() * _MICRO + points * table.rate.worth_micro


def _work_in(table: Sifted, this: _Round) -> tuple[list[Till], list[Worked]]:
    """Work the money offers of a round into the lines, in the order of the receipt."""
    tills = [open_till(line) for line in table.lines]
    receipt = sorted(range(len(tills)), key=lambda position: table.lines[position].line_no)
    own: dict[str, list[int]] = {}
    for position in receipt:
        if position in this.items.taken:
            own.setdefault(this.items.taken[position], []).append(position)
    worked = []
    for offer_id in sorted(own):
        live, benefit = table.by_id[offer_id], table.by_id[offer_id].offer.benefit
        assert isinstance(benefit, Percent | Amount)
        take = take_once if benefit.applies_to is AppliesTo.ELIGIBLE_LINES else take_by_line
        if minor := take(offer_id, benefit, [tills[position] for position in own[offer_id]]):
            worked.append(Worked(live, minor, 0, tuple(own[offer_id])))
    goods = tuple(p for p in receipt if takes_offers(table.lines[p]))
    for candidate in table.on_basket:
        if candidate.live.id in this.basket:
            benefit = candidate.live.offer.benefit
            assert isinstance(benefit, Percent | Amount)
            minor = take_once(candidate.live.id, benefit, [tills[p] for p in goods])
            worked.append(Worked(candidate.live, minor, 0, goods))
    return tills, worked


def _settle(table: Sifted, search: _Search) -> Choice:
    """Write the chosen round out: lines with shares, what worked, and why the others did not."""
    this = search.best
    assert this is not None, "an open problem always has an answer"
    tills, worked = _work_in(table, this)
    for candidate in table.on_points:
        if candidate.live.id not in this.without:
            points = points_of(candidate, tills, table.rate)
            if points or _may_give(candidate, tills):
                worked.append(Worked(candidate.live, 0, points, _counted(table, candidate)))
    assert sum(one.discount_minor for one in worked) == this.money_of()
    return Choice(
        tills=tuple(tills),
        worked=tuple(worked),
        refused=_refused(table, worked),
        optimal=search.exact,
        bound_minor=search.bound_minor,
    )


def _may_give(candidate: Candidate, tills: Sequence[Till]) -> bool:
    """Tell whether a points offer that is worth no whole point by itself may still add to others.

    Fractions of points add up with what the rules earn, and a multiplier's rate may be unknown.
    """
    benefit = candidate.live.offer.benefit
    own = [tills[position] for position in candidate.positions]
    if isinstance(benefit, PointsBonus):
        return bonus_points(benefit, own)[0] > 0
    return isinstance(benefit, PointsMultiplier)


def _refused(table: Sifted, worked: Sequence[Worked]) -> dict[str, tuple[Why, str]]:
    """Return why each candidate that does not work was left out, and what stands in its place."""
    by_group = {one.live.offer.exclusive_group: one.live.id for one in worked}
    takers = {p: one.live.id for one in worked for p in one.positions if one.discount_minor}
    applied = {one.live.id for one in worked}
    refused = {}
    for candidate in (*table.on_items, *table.on_basket, *table.on_points):
        live = candidate.live
        if live.id in applied:
            continue
        rival = by_group.get(live.offer.exclusive_group) if live.offer.exclusive_group else None
        if rival:
            refused[live.id] = (Why.EXCLUSIVE, rival)
            continue
        taker = next((takers[p] for p in _in_order(table, candidate) if p in takers), "")
        on_items = live.offer.applies_to not in {None, AppliesTo.BASKET}
        beaten = on_items and taker
        refused[live.id] = (Why.BEATEN, taker) if beaten else (Why.NOTHING_LEFT, "")
    return refused


def _in_order(table: Sifted, candidate: Candidate) -> tuple[int, ...]:
    """Return a candidate's positions in the order of the receipt."""
    return tuple(sorted(candidate.positions, key=lambda p: table.lines[p].line_no))


def _counted(table: Sifted, candidate: Candidate) -> tuple[int, ...]:
    """Return the positions whose points an offer counts: its own, or all goods."""
    benefit = candidate.live.offer.benefit
    if isinstance(benefit, PointsMultiplier) and benefit.of_all_lines:
        goods = [p for p, line in enumerate(table.lines) if takes_offers(line)]
        return tuple(sorted(goods, key=lambda p: table.lines[p].line_no))
    return _in_order(table, candidate)
