"""How long a message that could not be handed over waits, and when it is parked."""

from __future__ import annotations

from datetime import datetime, timedelta

MAX_ATTEMPTS = 5
"""How often a message is given to its transport before it is parked as failed."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


def next_try(now: datetime, attempts: int) -> datetime | None:
    """Return when to try again after ``attempts`` tries; ``None`` after the last.

    The wait doubles each time: 30 s, 1 min, 2 min, 4 min.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    doublings = max(attempts - 1, 0)
    return now + min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
