"""When points and vouchers lapse: pure calendar arithmetic on local days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

NEVER = date.max
"""The ``expires_on`` of what does not expire; it sorts after every real day."""
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of any year; 29 February is the last of February."""

    month: int
    day: int

    def of(self, year: int) -> date:
        """Return the day in ``year``."""
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))


@dataclass(frozen=True, slots=True)
class Purge:
    """A clearing once a year: on ``on``, of what was earned before the last ``earned_before``."""

    on: MonthDay
    earned_before: MonthDay

    def expires_on(self, earned_on: date) -> date:
        """Return the first purge that reaches what was earned on ``earned_on``.

        Purge on 28 February of what was earned before 1 January: 31 December is gone on the
        28 February after it, 1 January a year later.
        """
        purge_on = self.on.of(earned_on.year)
        while not earned_on < self._limit(purge_on):
            purge_on = self.on.of(purge_on.year + 1)
        return purge_on

    def _limit(self, purge_on: date) -> date:
        """Return the latest ``earned_before`` up to the purge."""
        limit = self.earned_before.of(purge_on.year)
        return limit if limit <= purge_on else self.earned_before.of(purge_on.year - 1)


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long something lasts: days or months, then possibly to the end of a month or year.

    ``purge`` clears once a year instead. ``inactive_months`` clears a whole wallet when nothing
    has happened in it for so long; its lots have no day of their own. All empty means that it does
    not expire.
    """

    after_days: int | None = None
    after_months: int | None = None
    end_of: str | None = None
    purge: Purge | None = None
    inactive_months: int | None = None

    def expires_on(self, earned_on: date) -> date:
        """Return the first day on which what was earned on ``earned_on`` is gone.

        A month counts to the same day of a later month, or to its last day when it is shorter:
        twelve months from 29 February end on 28 February.
        """
        if self.purge is not None:
            return self.purge.expires_on(earned_on)
        if self.after_days is None and self.after_months is None and self.end_of is None:
            return NEVER
        day = earned_on + timedelta(days=self.after_days or 0)
        day = add_months(day, self.after_months or 0)
        if self.end_of == "month":
            return add_months(day.replace(day=1), 1)
        if self.end_of == "year":
            return date(day.year + 1, 1, 1)
        return day

    def idle_on(self, active_on: date | None) -> date:
        """Return the first day on which a wallet that was last active then is cleared."""
        if self.inactive_months is None or active_on is None:
            return NEVER
        return add_months(active_on, self.inactive_months)

    def idle_since(self, lapse_day: date) -> date:
        """Return the latest ``active_on`` of a wallet that is cleared by ``lapse_day``."""
        if self.inactive_months is None:
            return date.min
        latest = add_months(lapse_day, -self.inactive_months) + timedelta(days=4)
        while self.idle_on(latest) > lapse_day:
            latest -= timedelta(days=1)
        return latest


FOREVER = Expiry()


@lru_cache(maxsize=10_000)
def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of that month when it is shorter."""
    index = day.year * MONTHS_OF_A_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_OF_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def lapse_day(today: date, *, inclusive: bool) -> date:
    """Return the latest ``expires_on`` that is already gone on ``today``.

    ``inclusive`` means that the day itself may still be used.
    """
    return today - timedelta(days=1) if inclusive else today
