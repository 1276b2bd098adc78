"""When points and vouchers lapse: pure calendar arithmetic on local days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

NEVER = date.max
"""The ``expires_on`` of what does not expire; it sorts after every real day."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long something lasts: days or months, then possibly to the end of a month or year.

    All empty means that it does not expire.
    """

    after_days: int | None = None
    after_months: int | None = None
    end_of: str | None = None

    def expires_on(self, earned_on: date) -> date:
        """Return the first day on which what was earned on ``earned_on`` is gone.

        A month counts to the same day of a later month, or to its last day when it is shorter:
        twelve months from 29 February end on 28 February.
        """
        if self == FOREVER:
            return NEVER
        day = earned_on + timedelta(days=self.after_days or 0)
        day = add_months(day, self.after_months or 0)
        if self.end_of == "month":
            return add_months(day.replace(day=1), 1)
        if self.end_of == "year":
            return date(day.year + 1, 1, 1)
        return day


FOREVER = Expiry()


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of that month when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def lapse_day(today: date, *, inclusive: bool) -> date:
    """Return the latest ``expires_on`` that is already gone on ``today``.

    ``inclusive`` means that the day itself may still be used.
    """
    return today - timedelta(days=1) if inclusive else today
