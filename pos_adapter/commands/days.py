"""When a sale or return can have happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme
from loyalty.values import SaleKey
from pos_adapter.errors import DayRefused

MAX_DAYS_LATE = 31
"""How late a sale or return may be sent, in days."""

MAX_AHEAD = timedelta(minutes=5)
"""How far ahead of ours a till's clock may run before what it sends is refused."""


def check_day(
    tx: Tx, key: SaleKey, occurred_at: datetime, *, most_days_late: int = MAX_DAYS_LATE
) -> None:
    """Refuse what comes from the future, from long ago, or under a day that is not its own.

    Raises:
        DayRefused: later than five minutes from now, more than ``most_days_late`` days old, or
            with a business day more than one day away from its day in the programme's zone.
    """
    programme = current_programme(tx)
    earliest = tx.now - timedelta(days=most_days_late)
    if earliest <= occurred_at <= tx.now + MAX_AHEAD:
        day = programme.local_day(occurred_at)
        if abs((key.business_on - day).days) <= 1:
            return
    raise DayRefused(
        business_on=key.business_on,
        earliest_on=programme.local_day(earliest),
        latest_on=programme.local_day(tx.now),
    )
