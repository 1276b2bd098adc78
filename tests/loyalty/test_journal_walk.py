"""Tens of thousands of movements of single wallets, under every rule, beside a wallet of points.

No database: what the commands do under their lock, on the same journals, with the same functions.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: a walk that fails can be walked again
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from loyalty.compiling import compile_programme
from loyalty.journal import Cause
from loyalty.lots import Lot, LotKey, give_back, where_back
from loyalty.programme import WAITING, LapsedLots, ShortBalance, shadow_of
from loyalty.settling import (
    Filled,
    activate,
    book_purchase,
    lapse,
    note_activity,
    settle,
    take_earned_back,
)
from loyalty.values import ProgrammeVersionId
from loyalty.words import Contra, PostingKind
from tests.loyalty.journals import PENDING, RULES, check_written, journal
from tests.loyalty.reference import Wallet
from tests.soaking import note_done, seeds_left

PARIS = ZoneInfo("Europe/Paris")
WAYS = {"buy", "wait", "spend", "short", "undo", "lost", "hold", "held short", "capture", "free"}
WAYS |= {"arrive", "expire", "idle", *ShortBalance}
"""Every way of every verb, each of which a walk of all pairs takes."""
STEPS = 2550
"""For each of the fifteen pairs; with the walk through the commands forty thousand in all."""
SOAK_SEEDS, SOAK_STEPS = 50, 2500
"""Walks of each pair in a long run: 1,875,000 steps, which the commands make two million."""


class Walk:
    """One wallet of the ledger, one of the reference, and a die."""

    def __init__(self, rules, pending, dice, seed):
        self.dice = dice
        policy = list(LapsedLots)[seed % 3]
        document = {"wallets": {"points": rules}, "returns": {"lapsed_lots": policy}}
        document |= {"pending": pending} if pending else {}
        self.programme = compile_programme(document, version_id=ProgrammeVersionId("pgv_1"))
        rule = self.programme.points
        self.journals = {"points": journal("points", rule=rule)}
        if pending:
            self.journals[shadow_of("points")] = journal(shadow_of("points"), rule=WAITING)
        self.main, self.shadow = self.journals["points"], self.journals.get(shadow_of("points"))
        expiry = rules["expiry"] if isinstance(rules["expiry"], dict) else {}
        self.wallet = Wallet(
            first_earned="consumption" in rules,
            lasts=expiry.get("after_days", ""),
            idle_months=expiry.get("inactive_months", 12_000),
            wait_days=pending.get("days") if pending else 0,
            lapsed_lots=policy,
        )
        self.policy, self.number = policy, 0
        self.spent, self.bought, self.holds = [], [], []
        self.shelf: dict[tuple[str, LotKey], Lot] = {}
        self.seen: Counter[str] = Counter()

    @property
    def now(self):
        return self.noon(self.wallet.today)

    def noon(self, day):
        moment = datetime.combine(day, time(12), tzinfo=PARIS)
        return moment.astimezone(UTC) + timedelta(microseconds=self.number)

    def cause(self, day=None):
        at = self.noon(day or self.wallet.today)
        return Cause(f"step:{self.number}", "", self.programme.version_id, at, self.now)

    def fresh(self, count, day):
        return self.wallet.fresh(count, self.noon(day), self.number * 100, day)

    def step(self):
        self.number += 1
        verbs = [self.buy] * 5 + [self.spend] * 4 + [self.give_back] * 2 + [self.undo] * 3
        verbs += [self.hold, self.capture, self.free, self.arrive, self.wait, self.sweep]
        self.dice.choice(verbs)()
        self.compare()

    def buy(self):
        late = self.dice.choice([0, 0, 0, 5, 45])
        late = 0 if self.wallet.is_idle(self.wallet.today) else late  # or it had been used in time
        day, count = self.wallet.today - timedelta(days=late), self.dice.randrange(9)
        row = book_purchase(
            self.journals,
            self.programme,
            unit="points",
            points=count,
            day=day,
            cause=self.cause(day),
        )
        self.wallet.buy(self.fresh(count, day), day)
        if row is not None:
            self.bought.append((row, count, self.number * 100))
        self.seen["buy" if row is None or row["kind"] != PostingKind.PENDING else "wait"] += 1

    def spend(self):
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()
        usable = self.wallet.usable
        count = self.dice.randrange(1, 16)
        assert self.main.usable(lapse_day=self.main.lapse_day(self.wallet.today)) == usable
        if count > usable:
            self.seen["short"] += 1
            return
        note_activity(self.journals, self.programme, self.wallet.today, self.now)
        self.wallet.be_active(self.wallet.today)
        self.main.take(PostingKind.SPEND, Contra.REDEEMED, count, self.cause())
        taken = self.main.last_taken
        self.spent.append([taken, self.wallet.take(count), 0])
        self.seen["spend"] += 1

    def give_back(self):
        if not self.bought:
            return
        row, count, no = self.bought.pop(self.dice.randrange(len(self.bought)))
        policy = self.dice.choice(list(ShortBalance))
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()
        key = LotKey(row["lot_on"], row["lot_no"])
        waits = row["kind"] is PostingKind.PENDING
        filled = Filled((key,), ()) if waits else Filled((), (key,))
        mine = range(no, no + count)
        waiting = self.wallet.pending
        first = [] if waits else [one for one in self.wallet.points if self.is_of(one, key, mine)]
        taken = self.wallet.take_back(count, policy, mine, first)
        done = take_earned_back(
            self.journals,
            unit="points",
            points=count,
            filled=filled,
            policy=policy,
            cause=self.cause(),
            lapse_day=self.main.lapse_day(self.wallet.today),
        )
        assert (done.points, done.pending) == (taken, waiting - self.wallet.pending)
        self.seen[policy] += 1

    def is_of(self, one, key, mine):
        """Tell whether a point lies in the lot that a purchase filled."""
        return one.no in mine if self.main.rule.individual else one.gone_on == key.expires_on

    def undo(self):
        if not self.spent:
            return
        use = self.dice.choice(self.spent)
        taken, points, already = use
        if not points:
            self.spent.remove(use)
            return
        count = self.dice.randrange(1, len(points) + 1)
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()
        self.take_down(interval.key for interval in taken)
        today = self.wallet.today
        back = where_back(
            give_back(taken, already=already, points=count),
            policy=self.policy,
            lapse_day=self.main.lapse_day(today),
            fresh_on=self.main.rule.expiry.expires_on(today),
        )
        if back.into:
            self.main.grant(PostingKind.REVERSAL, Contra.REDEEMED, back.into, self.cause())
            lapse(self.main, self.programme, self.now)
        use[1], given, use[2] = points[:-count], points[-count:], already + count
        self.wallet.give_back(given, self.fresh(count, today))
        self.seen["lost" if back.lost else "undo"] += 1

    def hold(self):
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()
        count = self.dice.randrange(1, 9)
        if count > self.wallet.usable:
            self.seen["held short"] += 1
        else:
            self.main.hold(count)
            self.wallet.held += count
            self.holds.append(count)
            self.seen["hold"] += 1

    def capture(self):
        if not self.holds:
            return
        count = self.holds.pop()
        self.main.hold(-count)
        self.wallet.held -= count
        last = self.main.lapse_day(self.wallet.today)
        spared = [lot.key for lot in self.main.lots.values() if lot.expires_on <= last]
        self.main.take(PostingKind.SPEND, Contra.REDEEMED, count, self.cause(), first=spared)
        lapse(self.main, self.programme, self.now)
        self.wallet.take(count, self.wallet.lapsed())
        self.wallet.drop(self.wallet.lapsed())
        self.seen["capture"] += 1

    def free(self):
        if self.holds:
            count = self.holds.pop()
            self.main.hold(-count)
            self.wallet.held -= count
            self.seen["free"] += 1

    def arrive(self):
        if self.wallet.wait_days is not None:
            return
        assert self.shadow is not None
        settle(self.journals, self.programme, self.now)
        keys = [key for key, lot in self.shadow.lots.items() if lot.left]
        activate(self.journals, self.programme, unit="points", keys=keys, now=self.now)
        settle(self.journals, self.programme, self.now)
        self.wallet.release()
        self.seen["arrive"] += 1

    def wait(self):
        self.wallet.today += timedelta(days=self.dice.choice([0, 1, 1, 4, 12, 40]))
        self.seen["idle"] += self.wallet.is_idle(self.wallet.today) and self.wallet.balance > 0

    def sweep(self):
        self.seen["expire"] += bool(self.wallet.lapsed())
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()

    def shelve(self):
        """Put lots away that are empty and over, as the database keeps those that nobody reads."""
        over = date.min if self.shadow else self.wallet.today - timedelta(days=60)
        for unit, one in self.journals.items():
            for key in [key for key, lot in one.lots.items() if not lot.left]:
                if key.lot_no or key.expires_on < over:
                    self.shelf[unit, key] = one.lots.pop(key)

    def take_down(self, keys):
        for key in keys:
            if ("points", key) in self.shelf:
                self.main.lots[key] = self.shelf.pop(("points", key))

    def compare(self):
        """Compare what may be spent, posted as lapsed or not; now and then every single lot."""
        main, wallet = self.main, self.wallet
        usable = main.usable(lapse_day=main.lapse_day(wallet.today))
        assert (usable, main.held) == (wallet.usable, wallet.held), f"step {self.number}"
        if self.number % 8:
            return
        self.sweep()
        assert main.balance == wallet.balance, f"step {self.number}"
        days = Counter(one.gone_on for one in wallet.points)
        real: Counter[date] = Counter()
        for lot in main.lots.values():
            real[lot.expires_on] += lot.left
        assert +real == days, f"step {self.number}"
        waiting = sum(lot.left for lot in self.shadow.lots.values()) if self.shadow else 0
        assert waiting == wallet.pending, f"step {self.number}"
        self.shelve()


def walked(rules, pending, seed, steps):
    """Walk, check the stretches at the end, and return how often what was seen."""
    walk = Walk(rules, pending, random.Random(seed), seed)
    for _ in range(steps):
        walk.step()
    check_written(walk.journals, walk.shelf)
    return walk.seen


def everything(seed, steps):
    """Walk under every pair of rules; return how often each way of each verb was taken."""
    seen: Counter[str] = Counter()
    for number, (rules, pending) in enumerate(product(RULES, PENDING)):
        seen += walked(rules, pending, seed + number, steps)
    return seen


def test_a_long_walk_never_parts_from_the_points():
    seen = everything(0, STEPS)

    assert set(seen) >= WAYS, WAYS - set(seen)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", seeds_left("journals", SOAK_SEEDS))
def test_no_walk_ever_does(seed):
    seen = everything(100 + 20 * seed, SOAK_STEPS)

    assert set(seen) >= WAYS, WAYS - set(seen)
    note_done("journals", seed, SOAK_STEPS * len(RULES) * len(PENDING))
