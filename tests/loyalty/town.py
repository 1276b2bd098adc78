"""A small town of members, the real ledger and the reference beside each other, and a die.

Every step asks the reference first, then the real command; both must do the same or refuse for
the same reason, and hold the same afterwards. ``cells`` counts how often each command ended how.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: a walk that fails can be walked again
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from loyalty.commands import (
    end_held_redemptions,
    expire_holds,
    expire_lots,
    publish_programme,
    release_pending,
    save_store,
)
from loyalty.kernel.db import Database
from loyalty.kernel.problems import Problem
from loyalty.kernel.tx import Tx
from loyalty.models import Lot
from loyalty.programme import shadow_of
from loyalty.queries.balances import balances_of
from loyalty.values import StoreId
from tests.loyalty.reference import Refused, Wallet
from tests.loyalty.town_memory import Kept, Memory
from tests.loyalty.world import enrol

PARIS = ZoneInfo("Europe/Paris")
CAST = ("Ada", "Ben", "Cleo", "Dan")
UNITS = ("points", "stars")
A_BLOCK = 40
"""Steps between two looks at every single lot."""
REMEMBERED = 60
"""How many of the latest requests may be sent again."""


class Town:
    """The town; its verbs are added by who walks in it."""

    def __init__(
        self, database: Database, dice: random.Random, document: Any, rules: Any, start: datetime
    ) -> None:
        self.database, self.dice, self.document, self.rules = database, dice, document, rules
        self.now, self.number = start, 0
        self.cells: Counter[tuple[str, str]] = Counter()
        self.memory = Memory()
        self.wallets: dict[tuple[Any, str], Wallet] = {}
        self.state: dict[Any, str] = {}
        self.touched: set[Any] = set()
        self.stack = ExitStack()
        self.base = self.stack.enter_context(database.begin(actor="walk"))
        self.tx = Tx(self.base.connection, now=start, actor="walk")
        publish_programme(self.tx, document=document)
        save_store(self.tx, store_id=StoreId("lyon-1"), name="Lyon", city="Lyon")
        for name in CAST:
            self.settle_in(enrol(self.tx, name).member_id)

    def settle_in(self, who: Any, state: str = "active") -> None:
        """Give somebody empty wallets."""
        self.state[who] = state
        for unit in UNITS:
            self.wallets[who, unit] = Wallet(
                **self.rules[unit], active_on=self.today, today=self.today
            )

    @property
    def today(self) -> date:
        return self.now.astimezone(PARIS).date()

    @property
    def source(self) -> str:
        return f"step:{self.number}"

    def walk(self, steps: int, verbs: list[Callable[[], None]]) -> None:
        """Take so many steps, each by a verb of the dice's choice."""
        for _ in range(steps):
            self.number += 1
            self.now += timedelta(seconds=1)
            self.tx = Tx(self.base.connection, now=self.now, actor="walk")
            self.touched.clear()
            self.dice.choice(verbs)()
            self.compare()

    def do(self, verb: str, wanted: Callable[[], Any], real: Callable[[], Any]) -> Any:
        """Ask the reference, then the ledger; return its answer, or ``None`` when both refuse."""
        expected = ended = "done"
        inner = None
        try:
            wanted()
        except Refused as refused:
            expected = str(refused)
            inner = self.tx.connection.begin_nested()
        answer = None
        try:
            answer = real()
        except Problem as problem:
            ended = problem.slug
        if inner is not None:
            inner.rollback()
        assert ended == expected, f"step {self.number}, {verb}: {ended}, reference: {expected}"
        self.cells[verb, ended] += 1
        return answer

    def move(
        self,
        verb: str,
        who: Any,
        points: int,
        wanted: Callable[[], Any],
        real: Callable[[int], Any],
        *,
        still: Callable[[], bool] = lambda: True,
    ) -> Any:
        """Do something that moves ``points`` under a source, and remember how to ask again.

        ``still`` tells whether it may be asked again: a member must be where she was.
        """
        answer = self.do(verb, wanted, lambda: real(points))
        if answer is not None:
            self.memory.past.append((verb, who, points, real, answer, still))
            del self.memory.past[:-REMEMBERED]
        return answer

    def ask_again(self) -> None:
        """Send an earlier request again: it is answered as it was; with other content, refused."""
        if not self.memory.past:
            return
        verb, who, points, real, answer, still = self.dice.choice(self.memory.past)
        if self.state[who] != "active" or not still():
            return
        again = self.do(f"{verb}:again", lambda: None, lambda: real(points))
        assert again.replayed, f"step {self.number}: {verb} was done twice"
        for name in ("hold_id", "transfer_id", "adjustment_id", "redemption_id"):
            assert getattr(again, name, None) == getattr(answer, name, None), name
        self.do(f"{verb}:otherwise", refuse("source-reused"), lambda: real(points + 1000))
        self.touched.add(who)

    def compare(self) -> None:
        """Compare what everybody touched has; now and then every single lot of everybody."""
        found = balances_of(self.tx, sorted(self.touched))
        for who in self.touched:
            for unit in UNITS:
                real, wallet = found[who][unit], self.wallets[who, unit]
                wallet.settle()
                said = (real.balance, real.held, real.usable, real.pending)
                kept = (wallet.balance, wallet.held, wallet.usable, wallet.pending)
                assert said == kept, f"step {self.number}, {unit} of {who}"
        if self.number % A_BLOCK == 0:
            self.compare_lots()

    def compare_lots(self) -> None:
        """Let the jobs post what is due, then compare how many points are gone on which day."""
        while expire_lots(self.tx):
            self.cells["expire_lots", "done"] += 1
        while release_pending(self.tx):
            self.cells["release_pending", "done"] += 1
        while expire_lots(self.tx):
            pass
        real: Counter[Any] = Counter()
        rows = self.tx.run(
            select(Lot.member_id, Lot.unit, Lot.expires_on, Lot.granted - Lot.consumed).where(
                Lot.member_id.in_(list(self.state))
            )
        )
        for who, unit, day, left in rows:
            real[who, unit, day] += left
        kept: Counter[Any] = Counter()
        for (who, unit), wallet in self.wallets.items():
            wallet.settle()
            kept.update((who, unit, one.gone_on) for one in wallet.points)
            for due, points in wallet.waiting:
                kept[who, shadow_of(unit), due] += len(points)
        assert +real == +kept, f"step {self.number}: {+(real - kept)} here, {+(kept - real)} there"

    def pass_time(self) -> None:
        """Let hours or months go by, and the jobs that end holds run or not."""
        days = self.dice.choice([0, 0, 1, 1, 3, 3, 9, 20, 75])
        self.now += timedelta(days=days, hours=self.dice.randrange(3))
        self.tx = Tx(self.base.connection, now=self.now, actor="walk")
        for wallet in self.wallets.values():
            wallet.today = self.today
            wallet.settle()
        self.touched.update(self.state)

    def run_jobs(self) -> None:
        """End the holds whose time is up, and the redemptions that they kept."""
        while expire_holds(self.tx):
            self.cells["expire_holds", "done"] += 1
        while end_held_redemptions(self.tx):
            self.cells["end_held_redemptions", "done"] += 1
        redeemed = [one.kept for one in self.memory.redemptions.values() if one.kept]
        for kept in [*self.memory.holds.values(), *redeemed]:
            if kept.state == "open" and kept.until <= self.now:
                self.free(kept, "expired")
        for one in self.memory.redemptions.values():
            if one.state == "held" and one.kept and one.kept.state == "expired":
                one.state = "released"
                self.memory.counts["cups"] -= one.cups
        self.touched.update(self.state)

    def free(self, kept: Kept, state: str) -> None:
        """End a hold in the reference."""
        kept.state = state
        self.wallets[kept.who, kept.unit].held -= kept.points
        self.wallets[kept.who, kept.unit].settle()

    def take_held(self, kept: Kept, points: int) -> list[Any]:
        """Take a part of what is held; what has gone meanwhile is owed, ``None`` each."""
        wallet = self.wallets[kept.who, kept.unit]
        wallet.settle()
        wallet.held -= kept.points
        kept.state = "captured"
        taken: list[Any] = wallet.take(points, wallet.lapsed())
        wallet.settle()
        wallet.be_active(self.today)
        return taken + [None] * (points - len(taken))

    def return_taken(self, wallet: Wallet, points: list[Any]) -> None:
        """Give back what was taken; what was owed is new."""
        owed = self.fresh(wallet, points.count(None), salt=1)
        given = owed + [point for point in points if point is not None]
        wallet.give_back(given, self.fresh(wallet, len(points)))

    def commit(self) -> None:
        """End the transaction and begin another."""
        self.stack.close()
        self.base = self.stack.enter_context(self.database.begin(actor="walk"))

    def somebody(self) -> Any:
        """Choose a member; sometimes one who neither earns nor spends now."""
        active = [who for who, state in self.state.items() if state == "active"]
        if self.dice.random() < 0.04:
            return self.dice.choice([who for who, state in self.state.items() if state != "pool"])
        return self.dice.choice(active)

    def wallet(self, who: Any, unit: str) -> Wallet:
        """Return a settled wallet of somebody who may earn and spend.

        Raises:
            Refused: she may not.
        """
        self.touched.add(who)
        if self.state[who] in {"blocked", "merged"}:
            slugs = {"blocked": "member-blocked", "merged": "unknown-member"}
            raise Refused(slugs[self.state[who]])
        self.wallets[who, unit].settle()
        return self.wallets[who, unit]

    def be_active(self, who: Any, day: date | None = None) -> None:
        for unit in UNITS:
            self.wallets[who, unit].be_active(day or self.today)

    def fresh(self, wallet: Wallet, count: int, at: datetime | None = None, salt: int = 0) -> Any:
        """Return new points of now, or of an earlier moment."""
        earned = at or self.now
        no = (self.number * 4 + salt) * 1000
        return wallet.fresh(count, earned, no, earned.astimezone(PARIS).date())


def refuse(slug: str) -> Callable[[], None]:
    """Return a reference that refuses."""

    def wanted() -> None:
        raise Refused(slug)

    return wanted
