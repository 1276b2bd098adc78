"""Where a page ended: the sort key of its last row, as text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from loyalty.kernel.problems import InvalidInput

MOST_ROWS = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_cursor(instant: datetime, id_: str) -> str:
    """Return the key of a row that is sorted by an instant, then by id."""
    return f"{(instant - _EPOCH) // timedelta(microseconds=1)}~{id_}"


def read_instant_cursor(after: str) -> tuple[datetime, str]:
    """Return what ``instant_cursor`` wrote.

    Raises:
        InvalidInput: it did not write this.
    """
    first, mark, id_ = after.partition("~")
    try:
        instant = _EPOCH + timedelta(microseconds=int(first))
    except (ValueError, OverflowError) as error:
        raise _foreign() from error
    if not mark:
        raise _foreign()
    return instant, id_


def text_cursor(first: str, id_: str) -> str:
    """Return the key of a row that is sorted by a text, then by id."""
    return f"{first}~{id_}"


def read_text_cursor(after: str) -> tuple[str, str]:
    """Return what ``text_cursor`` wrote.

    Raises:
        InvalidInput: it did not write this.
    """
    first, mark, id_ = after.rpartition("~")
    if not mark:
        raise _foreign()
    return first, id_


def day_cursor(day: date, id_: str) -> str:
    """Return the key of a row that is sorted by a day, then by id."""
    return f"{day.isoformat()}~{id_}"


def read_day_cursor(after: str) -> tuple[date, str]:
    """Return what ``day_cursor`` wrote.

    Raises:
        InvalidInput: it did not write this.
    """
    first, id_ = read_text_cursor(after)
    try:
        return date.fromisoformat(first), id_
    except ValueError as error:
        raise _foreign() from error


def page_size(limit: int) -> int:
    """Return ``limit`` within 1 .. ``MOST_ROWS``."""
    return max(1, min(limit, MOST_ROWS))


def _foreign() -> InvalidInput:
    return InvalidInput({"after": ["This is not a page of this list."]})
