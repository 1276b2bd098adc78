"""The search of one part: lines that several offers for several lines want, by branch and bound."""

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


@dataclass(slots=True)
class Effort:
    """How many steps may still be taken: one for every offer looked at in every node."""

    steps: int


@dataclass(slots=True)
class PartSearch:
    """Branch and bound over the lines of one part.

    At each line: leave it to its best single offer, or give it to one of the part's offers.
    From line ``i`` on, ``rest[i]`` is what leaving all gives, ``gains[k][i]`` the most that
    offer ``k`` adds to it, ``most[i]`` the most that all lines give, each to its best taker.
    ``given`` are lines decided before; ``beyond_minor`` what lines past the limit could add.
    """

    offers: list[Together]
    lines: list[int]
    worth: list[int]
    single: list[int]
    takers: list[list[int]]
    rest: list[int]
    gains: list[list[int]]
    most: list[int]
    filled: list[int]
    given: dict[int, str]
    beyond_minor: int
    path: list[int] = field(default_factory=list)
    best_minor: int = -1
    best_path: tuple[int, ...] = ()
    bound_minor: int = 0

    @classmethod
    def of(cls, problem: Problem, part: list[Together], best: Mapping[int, Option]) -> PartSearch:
        """Return the search over the lines that the part's offers want.

        A line that nobody else wants is given at once: that can only help.
        """
        filled, beyond_minor = [0] * len(part), 0
        given: dict[int, str] = {}
        lines: list[int] = []
        takers: list[list[int]] = []
        for position in problem.order:
            wanting = [k for k, offer in enumerate(part) if position in offer.positions]
            contended = len(wanting) > 1 or (wanting and position in best)
            if contended and len(lines) < _MOST_LINES:
                lines.append(position)
                takers.append(wanting)
                continue
            if contended:
                beyond_minor += problem.worth[position]
            if wanting and position not in best:
                filled[wanting[0]] += problem.worth[position]
                given[position] = part[wanting[0]].offer_id
        worth = [problem.worth[position] for position in lines]
        single = [alone(best, position) for position in lines]
        return cls(
            offers=part,
            lines=lines,
            worth=worth,
            single=single,
            takers=takers,
            rest=_suffix_sums(single),
            gains=[_gains(k, offer, worth, single, takers) for k, offer in enumerate(part)],
            most=_suffix_sums(_most(part, worth, single, takers)),
            filled=filled,
            given=given,
            beyond_minor=beyond_minor,
        )

    @property
    def alone_minor(self) -> int:
        """Return what the lines give when every one is left to its single offer."""
        return self.rest[0]

    @property
    def taken(self) -> dict[int, str]:
        """Return the lines that go to the part's offers."""
        path = enumerate(self.best_path)
        return self.given | {self.lines[i]: self.offers[k].offer_id for i, k in path if k >= 0}

    def run(self, effort: Effort) -> bool:
        """Search; return whether ``best_minor`` is proven to be the most."""
        self.bound_minor = self._bound(0, 0) + self.beyond_minor
        self._visit(0, 0, effort)
        return effort.steps > 0 and not self.beyond_minor

    def _visit(self, i: int, left_alone: int, effort: Effort) -> None:
        """Try every option of line ``i``, the most promising first."""
        effort.steps -= len(self.offers)
        if i == len(self.lines):
            minor = left_alone + self._given()
            if minor > self.best_minor:
                self.best_minor, self.best_path = minor, tuple(self.path)
            return
        for _, k in self._options(i):
            if self.best_minor >= 0 and effort.steps <= 0:
                return
            kept = self.single[i] if k < 0 else 0
            self._move(i, k, +1)
            if self._bound(i + 1, left_alone + kept) > self.best_minor:
                self._visit(i + 1, left_alone + kept, effort)
            self._move(i, k, -1)

    def _options(self, i: int) -> list[tuple[int, int]]:
        """Return (what it gives now, offer) for line ``i``; -1 leaves the line alone."""
        found = [(self.single[i], -1)] if self.single[i] else []  # else nothing is lost by giving
        for k in self.takers[i]:
            benefit, filled = self.offers[k].benefit, self.filled[k]
            more = reduction(benefit, filled + self.worth[i]) - reduction(benefit, filled)
            found.append((more, k))
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
        """Return as much as, or more than, any way to go on from line ``i`` can give."""
        given, more = 0, 0
        for k, offer in enumerate(self.offers):
            now = reduction(offer.benefit, self.filled[k])
            gain = self.gains[k][i]
            if isinstance(offer.benefit, Amount):
                gain = min(gain, offer.benefit.amount_minor - now)
            given += now
            more += gain
        return left_alone + given + min(self.rest[i] + more, self.most[i])


def _gains(
    k: int, offer: Together, worth: list[int], single: list[int], takers: list[list[int]]
) -> list[int]:
    """Return, from each line on, the most that giving lines to offer ``k`` adds to leaving them."""
    each = [
        max(0, at_most(offer.benefit, minor) - alone) if k in wanting else 0
        for minor, alone, wanting in zip(worth, single, takers, strict=True)
    ]
    return _suffix_sums(each)


def _most(
    part: list[Together], worth: list[int], single: list[int], takers: list[list[int]]
) -> list[int]:
    """Return the most that each line can give, left alone or to its best taker."""
    return [
        max([alone, *(at_most(part[k].benefit, minor) for k in wanting)])
        for minor, alone, wanting in zip(worth, single, takers, strict=True)
    ]


def _suffix_sums(values: list[int]) -> list[int]:
    """Return the sum of the values from each place on, and a last zero."""
    sums = [0]
    for value in reversed(values):
        sums.append(sums[-1] + value)
    return sums[::-1]


def at_most(benefit: Percent | Amount, worth: int) -> int:
    """Return the most that one more line can add to an offer; parts of a percentage round up."""
    if isinstance(benefit, Amount):
        return min(benefit.amount_minor, worth)
    return -(-worth * benefit.rate_ppm // PPM)


def alone(best: Mapping[int, Option], position: int) -> int:
    """Return what a line gives when it is left to its best single offer."""
    return best[position][0] if position in best else 0
