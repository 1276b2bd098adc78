"""Points that expire together, as two growing counters.

A lot is a member's points with one expiry day. ``granted`` and ``consumed`` only grow: a grant
owns the interval ``[granted - n, granted)``, a use owns ``[consumed, consumed + n)``. Which grant
paid for which use is where the intervals meet, so a use touches one or two rows however many
purchases it eats, and nothing has to be rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Lot:
    """The points of a member that are gone from 00:00 of ``expires_on``."""

    expires_on: date
    granted: int
    consumed: int

    @property
    def left(self) -> int:
        """Return what can still be taken from this lot."""
        return self.granted - self.consumed


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch ``[lo, hi)`` of the lot of ``expires_on``, granted or taken by one posting."""

    expires_on: date
    lo: int
    hi: int

    @property
    def points(self) -> int:
        """Return how many points the stretch holds."""
        return self.hi - self.lo


@dataclass(frozen=True, slots=True)
class Taken:
    """Where some points came from. ``uncovered`` is what no lot could give: a debt."""

    intervals: tuple[Interval, ...]
    uncovered: int


def in_order_of_use(lots: Iterable[Lot]) -> list[Lot]:
    """Return the lots that still hold points, earliest expiry first."""
    return sorted((lot for lot in lots if lot.left > 0), key=lambda lot: lot.expires_on)


def take(lots: Iterable[Lot], points: int, *, first: date | None = None) -> Taken:
    """Return the intervals that ``points`` take, earliest expiry first.

    ``first`` names a lot to empty before the others: a return takes back from the lot that the
    purchase filled.
    """
    assert points >= 0, "points to take are counted upwards"
    order = in_order_of_use(lots)
    order.sort(key=lambda lot: lot.expires_on != first)
    intervals: list[Interval] = []
    missing = points
    for lot in order:
        share = min(missing, lot.left)
        if share:
            intervals.append(Interval(lot.expires_on, lot.consumed, lot.consumed + share))
            missing -= share
    return Taken(tuple(intervals), missing)


def lapsed_points(lots: Iterable[Lot], *, lapse_day: date) -> int:
    """Return what lies in lots whose day has come, whether or not it was posted as expired."""
    return sum(lot.left for lot in lots if lot.expires_on <= lapse_day)


def usable_points(balance: int, *, held: int, lapsed: int) -> int:
    """Return what a member may spend now.

    Holds are met from the lots that expire first, so points that are held do not lapse: what is
    unusable is whichever is more, the held points or the lapsed ones.
    """
    return max(0, balance - max(held, lapsed))


def expirable(lots: Iterable[Lot], *, held: int, lapse_day: date) -> list[Interval]:
    """Return what has to be posted as expired, lot by lot; held points are spared."""
    spared = held
    gone: list[Interval] = []
    for lot in in_order_of_use(lots):
        if lot.expires_on > lapse_day:
            break
        share = max(0, lot.left - spared)
        spared -= lot.left - share
        if share:
            gone.append(Interval(lot.expires_on, lot.consumed, lot.consumed + share))
    return gone


def give_back(taken: Iterable[Interval], *, already: int, points: int) -> list[tuple[date, int]]:
    """Return to which lots ``points`` of an earlier use go back, last taken first.

    ``already`` were given back before: however a reversal is cut into pieces, the pieces fill
    the same lots as one reversal would.
    """
    left_to_skip, left_to_give = already, points
    given: list[tuple[date, int]] = []
    for interval in reversed(list(taken)):
        skipped = min(left_to_skip, interval.points)
        left_to_skip -= skipped
        share = min(left_to_give, interval.points - skipped)
        left_to_give -= share
        if share:
            given.append((interval.expires_on, share))
    assert left_to_give == 0, "more is given back than was taken"
    return given
