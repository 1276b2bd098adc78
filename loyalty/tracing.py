"""Which grant paid for which use: a wallet's postings walked through once, in order.

The tables keep pools and stretches; members and examples speak of lots, one for each time that
points arrived. Within a pool the points earned first are used first; what a return or a reversal
takes comes from the very lot that its purchase or posting brought; what is given back returns to
the lots that the use had taken, last taken first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from loyalty.lots import Interval, LotKey
from loyalty.programme import Consumption

NAMED = "opening:lot:"
"""How the source of points begins that were brought along under a name of their own."""


@dataclass(frozen=True, slots=True)
class Given:
    """A stretch that a posting granted, and when its points were earned."""

    interval: Interval
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class Move:
    """A posting with the stretches that it granted and took."""

    seq: int
    source: str
    purchase_id: str | None = None
    reverses_seq: int | None = None
    grants: tuple[Given, ...] = ()
    takes: tuple[Interval, ...] = ()


@dataclass(slots=True, eq=False)
class TracedLot:
    """Points that arrived at once, with what is left of them."""

    lot_id: str
    client_id: str
    seq: int
    key: LotKey
    granted: int
    left: int
    earned_at: datetime
    purchase_id: str | None


@dataclass(frozen=True, slots=True)
class Use:
    """How many points a posting took from a lot."""

    seq: int
    lot: TracedLot
    points: int


@dataclass(slots=True)
class Trace:
    """All lots of a wallet in the order of their arrival, and every use of them."""

    lots: list[TracedLot] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    undone: dict[int, int] = field(default_factory=dict)

    def grant(self, move: Move, given: Given, number: int) -> None:
        """Let points arrive: where a use had taken them from, or as a lot of their own."""
        missing = given.interval.points
        if move.reverses_seq is not None:
            missing = self._refill(move.reverses_seq, given.interval.key, missing)
        if missing:
            client_id = move.source.removeprefix(NAMED) if move.source.startswith(NAMED) else ""
            own_id = f"{move.seq}" if number == 0 else f"{move.seq}-{number}"
            self.lots.append(
                TracedLot(
                    lot_id=client_id or own_id,
                    client_id=client_id,
                    seq=move.seq,
                    key=given.interval.key,
                    granted=missing,
                    left=missing,
                    earned_at=given.earned_at,
                    purchase_id=move.purchase_id,
                )
            )

    def take(self, move: Move, taken: Interval) -> None:
        """Let points leave a pool: from the lot that is meant, then from the first earned."""
        there = [lot for lot in self.lots if lot.key == taken.key and lot.left]
        there.sort(key=lambda lot: (not _is_meant(lot, move), *_by_age(lot)))
        missing = taken.points
        for lot in there:
            share = min(missing, lot.left)
            if not share:
                break
            lot.left -= share
            missing -= share
            self.uses.append(Use(move.seq, lot, share))

    def _refill(self, seq: int, key: LotKey, points: int) -> int:
        """Give points back to the lots of a pool that posting ``seq`` took; return the rest."""
        for place in range(len(self.uses) - 1, -1, -1):
            use = self.uses[place]
            if use.seq != seq or use.lot.key != key:
                continue
            share = min(points, use.points - self.undone.get(place, 0))
            self.undone[place] = self.undone.get(place, 0) + share
            use.lot.left += share
            points -= share
        return points


def trace(moves: Iterable[Move]) -> Trace:
    """Return the lots of a wallet and their uses, given its postings in order."""
    found = Trace()
    for move in moves:
        for number, given in enumerate(move.grants):
            found.grant(move, given, number)
        for taken in move.takes:
            found.take(move, taken)
    return found


def traced_in_order_of_use(lots: Sequence[TracedLot], consumption: Consumption) -> list[TracedLot]:
    """Return lots in the order in which they are used; ties by time earned, then by lot id."""
    if consumption is Consumption.FIRST_EARNED:
        return sorted(lots, key=_by_age)
    return sorted(lots, key=lambda lot: (lot.key.expires_on, *_by_age(lot)))


def _by_age(lot: TracedLot) -> tuple[datetime, bool, str, int]:
    """Sort by the instant of earning, then by given ids, then by the engine's own."""
    return (lot.earned_at, not lot.client_id, lot.client_id, lot.seq)


def _is_meant(lot: TracedLot, move: Move) -> bool:
    """Tell whether a take speaks of this lot: its own, its purchase's, or the reversed one's."""
    if lot.seq in {move.seq, move.reverses_seq}:
        return True
    return move.purchase_id is not None and lot.purchase_id == move.purchase_id
