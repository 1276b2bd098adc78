"""A member's points kept one by one: slow, and easy to believe.

Written from the rules, not from the code: it holds a list of points with their days, works out
itself what has lapsed, and knows nothing of lots, intervals or seals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from loyalty.values import HoldId


def month_after_a_year(day: date) -> date:
    """The first of the month after the same day next year."""
    month = day.month % 12 + 1
    return date(day.year + 1 + (month == 1), month, 1)


@dataclass
class Model:
    """One member's points, one entry each, and her debt."""

    points: list[date] = field(default_factory=list)
    debt: int = 0
    holds: dict[HoldId, tuple[int, datetime]] = field(default_factory=dict)
    spent: dict[int, list[date]] = field(default_factory=dict)
    earned: dict[int, tuple[int, date]] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        return len(self.points) - self.debt

    @property
    def held(self) -> int:
        return sum(points for points, _ in self.holds.values())

    def lapsed(self, today: date) -> int:
        return sum(1 for day in self.points if day <= today)

    def available(self, today: date) -> int:
        return max(0, self.balance - max(self.held, self.lapsed(today)))

    def expire(self, today: date) -> None:
        gone = max(0, self.lapsed(today) - self.held)
        keep = self.lapsed(today) - gone
        lapsed = sorted(day for day in self.points if day <= today)
        self.points = lapsed[len(lapsed) - keep :] + [day for day in self.points if day > today]

    def grant(self, days: list[date]) -> None:
        paid = min(self.debt, len(days))
        self.debt -= paid
        self.points = sorted(self.points + sorted(days)[paid:])

    def take(self, count: int, first: date | None = None) -> list[date]:
        order = sorted(self.points, key=lambda day: (day != first, day))
        taken, left = order[:count], order[count:]
        self.points = sorted(left)
        self.debt += count - len(taken)
        return taken
