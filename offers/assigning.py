"""Which line goes to which item offer: each line takes at most one, and the most money comes off.

Offers that work on each line by itself are a matter of taking each line's best. One reduction for
several lines (``eligible_lines``) ties its lines together: those are searched, part by part, by
branch and bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from offers.searching import Effort, Option, PartSearch, Problem, Together, alone, at_most


@dataclass(frozen=True, slots=True)
class Assignment:
    """Line by line the offer that takes it. ``bound_minor``: no assignment takes off more."""

    taken: Mapping[int, str]
    discount_minor: int
    bound_minor: int


Memory = dict[tuple[object, ...], "Found"]
"""What parts of a problem came to, so that a part that did not change is not searched again."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search of one part came to."""

    taken: Mapping[int, str]
    gained_minor: int
    bound_minor: int


def assign(problem: Problem, without: frozenset[str], effort: Effort, memory: Memory) -> Assignment:
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
    for part in _parts(_narrowed(problem, without, best)):
        found = _search(problem, part, best, effort, memory)
        taken |= found.taken
        total += found.gained_minor
        bound += found.bound_minor
    return Assignment(taken, total, bound)


def _first(options: Sequence[Option], without: frozenset[str]) -> Option | None:
    return next((option for option in options if option[1] not in without), None)


def _narrowed(
    problem: Problem, without: frozenset[str], best: Mapping[int, Option]
) -> list[Together]:
    """Return the offers with the lines on which they could beat the best single offer."""
    narrowed = []
    for one in problem.together:
        if one.offer_id in without:
            continue
        kept = frozenset(
            position
            for position in one.positions
            if at_most(one.benefit, problem.worth[position]) > alone(best, position)
        )
        if kept:
            narrowed.append(Together(one.offer_id, one.benefit, kept))
    return narrowed


def _parts(offers: Sequence[Together]) -> list[list[Together]]:
    """Return the offers in groups that share no line with one another."""
    parts: list[tuple[set[int], list[Together]]] = []
    for offer in offers:
        touching = [part for part in parts if not part[0].isdisjoint(offer.positions)]
        lines = set(offer.positions).union(*(part[0] for part in touching))
        members = [one for part in touching for one in part[1]] + [offer]
        parts = [part for part in parts if part not in touching] + [(lines, members)]
    return [sorted(members, key=lambda one: one.offer_id) for _, members in parts]


def _search(
    problem: Problem,
    part: list[Together],
    best: Mapping[int, Option],
    effort: Effort,
    memory: Memory,
) -> Found:
    """Search one part, or remember what it came to with the same offers and alternatives."""
    lines = frozenset().union(*(one.positions for one in part))
    alternatives = tuple((position, best.get(position)) for position in sorted(lines))
    key = (tuple(one.offer_id for one in part), alternatives)
    known = memory.get(key)
    if known is not None:
        return known
    search = PartSearch.of(problem, part, best)
    exact = search.run(effort)
    gained = search.best_minor - search.alone_minor
    bound = gained if exact else max(search.bound_minor - search.alone_minor, gained)
    found = Found(search.taken, gained, bound)
    memory[key] = found
    return found
