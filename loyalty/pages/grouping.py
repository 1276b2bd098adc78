"""A statement as a shopper reads it: by month, one entry a purchase, with what came back of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from loyalty.queries import StatementLine


@dataclass(frozen=True, slots=True)
class Entry:
    """A purchase with all that later happened to it, or one movement that stands alone.

    ``first`` is what began it; ``later`` are the movements folded under it, oldest first.
    """

    first: StatementLine
    later: tuple[StatementLine, ...] = ()

    @property
    def points(self) -> int:
        """Return what the entry came to, all its movements together."""
        return self.first.points + sum(line.points for line in self.later)


@dataclass(frozen=True, slots=True)
class Month:
    """The entries of one calendar month, newest first. ``first_on`` is its first day."""

    first_on: date
    entries: tuple[Entry, ...]


def by_month(
    lines: Sequence[StatementLine], *, local_day: Callable[[datetime], date]
) -> tuple[Month, ...]:
    """Return a page of a statement grouped by the months in which its entries began.

    A movement is folded into the purchase it belongs to when that stands on the same page;
    otherwise it stands alone, so that no line of the page is ever lost or shown twice.
    """
    entries = _fold(lines)
    months = groupby(entries, key=lambda one: local_day(one.first.occurred_at).replace(day=1))
    return tuple(Month(first_on, tuple(group)) for first_on, group in months)


def _fold(lines: Sequence[StatementLine]) -> list[Entry]:
    """Return the entries of a page, the one that began last in front."""
    first_of: dict[str, StatementLine] = {}
    for line in _oldest_first(lines):
        if line.purchase_id is not None:
            first_of.setdefault(line.purchase_id, line)
    later: dict[int, list[StatementLine]] = {}
    alone: list[StatementLine] = []
    for line in _oldest_first(lines):
        first = line if line.purchase_id is None else first_of[line.purchase_id]
        if first is line:
            alone.append(line)
        else:
            later.setdefault(first.seq, []).append(line)
    entries = [Entry(line, tuple(later.get(line.seq, ()))) for line in alone]
    return sorted(entries, key=lambda entry: (entry.first.occurred_at, entry.first.seq))[::-1]


def _oldest_first(lines: Iterable[StatementLine]) -> list[StatementLine]:
    return sorted(lines, key=lambda line: line.seq)
