"""A long random walk through the ledger, beside a small model that keeps every single point."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: a walk that fails can be walked again
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.commands import (
    capture_hold,
    earn_points,
    expire_holds,
    expire_lots,
    place_hold,
    record_purchase,
    record_return,
    release_hold,
    reverse_posting,
    spend_points,
)
from loyalty.errors import HoldEnded, NotEnoughPoints, NothingToReturn, ReversalTooLarge
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.queries import balance, verify_books
from loyalty.values import MemberId, PurchaseId
from tests.loyalty.model import Model, month_after_a_year
from tests.loyalty.world import KEYS, line, returned, sale

PARIS = ZoneInfo("Europe/Paris")
STEPS = {"sqlite": 1100, "postgresql": 200}


class Walk:
    """One member, the real ledger and the model, and a die."""

    def __init__(self, database: Database, member_id: MemberId, clock: MovableClock, seed: int):
        self.database, self.member_id, self.clock = database, member_id, clock
        self.dice = random.Random(seed)
        self.model = Model()
        self.seen: Counter[str] = Counter()
        self.bought: list[tuple[PurchaseId, int, int, date, int]] = []
        self.number = 0
        self.stack = ExitStack()
        self.tx = self.stack.enter_context(database.begin(actor="walk"))

    @property
    def today(self) -> date:
        return self.clock().astimezone(PARIS).date()

    def run(self, steps):
        verbs = [
            *[self.earn] * 4,
            *[self.spend] * 4,
            *[self.buy] * 3,
            *[self.give_back] * 2,
            *[self.undo] * 2,
            *[self.hold] * 2,
            self.capture,
            self.release,
            self.sweep,
            self.wait,
        ]
        for _ in range(steps):
            self.number += 1
            self.dice.choice(verbs)()
            self.compare()

    def compare(self):
        real = balance(self.tx, self.member_id)
        expected = (self.model.balance, self.model.held, self.model.available(self.today))
        assert (real.balance, real.held, real.available) == expected, f"step {self.number}"

    def earn(self):
        points = self.dice.randrange(1, 120)
        at = self.clock() - timedelta(days=self.dice.choice([0, 0, 0, 5, 380]))
        done = earn_points(
            self.tx,
            member_id=self.member_id,
            points=points,
            source=f"earn:{self.number}",
            occurred_at=at,
        )
        again = earn_points(
            self.tx,
            member_id=self.member_id,
            points=points,
            source=f"earn:{self.number}",
            occurred_at=at,
        )
        day = month_after_a_year(at.astimezone(PARIS).date())
        self.model.grant([day] * points)
        self.model.earned[done.seq] = (points, day)
        assert (again.replayed, again.seq) == (True, done.seq)
        self.note("earn")

    def spend(self):
        available = self.model.available(self.today)
        points = self.dice.randrange(1, max(2, available + available // 4))
        try:
            done = spend_points(
                self.tx, member_id=self.member_id, points=points, source=f"spend:{self.number}"
            )
        except NotEnoughPoints as refusal:
            self.agree(points > available, refusal.available == available)
            self.note("spend refused")
            return
        assert points <= available
        self.model.expire(self.today)
        self.model.spent[done.seq] = self.model.take(points)
        self.note("spend")

    def buy(self):
        price, units = self.dice.randrange(1, 9000), self.dice.randrange(1, 4)
        one = sale(
            self.member_id,
            line(1, price=price, quantity_milli=units * 1000),
            occurred_at=self.tx.now,
        )
        receipt = record_purchase(self.tx, keys=KEYS, sale=one)
        points = price * units // 100
        assert receipt.earned.points == points
        day = month_after_a_year(self.today)
        self.model.grant([day] * points)
        self.bought.append((receipt.purchase_id, price, units, day, 0))
        self.note("buy")

    def give_back(self):
        if not self.bought:
            return
        place = self.dice.randrange(len(self.bought))
        purchase_id, price, units, day, had = self.bought[place]
        count = self.dice.randrange(1, 3)
        try:
            one = returned(purchase_id, (1, count * 1000), occurred_at=self.tx.now)
            done = record_return(self.tx, returned=one)
        except NothingToReturn:
            assert had + count > units
            self.note("return refused")
            return
        kept = (units - had - count) * price // 100
        due = (units - had) * price // 100 - kept
        self.model.expire(self.today)
        self.model.take(due, first=day)
        assert (done.points, done.refund_minor) == (-due, count * price)
        self.bought[place] = (purchase_id, price, units, day, had + count)
        self.note("return" if self.model.debt == 0 else "return into debt")

    def undo(self):
        earned, spent = self.model.earned, self.model.spent
        if not earned and not spent:
            return
        seq = self.dice.choice([*earned, *spent])
        left = len(spent[seq]) if seq in spent else earned[seq][0]
        points = self.dice.randrange(1, left + 2)
        try:
            reverse_posting(
                self.tx,
                member_id=self.member_id,
                seq=seq,
                points=points,
                source=f"undo:{self.number}",
            )
        except ReversalTooLarge as refusal:
            self.agree(points == left + 1, refusal.left == left)
            self.note("undo refused")
            return
        if seq in spent:
            spent[seq], back = spent[seq][: left - points], spent[seq][left - points :]
            self.model.expire(self.today)
            self.model.grant(back)
            self.model.expire(self.today)
            self.note("undo a spending")
        else:
            earned[seq] = (left - points, earned[seq][1])
            self.model.take(points, first=earned[seq][1])
            self.note("undo an earning")

    def hold(self):
        available = self.model.available(self.today)
        points = self.dice.randrange(1, max(2, available + 5))
        seconds = self.dice.choice([60, 900, 20 * 24 * 3600])
        try:
            placed = place_hold(
                self.tx,
                member_id=self.member_id,
                points=points,
                source=f"hold:{self.number}",
                seconds=seconds,
            )
        except NotEnoughPoints:
            assert points > available
            self.note("hold refused")
            return
        self.model.holds[placed.hold_id] = (points, self.clock() + timedelta(seconds=seconds))
        self.note("hold")

    def capture(self):
        if not self.model.holds:
            return
        hold_id, (points, until) = self.dice.choice(list(self.model.holds.items()))
        part = self.dice.randrange(1, points + 1)
        try:
            capture_hold(self.tx, member_id=self.member_id, hold_id=hold_id, points=part)
        except HoldEnded:
            assert until <= self.clock()
            self.note("capture too late")
            return
        del self.model.holds[hold_id]
        self.model.take(part)
        self.model.expire(self.today)
        self.note("capture")

    def release(self):
        if not self.model.holds:
            return
        hold_id = self.dice.choice(list(self.model.holds))
        release_hold(self.tx, member_id=self.member_id, hold_id=hold_id)
        del self.model.holds[hold_id]
        self.note("release")

    def sweep(self):
        expire_holds(self.tx)
        while expire_lots(self.tx):
            self.note("expire")
        now = self.clock()
        self.model.holds = {key: one for key, one in self.model.holds.items() if one[1] > now}
        self.model.expire(self.today)

    def wait(self):
        self.stack.close()
        self.clock.move(by=timedelta(days=self.dice.choice([0, 1, 3, 20, 90]), minutes=7))
        self.tx = self.stack.enter_context(self.database.begin(actor="walk"))

    def agree(self, *facts):
        assert all(facts), f"step {self.number}: refused for another reason than the model's"

    def note(self, what):
        self.seen[what] += 1


EXPECTED = {
    "earn",
    "spend",
    "spend refused",
    "buy",
    "return",
    "return into debt",
    "return refused",
    "undo a spending",
    "undo an earning",
    "undo refused",
    "hold",
    "hold refused",
    "capture",
    "capture too late",
    "release",
    "expire",
}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_a_long_walk_never_parts_from_the_model(shop, ada, clock, seed):
    steps = STEPS["sqlite" if shop.is_sqlite else "postgresql"]
    clock.move(to=datetime(2024, 1, 15, 9, 0, tzinfo=UTC))
    walk = Walk(shop, ada, clock, seed)

    with walk.stack:
        walk.run(steps)
    with shop.look() as tx:
        assert verify_books(tx) == ()
    missed = EXPECTED - set(walk.seen) if shop.is_sqlite else set()
    assert not missed, f"the walk never came past {missed}"
