"""Two programmes over the same members, added up: who wins, who loses, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from loyalty.programme import Programme
from loyalty.whatif.replay import Outcome


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


@dataclass(slots=True)
class Segment:
    """Members who stand on one level today: how many gain points by the change, and lose."""

    members: int = 0
    winners: int = 0
    losers: int = 0
    points_before: int = 0
    points_after: int = 0


@dataclass(slots=True)
class Tally:
    """Everything that was replayed. ``booked_points`` is what the books say was really given."""

    members: int = 0
    purchases: int = 0
    spend_minor: int = 0
    booked_points: int = 0
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    segments: dict[str, Segment] = field(default_factory=dict)


def add_member(tally: Tally, before: Outcome, after: Outcome, *, booked_points: int) -> None:
    """Count a member who bought something; others are not touched by a change of the rules."""
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
    segment = tally.segments.setdefault(before.level, Segment())
    segment.members += 1
    segment.winners += after.points > before.points
    segment.losers += after.points < before.points
    segment.points_before += before.points
    segment.points_after += after.points


def merged(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies of different members."""
    total = Tally()
    for one in tallies:
        total.members += one.members
        total.purchases += one.purchases
        total.spend_minor += one.spend_minor
        total.booked_points += one.booked_points
        for mine, theirs in ((total.before, one.before), (total.after, one.after)):
            mine.points += theirs.points
            mine.vouchers += theirs.vouchers
            mine.levels.update(theirs.levels)
        total.moves.update(one.moves)
        for name, segment in one.segments.items():
            mine_too = total.segments.setdefault(name, Segment())
            mine_too.members += segment.members
            mine_too.winners += segment.winners
            mine_too.losers += segment.losers
            mine_too.points_before += segment.points_before
            mine_too.points_after += segment.points_after
    return total
