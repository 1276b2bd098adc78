"""The clock of the demo: the shop's present, moved to hours in which it may write to people."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from admin.demo.catalogue import load_shop
from loyalty.kernel.clock import Clock, system_clock

OPENS, CLOSES, SUNDAY = 10, 19, 6
_START = 11


def shop_clock(clock: Clock = system_clock) -> Clock:
    """Return a clock that runs like ``clock``, in the shop's opening hours.

    Between ten and seven on a working day it is the real time. Otherwise it is moved to eleven
    o'clock of the next such day: SMS may not leave at night or on Sundays, and the demo is to show
    one leaving.
    """
    start = clock()
    moved_by = _next_open(start) - start
    return lambda: clock() + moved_by


def _next_open(instant: datetime) -> datetime:
    """Return ``instant`` when the shop is open, else the next opening day at eleven."""
    wall = instant.astimezone(ZoneInfo(load_shop().zone))
    if wall.weekday() != SUNDAY and OPENS <= wall.hour < CLOSES:
        return instant
    if wall.hour >= CLOSES or wall.weekday() == SUNDAY:
        wall += timedelta(days=1)
    while wall.weekday() == SUNDAY:
        wall += timedelta(days=1)
    opening = wall.replace(hour=_START, minute=0, second=0, microsecond=0)
    return opening.astimezone(instant.tzinfo)
