"""The year of a French grocer: what sells when, how busy a day is, and when the shop is shut.

All figures are per cent of an ordinary day; 100 is ordinary, 0 is not on the shelf.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

ORDINARY = 100

_BY_MONTH: dict[str, tuple[int, ...]] = {
    # January first
    "": (100,) * 12,
    "agrumes": (190, 170, 130, 70, 30, 10, 5, 5, 20, 70, 150, 200),
    "asperge": (0, 0, 40, 320, 380, 160, 0, 0, 0, 0, 0, 0),
    "automne": (60, 40, 20, 10, 0, 0, 10, 60, 200, 260, 220, 120),
    "barbecue": (10, 10, 30, 90, 180, 270, 300, 280, 140, 30, 10, 10),
    "ete": (45, 45, 60, 90, 130, 180, 210, 190, 120, 70, 50, 60),
    "ete-fruits": (0, 0, 0, 0, 40, 280, 380, 340, 140, 0, 0, 0),
    "fraise": (0, 0, 60, 240, 380, 420, 140, 30, 10, 0, 0, 0),
    "hiver": (200, 180, 130, 80, 40, 20, 10, 10, 50, 110, 160, 200),
    "moules": (20, 10, 10, 20, 30, 60, 200, 280, 260, 180, 90, 40),
    "plage": (10, 10, 20, 50, 120, 280, 380, 300, 60, 10, 5, 10),
    "raclette": (330, 290, 180, 60, 10, 0, 0, 0, 20, 110, 230, 300),
}
_CHRISTMAS = {"noel": (11, 20), "avent": (11, 10)}
_LAST_OF_ADVENT = (12, 5)
_TRAFFIC_BY_MONTH = (96, 97, 100, 101, 102, 101, 94, 82, 104, 102, 102, 118)
WEEKDAY_TRAFFIC = (80, 84, 102, 90, 126, 158, 60)
SUNDAY = 6
_EPIPHANY_DAYS = 21
_FEAST_FROM = 20
_LENT_DAYS = 35
_SHUT = {(1, 1), (5, 1), (12, 25)}


@cache
def season_percent(season: str, on: date) -> int:
    """Return how well articles of ``season`` sell on a day.

    Raises:
        KeyError: nobody described this season.
    """
    if season in _BY_MONTH:
        return _between_months(_BY_MONTH[season], on)
    if season in _CHRISTMAS:
        return _before_christmas(season, on)
    if season == "paques":
        return _before_easter(on)
    if season == "galette":  # Epiphany cake: the first three weeks of January
        return 600 if on.month == 1 and on.day <= _EPIPHANY_DAYS else 0
    if season == "chandeleur":  # pancakes around 2 February
        return 420 if date(on.year, 1, 26) <= on <= date(on.year, 2, 9) else 80
    raise KeyError(season)


def traffic_percent(on: date) -> int:
    """Return how busy the shop is on a day; 0 when it is shut."""
    if (on.month, on.day) in _SHUT:
        return 0
    busy = _TRAFFIC_BY_MONTH[on.month - 1] * WEEKDAY_TRAFFIC[on.weekday()] // 100
    return (
        busy * 130 // 100 if date(on.year, 12, _FEAST_FROM) <= on <= date(on.year, 12, 24) else busy
    )


def months_before(on: date, months: int) -> date:
    """Return the same day so many months earlier, or the last of that month when it is shorter."""
    year, month0 = divmod(on.year * 12 + on.month - 1 - months, 12)
    return date(year, month0 + 1, min(on.day, monthrange(year, month0 + 1)[1]))


def is_feast(on: date) -> bool:
    """Return whether baskets are bigger: the days before Christmas, the New Year and Easter."""
    late_december = date(on.year, 12, _FEAST_FROM) <= on
    return late_december or timedelta() <= easter_on(on.year) - on <= timedelta(days=3)


@cache
def easter_on(year: int) -> date:
    """Return Easter Sunday of a year.

    Source: the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8).
    """
    golden, (century, in_century) = year % 19, divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * rest + 2 * (in_century // 4) - moon - in_century % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _between_months(months: tuple[int, ...], on: date) -> int:
    """Slide from the middle of one month to the middle of the next, rounded down."""
    middle = 15
    here, side = months[on.month - 1], 1 if on.day >= middle else -1
    next_door = months[(on.month - 1 + side) % 12]
    return here + (next_door - here) * abs(on.day - middle) // 31


def _before_christmas(season: str, on: date) -> int:
    month, day = _CHRISTMAS[season]
    end = date(on.year, *_LAST_OF_ADVENT) if season == "avent" else date(on.year, 12, 31)
    if not date(on.year, month, day) <= on <= end:
        return 0 if season == "avent" else 8
    weeks_in = (on - date(on.year, month, day)) // timedelta(days=7)
    return 250 + 100 * min(weeks_in, 4)


def _before_easter(on: date) -> int:
    days = (easter_on(on.year) - on).days
    if not 0 <= days <= _LENT_DAYS:
        return 0
    return 250 + (_LENT_DAYS - days) * 16
