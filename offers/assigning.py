"""Which line goes to which item offer: each line takes at most one, and the most money comes off.

Offers that work on each line by itself are a matter of taking each line's best. One reduction for
several lines (``eligible_lines``) ties its lines together: those are searched, part by part, by
branch and bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from offers.document import Amount, Percent
from offers.document.shape import PPM
from offers.pricing import reduction

_MOST_LINES = 250
"""How many lines that several offers want are searched; beyond them the dearest come first."""

Option = tuple[int, str]
"""What an offer takes off a line, and the offer's id."""


@dataclass(frozen=True, slots=True)
class Together:
    """An offer with one reduction for all the lines it is given."""

    offer_id: str
    benefit: Percent | Amount
    positions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Problem:
    """Lines and the item offers that want them.

    ``worth`` is each line's price in minor units; ``single`` the offers on lines by themselves,
    best first; ``order`` the positions in an order that does not depend on the scanning.
    """

    worth: Sequence[int]
    single: Mapping[int, Sequence[Option]]
    together: Sequence[Together]
    order: Sequence[int]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Line by line the offer that takes it. ``bound_minor``: no assignment takes off more."""

    taken: Mapping[int, str]
    discount_minor: int
    bound_minor: int


@dataclass(slots=True)
class Effort:
    """How many nodes may still be looked at."""

    nodes: int


def assign(problem: Problem, without: frozenset[str], effort: Effort) -> Assignment:
    """Return the assignment that takes off most, leaving out the offers ``without``.

    Exact while ``effort`` lasts: then ``bound_minor`` equals ``discount_minor``.
    """
    best = {
        position: option
        for position in problem.order
        if (option := _first(problem.single.get(position, ()), without))
    }
    taken = {position: offer_id for position, (_, offer_id) in best.items()}
    total = bound = sum(minor for minor, _ in best.values())
    for part in _parts([one for one in problem.together if one.offer_id not in without]):
        search = _Search.of(problem, part, best)
        alone = search.alone
        search.run(effort)
        taken |= search.taken
        total += search.best_minor - alone
        bound += max(search.bound_minor, search.best_minor) - alone
    return Assignment(taken, total, bound)


def _first(options: Sequence[Option], without: frozenset[str]) -> Option | None:
    return next((option for option in options if option[1] not in without), None)


def _parts(offers: Sequence[Together]) -> list[list[Together]]:
    """Return the offers in groups that share no line with one another."""
    parts: list[tuple[set[int], list[Together]]] = []
    for offer in offers:
        touching = [part for part in parts if not part[0].isdisjoint(offer.positions)]
        lines = set(offer.positions).union(*(part[0] for part in touching))
        members = [one for part in touching for one in part[1]] + [offer]
        parts = [part for part in parts if part not in touching] + [(lines, members)]
    return [sorted(members, key=lambda one: one.offer_id) for _, members in parts]


@dataclass(slots=True)
class _Search:
    """Branch and bound over the lines of one part.

    At each line: leave it to its best single offer, or give it to one of the part's offers.
    ``gains[k][i]`` bounds what offer ``k`` can add from line ``i`` on, over leaving the lines;
    ``given`` are lines decided before; ``beyond_minor`` what lines past the limit are worth.
    """

    offers: list[Together]
    lines: list[int]
    worth: list[int]
    single: list[int]
    rest: list[int]
    gains: list[list[int]]
    filled: list[int]
    given: dict[int, str]
    beyond_minor: int
    path: list[int] = field(default_factory=list)
    best_minor: int = -1
    best_path: tuple[int, ...] = ()
    bound_minor: int = 0

    @classmethod
    def of(cls, problem: Problem, part: list[Together], best: Mapping[int, Option]) -> _Search:
        """Return the search over the lines that the part's offers want.

        A line that nobody else wants is given at once: that can only help.
        """
        filled, beyond_minor = [0] * len(part), 0
        given: dict[int, str] = {}
        lines: list[int] = []
        for position in problem.order:
            takers = [k for k, offer in enumerate(part) if position in offer.positions]
            if not takers:
                continue
            wanted_by_others = len(takers) > 1 or position in best
            if wanted_by_others and len(lines) < _MOST_LINES:
                lines.append(position)
                continue
            if position not in best:
                filled[takers[0]] += problem.worth[position]
                given[position] = part[takers[0]].offer_id
            if wanted_by_others:
                beyond_minor += problem.worth[position]
        worth = [problem.worth[position] for position in lines]
        single = [best[position][0] if position in best else 0 for position in lines]
        gains = [_gains(offer, lines, worth, single) for offer in part]
        rest = _suffix_sums(single)
        return cls(part, lines, worth, single, rest, gains, filled, given, beyond_minor)

    @property
    def alone(self) -> int:
        """Return what the lines give when every one is left to its single offer."""
        return self.rest[0]

    @property
    def taken(self) -> dict[int, str]:
        """Return the lines that go to the part's offers."""
        path = enumerate(self.best_path)
        return self.given | {self.lines[i]: self.offers[k].offer_id for i, k in path if k >= 0}

    def run(self, effort: Effort) -> None:
        """Search; afterwards ``best_minor`` and ``bound_minor`` are the same if it was exact."""
        self.bound_minor = self._bound(0, 0) + self.beyond_minor
        self._visit(0, 0, effort)
        if effort.nodes > 0 and not self.beyond_minor:
            self.bound_minor = self.best_minor

    def _visit(self, i: int, left_alone: int, effort: Effort) -> None:
        """Try every option of line ``i``, the most promising first."""
        effort.nodes -= 1
        if i == len(self.lines):
            minor = left_alone + self._given()
            if minor > self.best_minor:
                self.best_minor, self.best_path = minor, tuple(self.path)
            return
        for _, k in self._options(i):
            if self.best_minor >= 0 and effort.nodes <= 0:
                return
            kept = self.single[i] if k < 0 else 0
            self._move(i, k, +1)
            if self._bound(i + 1, left_alone + kept) > self.best_minor:
                self._visit(i + 1, left_alone + kept, effort)
            self._move(i, k, -1)

    def _options(self, i: int) -> list[tuple[int, int]]:
        """Return (what it gives now, offer) for line ``i``; -1 leaves the line alone."""
        found = [(self.single[i], -1)]
        for k, offer in enumerate(self.offers):
            if self.lines[i] in offer.positions:
                filled = self.filled[k]
                more = reduction(offer.benefit, filled + self.worth[i])
                found.append((more - reduction(offer.benefit, filled), k))
        if self.single[i] == 0:
            found = found[1:]  # nothing is lost by giving it away
        return sorted(found, key=lambda option: (-option[0], option[1]))

    def _move(self, i: int, k: int, sign: int) -> None:
        if k >= 0:
            self.filled[k] += sign * self.worth[i]
        if sign > 0:
            self.path.append(k)
        else:
            self.path.pop()

    def _given(self) -> int:
        return sum(
            reduction(offer.benefit, filled)
            for offer, filled in zip(self.offers, self.filled, strict=True)
        )

    def _bound(self, i: int, left_alone: int) -> int:
        """Return more than, or as much as, any way to go on from line ``i`` can give."""
        total = left_alone + self.rest[i]
        for k, offer in enumerate(self.offers):
            given = reduction(offer.benefit, self.filled[k])
            more = self.gains[k][i]
            if isinstance(offer.benefit, Amount):
                more = min(more, offer.benefit.amount_minor - given)
            total += given + more
        return total


def _gains(offer: Together, lines: list[int], worth: list[int], single: list[int]) -> list[int]:
    """Return, from each line on, the most that giving lines to ``offer`` adds to leaving them."""
    each = []
    for position, minor, alone in zip(lines, worth, single, strict=True):
        most = minor
        if isinstance(offer.benefit, Percent):
            most = -(-minor * offer.benefit.rate_ppm // PPM)  # rounded up: parts round apart
        each.append(max(0, most - alone) if position in offer.positions else 0)
    return _suffix_sums(each)


def _suffix_sums(values: list[int]) -> list[int]:
    """Return the sum of the values from each place on, and a last zero."""
    sums = [0]
    for value in reversed(values):
        sums.append(sums[-1] + value)
    return sums[::-1]
