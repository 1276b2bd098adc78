"""What a member does with her own wallets: earning, spending, undoing, holding, buying."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from loyalty.commands import (
    capture_hold,
    earn_points,
    place_hold,
    record_purchase,
    record_return,
    release_for_event,
    release_hold,
    reverse_posting,
    spend_points,
)
from tests.loyalty.reference import Point, Refused, Wallet
from tests.loyalty.town import PARIS, UNITS, Town, refuse
from tests.loyalty.town_memory import Kept, Posted
from tests.loyalty.world import KEYS, line, returned, sale


class Points(Town):
    """Verbs of one member."""

    def earn(self) -> None:
        who, unit = self.somebody(), self.dice.choice(UNITS)
        at = self.lately(who)
        new: list[Point] = []

        def wanted() -> None:
            wallet = self.wallet(who, unit)
            self.be_active(who, at.astimezone(PARIS).date())
            new.extend(self.fresh(wallet, points, at))
            wallet.grant(new)

        points, source = self.dice.randrange(1, 25), self.source
        done = self.move(
            "earn_points",
            who,
            points,
            wanted,
            lambda count: earn_points(
                self.tx, member_id=who, points=count, source=source, occurred_at=at, unit=unit
            ),
        )
        self.note(done, Posted(who, unit, new, given=True))

    def spend(self) -> None:
        who, unit = self.somebody(), self.dice.choice(UNITS)
        points, source = self.about(self.wallets[who, unit].usable), self.source
        taken: list[Point] = []

        def wanted() -> None:
            wallet = self.wallet(who, unit)
            wallet.need(points, wallet.usable)
            self.be_active(who)
            taken.extend(wallet.take(points))

        done = self.move(
            "spend_points",
            who,
            points,
            wanted,
            lambda count: spend_points(
                self.tx, member_id=who, points=count, source=source, unit=unit
            ),
        )
        self.note(done, Posted(who, unit, taken))

    def undo(self) -> None:
        """Reverse a part of an earlier posting, or one point too many."""
        if not self.memory.posted:
            return
        who, unit, seq = key = self.dice.choice(list(self.memory.posted))
        one, source = self.memory.posted[key], self.source
        left = len(one.points) - one.back
        count = self.dice.randrange(1, left + 2)

        def wanted() -> None:
            wallet = self.wallet(who, unit)
            if count > left:
                raise Refused("reversal-too-large")
            if one.given:
                wallet.need(count, wallet.above_floor())
                wallet.take(count, self.alike(wallet, one.points))
            else:
                self.return_taken(wallet, one.points[left - count : left])

        verb = "undo_given" if one.given else "undo_taken"
        done = self.move(
            verb,
            who,
            count,
            wanted,
            lambda points: reverse_posting(
                self.tx, member_id=who, seq=seq, points=points, source=source, unit=unit
            ),
        )
        if done is None:
            return
        one.back += abs(done.points)
        if not done.points:  # all of it was lost: nothing was posted, nothing is remembered
            self.memory.past.pop()
        if one.back == len(one.points):
            del self.memory.posted[key]

    def hold(self) -> None:
        who, unit = self.somebody(), self.dice.choice(UNITS)
        points, source = self.about(self.wallets[who, unit].usable), self.source
        seconds = self.dice.choice([60, 900, 20 * 24 * 3600])

        def wanted() -> None:
            wallet = self.wallet(who, unit)
            wallet.need(points, wallet.usable)
            wallet.held += points

        done = self.move(
            "place_hold",
            who,
            points,
            wanted,
            lambda count: place_hold(
                self.tx, member_id=who, points=count, source=source, seconds=seconds, unit=unit
            ),
        )
        if done is not None:
            until = self.now + timedelta(seconds=seconds)
            self.memory.holds[done.hold_id] = Kept(who, unit, points, until)

    def capture(self) -> None:
        """Take what a hold keeps, a part of it, or more; again, the same or another amount."""
        if not self.memory.holds:
            return
        hold_id, kept = self.dice.choice(list(self.memory.holds.items()))
        points = self.dice.choice([kept.asked or kept.points, self.about(kept.points)])
        taken: list[Any] = []

        def wanted() -> None:
            self.touched.add(kept.who)
            if kept.state == "captured" and kept.asked == points:
                return
            if kept.state != "open" or kept.until <= self.now:
                raise Refused("hold-ended")
            Wallet().need(points, kept.points)
            taken.extend(self.take_held(kept, points))
            kept.asked = points

        done = self.do(
            "capture_hold",
            wanted,
            lambda: capture_hold(self.tx, member_id=kept.who, hold_id=hold_id, points=points),
        )
        if taken:
            self.note(done, Posted(kept.who, kept.unit, taken))

    def release(self) -> None:
        if not self.memory.holds:
            return
        hold_id, kept = self.dice.choice(list(self.memory.holds.items()))

        def wanted() -> None:
            self.touched.add(kept.who)
            if kept.state == "captured":
                raise Refused("hold-ended")
            if kept.state == "open":
                self.free(kept, "released")

        self.do(
            "release_hold",
            wanted,
            lambda: release_hold(self.tx, member_id=kept.who, hold_id=hold_id),
        )
        if kept.state != "open" and self.dice.random() < 0.5:
            del self.memory.holds[hold_id]

    def buy(self) -> None:
        """Buy one to three of an article for a few euros each; sometimes send the sale again."""
        who = self.somebody()
        at = self.lately(who)
        price, units = self.dice.randrange(1, 900), self.dice.randrange(1, 4)
        one = sale(who, line(1, price=price, quantity_milli=units * 1000), occurred_at=at)
        new: list[Point] = []

        def wanted() -> None:
            wallet = self.wallet(who, "points")
            new.extend(self.fresh(wallet, price * units // 100, at))
            wallet.buy(new, at.astimezone(PARIS).date())

        done = self.do(
            "record_purchase", wanted, lambda: record_purchase(self.tx, keys=KEYS, sale=one)
        )
        if done is None:
            return
        self.memory.bought.append([done.purchase_id, who, price, units, new])
        if self.dice.random() < 0.2:
            again = self.do(
                "record_purchase:again",
                lambda: None,
                lambda: record_purchase(self.tx, keys=KEYS, sale=one),
            )
            assert again.replayed
            self.do(
                "record_purchase:otherwise",
                refuse("sale-conflict"),
                lambda: record_purchase(self.tx, keys=KEYS, sale=replace(one, request_hash="x")),
            )

    def come_back(self) -> None:
        """Return one to three of the article, or void the purchase."""
        if not self.memory.bought:
            return
        place = self.dice.choice(self.memory.bought)
        purchase_id, who, price, units, new = place
        if self.state[who] == "merged":
            return
        void = self.dice.random() < 0.2
        count = units if void else self.dice.randrange(1, 4)
        one = returned(purchase_id, *([] if void else [(1, count * 1000)]), occurred_at=self.now)
        expected = []

        def wanted() -> None:
            if count > units or not units:
                raise Refused("nothing-to-return")
            wallet = self.wallets[who, "points"]
            self.touched.add(who)
            wallet.settle()
            due = price * units // 100 - price * (units - count) // 100
            mine = range(new[0].no, new[0].no + len(new)) if new else range(0)
            first, policy = self.alike(wallet, new), self.document["returns"]["short_balance"]
            expected.append(-wallet.take_back(due, policy, mine, first))
            place[3] = units - count

        done = self.do(
            "record_return",
            wanted,
            lambda: record_return(self.tx, returned=replace(one, void=void)),
        )
        if done is not None:
            assert [done.points, done.refund_minor] == [*expected, count * price], self.number
        if not place[3]:
            self.memory.bought.remove(place)

    def deliver(self) -> None:
        """Let what waits for a delivery arrive."""
        who = self.somebody()

        def wanted() -> None:
            if self.rules["points"].get("wait_days", 0) is None:
                self.wallet(who, "points").release()

        self.do(
            "release_for_event",
            wanted,
            lambda: release_for_event(self.tx, member_id=who, event="delivered"),
        )

    def note(self, done: Any, posted: Posted) -> None:
        """Remember a posting that may be undone."""
        if done is not None and posted.points:
            self.memory.posted[posted.who, posted.unit, done.seq] = posted

    def lately(self, who: str) -> datetime:
        """Return a moment that is now or some days ago; now, when that would say: used in time."""
        days = self.dice.choice([0, 0, 0, 5, 45])
        idle = self.wallets[who, "points"].is_idle(self.today)
        return self.now if idle else self.now - timedelta(days=days)

    def about(self, usable: int) -> int:
        """Return a number around what there is, more often less than more."""
        return self.dice.randrange(1, max(2, min(usable, 40) + max(2, usable // 4)))

    def alike(self, wallet: Wallet, points: list[Point]) -> list[Point]:
        """Return the points that lie in the lots of ``points``: themselves, or their days."""
        if wallet.first_earned:
            return points
        days = {one.gone_on for one in points}
        return [one for one in wallet.points if one.gone_on in days]
