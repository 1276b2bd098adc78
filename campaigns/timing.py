"""When a message may leave: local windows, quiet hours, holidays, and clock changes.

Everything here is a pure function of an instant, a window and a zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from campaigns.values import Channel

_EVERY_DAY = frozenset(range(7))
_NOT_SUNDAY = frozenset(range(6))
_DAYS_AHEAD = 60
"""A window that opens on no day of the next two months is a mistake, not a wait."""

QUIET_FROM = time(22)
QUIET_UNTIL = time(8)
"""Marketing SMS never leave between these wall times, whatever a window says."""


@dataclass(frozen=True, slots=True)
class Window:
    """The local hours in which messages may leave: ``opens`` included, ``closes`` excluded.

    ``days`` are weekdays, Monday 0. ``on_holidays`` tells whether public holidays count as days.
    """

    opens: time
    closes: time
    days: frozenset[int] = _EVERY_DAY
    on_holidays: bool = True

    def __post_init__(self) -> None:
        """Refuse a window that never opens or runs past midnight."""
        if not self.days or not self.opens < self.closes:
            message = f"a window opens before it closes, on some day: {self}"
            raise ValueError(message)


SMS_WINDOW = Window(opens=time(10), closes=time(20), days=_NOT_SUNDAY, on_holidays=False)
"""Source: French operators hold back marketing SMS at night, on Sundays and on public holidays;
the providers' published hours begin at 8:00 or 10:00 and end at 20:00 or 22:00. The narrowest."""

EMAIL_WINDOW = Window(opens=time(8), closes=time(21))
"""No law sets hours for e-mail; a shop does not write at night."""

WINDOWS = {Channel.EMAIL: EMAIL_WINDOW, Channel.SMS: SMS_WINDOW}


def to_utc(local: datetime, zone: str) -> datetime:
    """Return the instant of a wall time in ``zone``.

    A wall time that the clocks skip is read with the offset before the change (02:30 becomes
    03:30); one that they show twice is the first.

    Source: RFC 5545 section 3.3.5.
    """
    assert local.tzinfo is None, "a wall time carries no zone"
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def may_leave(instant: datetime, window: Window, zone: str) -> bool:
    """Tell whether a message may leave at ``instant`` for a member who lives in ``zone``."""
    wall = instant.astimezone(ZoneInfo(zone))
    open_day = wall.weekday() in window.days
    if not window.on_holidays:
        open_day = open_day and wall.date() not in french_holidays(wall.year)
    return open_day and window.opens <= wall.time().replace(fold=0) < window.closes


def next_allowed(instant: datetime, window: Window, zone: str) -> datetime:
    """Return the first instant from ``instant`` on at which a message may leave.

    That is ``instant`` itself inside the window, otherwise a coming opening of it in ``zone``.

    Raises:
        ValueError: the window does not open in the next two months.
    """
    if may_leave(instant, window, zone):
        return instant
    first_day = instant.astimezone(ZoneInfo(zone)).date()
    for ahead in range(_DAYS_AHEAD):
        opening = to_utc(datetime.combine(first_day + timedelta(ahead), window.opens), zone)
        if opening > instant and may_leave(opening, window, zone):
            return opening
    message = f"{window} does not open within {_DAYS_AHEAD} days of {instant}"
    raise ValueError(message)


def lawful(window: Window, channel: Channel) -> Window:
    """Return ``window`` cut to what no marketer can lift: for SMS no night, Sunday or holiday.

    Raises:
        ValueError: nothing of the window is left.
    """
    if channel is not Channel.SMS:
        return window
    return Window(
        opens=max(window.opens, QUIET_UNTIL),
        closes=min(window.closes, QUIET_FROM),
        days=window.days & _NOT_SUNDAY,
        on_holidays=False,
    )


@lru_cache(maxsize=64)
def french_holidays(year: int) -> frozenset[date]:
    """Return the eleven public holidays of mainland France.

    Fifteen lines instead of a 15 MB library: the list has not changed since 1983, and the days
    particular to Alsace-Moselle and overseas do not stop the operators.

    Source: Code du travail, article L3133-1.
    """
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    moving = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
    return frozenset(
        {date(year, month, day) for month, day in fixed}
        | {easter + timedelta(days) for days in moving}
    )


def _easter(year: int) -> date:
    """Return Easter Sunday.

    Source: the anonymous Gregorian computus (Nature, 20 April 1876; Meeus, chapter 8).
    """
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_skips, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_skips - moon_shift + 15) % 30
    leaps, year_rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - year_rest) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
