"""What is left of a wallet, by the day on which it is gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from loyalty.expiry import NEVER
from loyalty.kernel.tx import Tx
from loyalty.queries.lots import LotRow, lots_of, waiting_lots
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class LotDay:
    """Lots that are gone together: ``on`` is the first day without them, empty when they last.

    ``pending`` ones arrive on that day; without a day they wait for an event.
    """

    on: date | None
    left: int
    lots: tuple[LotRow, ...]
    pending: bool = False


def lots_by_day(tx: Tx, member_id: MemberId, unit: str | None = None) -> tuple[LotDay, ...]:
    """Return what waits in a wallet and what is left in it, by day, the first to go first.

    Raises:
        NoProgramme: no programme is in force.
    """
    waiting = _grouped(waiting_lots(tx, member_id, unit), pending=True)
    return (*waiting, *_grouped(lots_of(tx, member_id, unit), pending=False))


def _grouped(lots: tuple[LotRow, ...], *, pending: bool) -> tuple[LotDay, ...]:
    def day(lot: LotRow) -> date:
        return lot.expires_on or NEVER

    return tuple(
        LotDay(None if on == NEVER else on, sum(one.left for one in group), group, pending)
        for on, found in groupby(sorted(lots, key=day), key=day)
        for group in [tuple(sorted(found, key=lambda one: one.earned_on))]
    )
