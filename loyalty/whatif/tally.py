"""Two programmes over the same members, added up: who wins, who loses, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from loyalty.programme import Programme
from loyalty.whatif.replay import Outcome
from loyalty.whatif.segments import By, Segment


@dataclass(slots=True)
class Side:
    """What one programme gave: points, vouchers, and members by level at the end."""

    points: int = 0
    vouchers: int = 0
    levels: Counter[str] = field(default_factory=Counter)

    def cost_minor(self, programme: Programme) -> int:
        """Return what points and vouchers are worth if all are used, in minor units."""
        redemption, rule = programme.redemption, programme.vouchers
        worth = redemption.value_of(self.points) if redemption else 0
        return worth + (self.vouchers * rule.value_minor if rule else 0)

    def document(self) -> dict[str, Any]:
        """Return the side as a document."""
        return {"points": self.points, "vouchers": self.vouchers, "levels": dict(self.levels)}

    def add(self, other: Side) -> None:
        """Count in what was given to other members."""
        self.points += other.points
        self.vouchers += other.vouchers
        self.levels.update(other.levels)


def _ways() -> dict[By, dict[str, Segment]]:
    return {by: {} for by in By}


@dataclass(slots=True)
class Tally:
    """Everything that was replayed. ``booked_points`` is what the books say was really given.

    ``segments`` tell the members apart in several ways: by the level that the rules in force give
    them, by their store, and by the band of what they spent.
    """

    members: int = 0
    purchases: int = 0
    spend_minor: int = 0
    booked_points: int = 0
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    segments: dict[By, dict[str, Segment]] = field(default_factory=_ways)

    @property
    def all_members(self) -> Segment:
        """Return everybody as one segment."""
        everybody = Segment()
        for one in self.segments[By.LEVEL].values():
            everybody.add(one)
        return everybody


def add_member(
    tally: Tally,
    before: Outcome,
    after: Outcome,
    *,
    booked_points: int,
    names: Mapping[By, str],
) -> None:
    """Count a member who bought something; others are not touched by a change of the rules.

    ``names`` are her segments besides her level.
    """
    if before.purchases == 0:
        return
    tally.members += 1
    tally.purchases += before.purchases
    tally.spend_minor += before.spend_minor
    tally.booked_points += booked_points
    for side, outcome in ((tally.before, before), (tally.after, after)):
        side.points += outcome.points
        side.vouchers += outcome.vouchers
        side.levels[outcome.level] += 1
    if before.level != after.level:
        tally.moves[before.level, after.level] += 1
    won, lost = after.points > before.points, after.points < before.points
    alone = Segment(1, int(won), int(lost), before.points, after.points)
    for by, name in {By.LEVEL: before.level, **names}.items():
        tally.segments[by].setdefault(name, Segment()).add(alone)


def merged(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies of different members."""
    total = Tally()
    for one in tallies:
        total.members += one.members
        total.purchases += one.purchases
        total.spend_minor += one.spend_minor
        total.booked_points += one.booked_points
        total.before.add(one.before)
        total.after.add(one.after)
        total.moves.update(one.moves)
        for by, segments in one.segments.items():
            for name, segment in segments.items():
                total.segments[by].setdefault(name, Segment()).add(segment)
    return total


def tally_document(tally: Tally) -> dict[str, Any]:
    """Return a tally as a document, to be kept."""
    plain = ("members", "purchases", "spend_minor", "booked_points")
    return {name: getattr(tally, name) for name in plain} | {
        "before": tally.before.document(),
        "after": tally.after.document(),
        "moves": [[start, end, members] for (start, end), members in tally.moves.items()],
        "segments": {
            by.value: {name: asdict(one) for name, one in segments.items()}
            for by, segments in tally.segments.items()
        },
    }


def read_tally(document: Mapping[str, Any]) -> Tally:
    """Return the tally that a document keeps."""
    facts = dict(document)
    for side in ("before", "after"):
        levels = Counter(facts[side]["levels"])
        facts[side] = Side(facts[side]["points"], facts[side]["vouchers"], levels)
    facts["moves"] = Counter({(start, end): members for start, end, members in facts["moves"]})
    facts["segments"] = {
        By(by): {name: Segment(**one) for name, one in segments.items()}
        for by, segments in facts["segments"].items()
    }
    return Tally(**facts)
