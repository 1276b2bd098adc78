"""Points that expire together, as two growing counters.

A lot is a member's points with one expiry day. ``granted`` and ``consumed`` only grow: a grant
owns the interval ``[granted - n, granted)``, a use owns ``[consumed, consumed + n)``. Which grant
paid for which use is where the intervals meet, so a use touches one or two rows however many
purchases it eats, and nothing has to be rewritten.

Points of one expiry day share a pool (``lot_no`` 0), unless their wallet is used in the order of
earning: then each grant has a lot of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from loyalty.programme import Consumption, LapsedLots

POOL = 0
"""The ``lot_no`` of the points that share a lot with all others of their expiry day."""
LOTS_OF_ONE_POSTING = 20
"""Bits of ``lot_no`` that count the lots of one posting; the bits above are its ``seq``."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class LotKey(NamedTuple):
    """Which lot of a wallet: its expiry day, and its number when it is not the day's pool."""

    expires_on: date
    lot_no: int = POOL


@dataclass(frozen=True, slots=True)
class Lot:
    """The points of a member that are gone from 00:00 of ``expires_on``.

    ``earned_at`` is known of a lot that is not a pool.
    """

    expires_on: date
    granted: int
    consumed: int
    lot_no: int = POOL
    earned_at: datetime | None = None

    @property
    def key(self) -> LotKey:
        """Return which lot of the wallet this is."""
        return LotKey(self.expires_on, self.lot_no)

    @property
    def left(self) -> int:
        """Return what can still be taken from this lot."""
        return self.granted - self.consumed


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch ``[lo, hi)`` of a lot, granted or taken by one posting."""

    expires_on: date
    lo: int
    hi: int
    lot_no: int = POOL

    @property
    def key(self) -> LotKey:
        """Return the lot of which this is a stretch."""
        return LotKey(self.expires_on, self.lot_no)

    @property
    def points(self) -> int:
        """Return how many points the stretch holds."""
        return self.hi - self.lo


@dataclass(frozen=True, slots=True)
class Into:
    """Where some granted points go.

    Without ``lot_no`` the wallet decides: the day's pool, or a new lot earned at ``earned_at``, by
    default when the posting's cause occurred.
    """

    expires_on: date
    points: int
    earned_at: datetime | None = None
    lot_no: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Where some points came from. ``uncovered`` is what no lot could give: a debt."""

    intervals: tuple[Interval, ...]
    uncovered: int


@dataclass(frozen=True, slots=True)
class Back:
    """Where points of an earlier use go back; ``lost`` is what is not given back at all."""

    into: tuple[Into, ...]
    lost: int = 0


def new_lot_no(seq: int, place: int) -> int:
    """Return the number of the lot that is the ``place``-th of posting ``seq``."""
    return (seq << LOTS_OF_ONE_POSTING) + place


def in_order_of_use(
    lots: Iterable[Lot], consumption: Consumption = Consumption.EARLIEST_EXPIRY
) -> list[Lot]:
    """Return the lots that still hold points, in the order in which they are used.

    Earliest expiry: what never lapses comes last. First earned: by the instant of earning,
    whatever lapses first. Ties by time earned, then by number, which grows with the postings.
    """
    order = _by_earning if consumption is Consumption.FIRST_EARNED else _by_expiry
    return sorted((lot for lot in lots if lot.left > 0), key=order)


def take(
    lots: Iterable[Lot],
    points: int,
    *,
    first: Collection[LotKey] = (),
    consumption: Consumption = Consumption.EARLIEST_EXPIRY,
) -> Taken:
    """Return the intervals that ``points`` take, in the order of use.

    ``first`` names lots to empty before the others: a return takes back from the lot that the
    purchase filled.
    """
    assert points >= 0, "points to take are counted upwards"
    order = in_order_of_use(lots, consumption)
    order.sort(key=lambda lot: lot.key not in first)
    intervals: list[Interval] = []
    missing = points
    for lot in order:
        share = min(missing, lot.left)
        if share:
            intervals.append(_first_of(lot, share))
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
            gone.append(_first_of(lot, share))
    return gone


def give_back(taken: Iterable[Interval], *, already: int, points: int) -> list[tuple[LotKey, int]]:
    """Return to which lots ``points`` of an earlier use go back, last taken first.

    ``already`` were given back before: however a reversal is cut into pieces, the pieces fill
    the same lots as one reversal would.
    """
    left_to_skip, left_to_give = already, points
    given: list[tuple[LotKey, int]] = []
    for interval in reversed(list(taken)):
        skipped = min(left_to_skip, interval.points)
        left_to_skip -= skipped
        share = min(left_to_give, interval.points - skipped)
        left_to_give -= share
        if share:
            given.append((interval.key, share))
    assert left_to_give == 0, "more is given back than was taken"
    return given


def where_back(
    given: Iterable[tuple[LotKey, int]], *, policy: LapsedLots, lapse_day: date, fresh_on: date
) -> Back:
    """Return where points go back, given the lots they came from.

    A lot that has not lapsed takes its points back. Of one that has: ``same_date`` gives them back
    to lapse again, ``new_date`` as if they were earned today (``fresh_on``), ``lost`` not at all.
    """
    into: list[Into] = []
    fresh = lost = 0
    for key, points in given:
        if key.expires_on > lapse_day or policy is LapsedLots.SAME_DATE:
            into.append(Into(key.expires_on, points, lot_no=key.lot_no))
        elif policy is LapsedLots.NEW_DATE:
            fresh += points
        else:
            lost += points
    if fresh:
        into.append(Into(fresh_on, fresh))
    return Back(tuple(into), lost)


def pooled(shares: Iterable[Into], *, individual: bool) -> list[Into]:
    """Put together what goes into one pool: a posting grants into a lot once."""
    if individual:
        return list(shares)
    found: dict[LotKey, Into] = {}
    for one in shares:
        key = LotKey(one.expires_on, one.lot_no or POOL)
        known = found.get(key)
        found[key] = one if known is None else replace(known, points=known.points + one.points)
    return list(found.values())


def _first_of(lot: Lot, points: int) -> Interval:
    return Interval(lot.expires_on, lot.consumed, lot.consumed + points, lot.lot_no)


def _by_expiry(lot: Lot) -> tuple[date, datetime, int]:
    return (lot.expires_on, lot.earned_at or _LONG_AGO, lot.lot_no)


def _by_earning(lot: Lot) -> tuple[datetime, int, date]:
    return (lot.earned_at or _LONG_AGO, lot.lot_no, lot.expires_on)
