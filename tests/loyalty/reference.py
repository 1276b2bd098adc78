"""A member's wallet kept point by point: slow, and easy to believe.

Written from the rules, not from the code: it knows nothing of pools, counters, intervals, seals
or shadow wallets. A point is a day on which it is gone, the moment it was earned and a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import itemgetter
from typing import NamedTuple

LASTS = date.max


class Point(NamedTuple):
    """One point: gone from ``gone_on``, earned at ``earned``; ``no`` grows with the postings."""

    gone_on: date
    earned: int
    no: int


@dataclass
class Wallet:
    """The rules of a wallet and what is in it."""

    first_earned: bool = False
    after_days: int | None = None
    idle_months: int | None = None
    wait_days: int | None = None
    wait_event: bool = False
    lapsed_lots: str = "same_date"
    points: list[Point] = field(default_factory=list)
    waiting: list[tuple[date, list[Point], date]] = field(default_factory=list)
    debt: int = 0
    held: int = 0
    active_on: date = date(2026, 1, 1)
    today: date = date(2026, 1, 1)

    @property
    def balance(self) -> int:
        return len(self.points) - self.debt

    @property
    def waits(self) -> bool:
        return self.wait_event or self.wait_days is not None

    @property
    def pending(self) -> int:
        return sum(len(points) for _, points, _ in self.waiting)

    def gone_on(self, earned_on: date) -> date:
        if self.after_days is None:
            return LASTS
        return earned_on + timedelta(days=self.after_days)

    def is_idle(self, day: date) -> bool:
        if self.idle_months is None:
            return False
        month = self.active_on.month - 1 + self.idle_months
        first = date(self.active_on.year + month // 12, month % 12 + 1, 1)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return day >= min(last, first + timedelta(days=self.active_on.day - 1))

    def lapsed(self) -> list[Point]:
        idle = self.is_idle(self.today)
        return sorted(one for one in self.points if idle or one.gone_on <= self.today)

    def usable(self) -> int:
        return max(0, self.balance - max(self.held, len(self.lapsed())))

    def lapse(self) -> None:
        gone = set(self.lapsed()[self.held :])
        if gone:
            self.points = [one for one in self.points if one not in gone]

    def settle(self) -> None:
        self.lapse()
        due = sorted((one for one in self.waiting if one[0] <= self.today), key=itemgetter(0))
        self.waiting = [one for one in self.waiting if one[0] > self.today]
        for _, points, _ in due:
            self.grant(points)
        self.lapse()

    def be_active(self, day: date) -> None:
        if self.is_idle(day):
            gone = set(sorted(self.points)[self.held :])
            self.points = [one for one in self.points if one not in gone]
        self.active_on = max(self.active_on, day)

    def order(self, points: list[Point]) -> list[Point]:
        if self.first_earned:
            return sorted(points, key=itemgetter(1, 2))
        return sorted(points)

    def grant(self, points: list[Point]) -> None:
        paid = min(self.debt, len(points))
        self.debt -= paid
        self.points += self.order(points)[paid:]

    def buy(self, count: int, earned_on: date, earned: int, no: int) -> None:
        """Earn by a purchase: at once, or after the wait."""
        if self.waits:
            self.settle()
        self.be_active(earned_on)
        points = [Point(self.gone_on(earned_on), earned, no + n) for n in range(count)]
        if not self.waits or not points:
            return self.grant(points)
        due = LASTS if self.wait_event else earned_on + timedelta(days=self.wait_days or 0)
        if due <= self.today:
            return self.grant(points)
        return self.waiting.append((due, points, earned_on))

    def release(self) -> None:
        self.settle()
        for _, points, _ in self.waiting:
            self.grant(points)
        self.waiting = []
        self.settle()

    def take(self, count: int, first: list[Point] | None = None) -> list[Point]:
        order, meant = self.order(self.points), set(first or [])
        order.sort(key=lambda one: one not in meant)
        taken = order[:count]
        self.points = order[count:]
        self.debt += count - len(taken)
        return taken

    def take_waiting(self, count: int, mine: range) -> int:
        """Take back what still waits of a purchase, at most ``count``; return how many."""
        taken = 0
        for _, points, _ in self.waiting:
            there = [one for one in points if one.no in mine][: count - taken]
            taken += len(there)
            points[:] = [one for one in points if one not in there]
        return taken

    def give_back(self, points: list[Point], earned: int, no: int) -> None:
        """Give points of an earlier use back to their days, or as lapsed points are."""
        self.settle()
        idle = self.is_idle(self.today)
        lasting = [one for one in points if one.gone_on > self.today and not idle]
        lapsed = [one for one in points if one.gone_on <= self.today or idle]
        if self.lapsed_lots == "same_date":
            lasting = points
        elif self.lapsed_lots == "new_date":
            day = self.gone_on(self.today)
            lasting = lasting + [Point(day, earned, no + n) for n, _ in enumerate(lapsed)]
        if lasting:
            self.grant(lasting)
            self.lapse()
