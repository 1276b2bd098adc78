"""The only place that reads the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""A function that tells the present instant, aware and in UTC."""


def system_clock() -> datetime:
    """Return the present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds that only grow, for measuring durations; never for telling the date."""
    return time.monotonic()


def process_seconds() -> float:
    """Return the CPU seconds that this process has used."""
    return time.process_time()


class MovableClock:
    """A clock that stands still until it is moved; used by tests, stories and worked examples."""

    def __init__(self, start: datetime) -> None:
        """Start at ``start``, which must be aware."""
        self.instant = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the instant at which this clock stands."""
        return self.instant

    def move(self, *, to: datetime | None = None, by: timedelta | None = None) -> datetime:
        """Set the clock to an instant, or move it by a span; returns the new instant."""
        self.instant = (to or self.instant).astimezone(UTC) + (by or timedelta())
        return self.instant


def local(instant: datetime, zone: str) -> datetime:
    """Return ``instant`` as wall time in ``zone`` (an IANA name such as ``Europe/Paris``)."""
    return instant.astimezone(ZoneInfo(zone))
