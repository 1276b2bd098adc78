"""The whole ledger kept point by point: slow, and easy to believe.

Written from the rules, not from the code: it knows nothing of pools, counters, intervals, seals or
shadow wallets, and imports nothing of the product. A point is a day from which it is gone, the
moment it was earned and a number. Nothing waits for a job: what is due has happened.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple


class Refused(Exception):
    """A rule says no; the argument is the rule."""


class Point(NamedTuple):
    gone_on: date
    earned: Any
    no: int


@dataclass
class Wallet:
    """The rules of a wallet, and what is in it."""

    first_earned: bool = False
    lasts: int | str = ""
    last_day_usable: bool = False
    idle_months: int = 12_000
    wait_days: int | None = 0
    lapsed_lots: str = "same_date"
    floor: int | None = 0
    points: list[Point] = field(default_factory=list)
    waiting: list[tuple[date, list[Point]]] = field(default_factory=list)
    debt: int = 0
    held: int = 0
    active_on: date = date(2026, 1, 1)
    today: date = date(2026, 1, 1)
    balance = property(lambda self: len(self.points) - self.debt)
    pending = property(lambda self: sum(len(points) for _, points in self.waiting))
    usable = property(lambda self: max(0, self.balance - max(self.held, len(self.lapsed()))))

    def gone_on(self, day: date) -> date:
        if isinstance(self.lasts, int):
            return day + timedelta(days=self.lasts)
        ends = {"purge": date(day.year + 1, 2, 28), "": date.max}
        return ends.get(self.lasts) or (day.replace(day=1) + timedelta(days=32)).replace(day=1)

    def is_idle(self, day: date) -> bool:
        years, month = divmod(self.active_on.month - 1 + self.idle_months, 12)
        last = monthrange(self.active_on.year + years, month + 1)[1]
        return day >= date(self.active_on.year + years, month + 1, min(self.active_on.day, last))

    def lapsed(self, of: list[Point] | None = None) -> list[Point]:
        last, idle = self.today - timedelta(days=self.last_day_usable), self.is_idle(self.today)
        here = self.points if of is None else of
        return sorted(one for one in here if idle or one.gone_on <= last)

    def drop(self, lapsed: list[Point]) -> None:
        gone = set(lapsed[self.held :])
        self.points = [one for one in self.points if one not in gone] if gone else self.points

    def settle(self) -> None:
        self.drop(self.lapsed())
        due = [one for one in self.waiting if one[0] <= self.today]
        self.waiting = [one for one in self.waiting if one[0] > self.today and one[1]]
        for _, points in sorted(due, key=lambda one: one[0]):
            self.grant(points)
        self.drop(self.lapsed())

    def be_active(self, day: date) -> None:
        if self.is_idle(day):
            self.drop(sorted(self.points))
        self.active_on = max(self.active_on, day)

    def order(self, points: list[Point]) -> list[Point]:
        return sorted(points, key=lambda one: one[1:] if self.first_earned else one)

    def fresh(self, count: int, earned: Any, no: int, day: date) -> list[Point]:
        return [Point(self.gone_on(day), earned, no + n) for n in range(count)]

    def grant(self, points: list[Point]) -> None:
        paid = min(self.debt, len(points))
        self.debt -= paid
        self.points = self.points + self.order(points)[paid:]

    def buy(self, points: list[Point], day: date) -> None:
        """Earn by a purchase of a day: at once, or after the wait."""
        self.settle()
        self.be_active(day)
        due = date.max if self.wait_days is None else day + timedelta(days=self.wait_days)
        if due <= self.today:
            self.grant(points)
        elif points:
            self.waiting.append((due, points))

    def release(self) -> None:
        self.waiting = [(self.today, points) for _, points in self.waiting]
        self.settle()

    def need(self, count: int, most: int) -> None:
        if count > most:
            raise Refused("not-enough-points")

    def above_floor(self) -> int:
        here: int = self.balance - self.held
        return 10**9 if self.floor is None else max(0, here - self.floor)

    def take(self, count: int, first: list[Point] | None = None) -> list[Point]:
        meant = set(first or [])
        order = sorted(self.order(self.points), key=lambda one: one not in meant)
        self.points, self.debt = order[count:], self.debt + max(0, count - len(order))
        return order[:count]

    def take_back(self, count: int, policy: str, mine: range, first: list[Point]) -> int:
        """Take back what a purchase earned: what waits of it, then as the policy says."""
        waited = 0
        for _, points in self.waiting:
            there = [one for one in points if one.no in mine][: count - waited]
            points[:], waited = [one for one in points if one not in there], waited + len(there)
        most = {"only_pending": 0, "within_balance": self.usable, "clamp": self.above_floor()}
        rest: int = min(count - waited, most.get(policy, count))
        self.take(rest, first)
        return waited + rest

    def give_back(self, points: list[Point], fresh: list[Point]) -> None:
        """Give points of an earlier use back to their days, or as lapsed points are."""
        lapsed = self.lapsed(points)
        back = {"same_date": lapsed, "new_date": fresh[: len(lapsed)], "lost": []}[self.lapsed_lots]
        self.grant([one for one in points if one not in lapsed] + back)
        self.settle()

    def give(self, taker: Wallet, count: int, fresh: list[Point], first: Any = None) -> list[Point]:
        """Move points to another wallet, each with its day; what was owed is new there."""
        taken = self.take(count, first)
        taker.grant(taken + fresh[: count - len(taken)])
        return taken


def share(rule: str, there: int, brought: dict[str, int], who: str) -> int:
    """What a member takes along who leaves a pool; the last one takes everything."""
    part = {"equal": 1, "nothing": 0}.get(rule, brought[who])
    total = {"equal": len(brought), "nothing": 1}.get(rule, sum(brought.values()))
    return there if len(brought) == 1 else there * part // max(1, total)
