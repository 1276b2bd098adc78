"""Tens of thousands of movements of single wallets, under every rule, beside a wallet of points.

No database: what the commands do under their lock, on the same journals, with the same functions.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: a walk that fails can be walked again
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.compiling import compile_programme
from loyalty.journal import Cause, Journal
from loyalty.lots import LotKey, give_back, where_back
from loyalty.programme import WAITING, LapsedLots, ShortBalance, shadow_of
from loyalty.settling import (
    Filled,
    activate,
    book_purchase,
    catch_up,
    lapse,
    note_activity,
    settle,
    take_earned_back,
)
from loyalty.values import MemberId, ProgrammeVersionId
from loyalty.words import Contra, PostingKind
from tests.loyalty.reference import Wallet

PARIS = ZoneInfo("Europe/Paris")
RULES = [
    {"expiry": {"after_days": 40}},
    {"expiry": {"after_days": 40}, "consumption": "first_earned"},
    {"expiry": {"inactive_months": 2}},
    {"expiry": {"inactive_months": 1}, "consumption": "first_earned"},
    {"expiry": "none", "consumption": "first_earned"},
]
PENDING = [None, {"days": 9}, {"until": "delivered"}]
STEPS = 2500
"""For each of the fifteen pairs; with the walk through the database forty thousand in all."""
SOAK_SEEDS = 54
"""Walks of each pair in a long run: two million steps."""


class Walk:
    """One wallet of the ledger, one of the reference, and a die."""

    def __init__(self, rules, pending, seed):
        self.dice = random.Random(seed)
        policy = list(LapsedLots)[seed % 3]
        document = {"wallets": {"points": rules}, "returns": {"lapsed_lots": policy}}
        document |= {"pending": pending} if pending else {}
        self.programme = compile_programme(document, version_id=ProgrammeVersionId("pgv_1"))
        rule = self.programme.points
        self.journals = {"points": journal("points", rule=rule)}
        if pending:
            self.journals[shadow_of("points")] = journal(shadow_of("points"), rule=WAITING)
        self.main, self.shadow = self.journals["points"], self.journals.get(shadow_of("points"))
        self.wallet = Wallet(
            first_earned=rule.individual,
            after_days=rule.expiry.after_days,
            idle_months=rule.expiry.inactive_months,
            wait_days=pending.get("days") if pending else None,
            wait_event=bool(pending and "until" in pending),
            lapsed_lots=policy,
        )
        self.policy, self.number = policy, 0
        self.spent, self.bought, self.holds = [], [], []
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

    def earned(self, day):
        return day.toordinal() * 10**9 + self.number

    def step(self):
        self.number += 1
        verbs = [self.buy] * 5 + [self.spend] * 4 + [self.give_back] * 2 + [self.undo] * 3
        verbs += [self.hold, self.capture, self.free, self.arrive, self.wait, self.sweep]
        self.dice.choice(verbs)()
        self.compare()

    def buy(self):
        late = self.dice.choice([0, 0, 0, 5, 45])
        day, count = self.wallet.today - timedelta(days=late), self.dice.randrange(9)
        row = book_purchase(
            self.journals,
            self.programme,
            unit="points",
            points=count,
            day=day,
            cause=self.cause(day),
        )
        self.wallet.buy(count, day, self.earned(day), self.number * 100)
        if row is not None:
            self.bought.append((row, count, self.number * 100))
        self.seen["buy" if row is None or row["kind"] != PostingKind.PENDING else "wait"] += 1

    def spend(self):
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()
        usable = self.wallet.usable()
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
        pending = self.wallet.take_waiting(count, mine)
        most = {
            ShortBalance.ONLY_PENDING: 0,
            ShortBalance.WITHIN_BALANCE: self.wallet.usable(),
            ShortBalance.CLAMP: max(0, self.wallet.balance - self.wallet.held),
            ShortBalance.UNLIMITED: count,
        }[policy]
        rest = min(count - pending, most)
        done = take_earned_back(
            self.journals,
            unit="points",
            points=count,
            filled=filled,
            policy=policy,
            cause=self.cause(),
            lapse_day=self.main.lapse_day(self.wallet.today),
        )
        assert (done.points, done.pending) == (pending + rest, pending)
        first = [] if waits else [one for one in self.wallet.points if self.is_of(one, key, mine)]
        self.wallet.take(rest, first)
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
        self.wallet.give_back(given, self.earned(today), self.number * 100)
        self.seen["lost" if back.lost else "undo"] += 1

    def hold(self):
        catch_up(self.journals, self.programme, self.now)
        if self.wallet.waits:
            self.wallet.settle()
        count = self.dice.randrange(1, 9)
        if count <= self.wallet.usable():
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
        self.wallet.lapse()
        self.seen["capture"] += 1

    def free(self):
        if self.holds:
            count = self.holds.pop()
            self.main.hold(-count)
            self.wallet.held -= count

    def arrive(self):
        if not self.wallet.wait_event:
            return
        assert self.shadow is not None
        settle(self.journals, self.programme, self.now)
        keys = [key for key, lot in self.shadow.lots.items() if lot.left]
        activate(self.journals, self.programme, unit="points", keys=keys, now=self.now)
        settle(self.journals, self.programme, self.now)
        self.wallet.release()
        self.seen["arrive"] += 1

    def wait(self):
        self.wallet.today += timedelta(days=self.dice.choice([0, 1, 1, 4, 12]))

    def sweep(self):
        settle(self.journals, self.programme, self.now)
        self.wallet.settle()

    def compare(self):
        assert (self.main.balance, self.main.held) == (self.wallet.balance, self.wallet.held)
        if self.number % 5:
            return
        days = Counter(one.gone_on for one in self.wallet.points)
        real: Counter[date] = Counter()
        for lot in self.main.lots.values():
            real[lot.expires_on] += lot.left
        assert +real == days, f"step {self.number}"
        waiting = sum(lot.left for lot in self.shadow.lots.values()) if self.shadow else 0
        assert waiting == self.wallet.pending, f"step {self.number}"


def journal(unit, *, rule):
    zeros = ("balance", "held", "lifetime_earned", "lifetime_spent", "seq")
    facts: dict[str, Any] = dict.fromkeys(zeros, 0) | {"head": "", "floor": None, "rule": rule}
    facts["active_on"] = date(2026, 1, 1)
    return Journal(member_id=MemberId("mbr_1"), unit=unit, **facts)


def stretches(rows, journal_):
    """Check that stretches follow each other from 0 on; return how far they reach, by lot."""
    reach: Counter[LotKey] = Counter()
    for row in rows:
        key = LotKey(row["expires_on"], row["lot_no"])
        assert row["lo"] == reach[key] < row["hi"]
        reach[key] = row["hi"]
    assert {row["unit"] for row in rows} <= {journal_.unit}
    return reach


def walked(rules, pending, seed):
    """Walk, check the stretches at the end, and return what was seen."""
    walk = Walk(rules, pending, seed)
    for _ in range(STEPS):
        walk.step()
    for one in walk.journals.values():
        taken = stretches(one.takes, one)
        assert {key: lot.consumed for key, lot in one.lots.items() if lot.consumed} == taken
        assert sum(row["points"] for row in one.postings) == one.balance
        assert [row["seq"] for row in one.postings] == list(range(1, one.seq + 1))
    return set(walk.seen)


@pytest.mark.parametrize("pending", PENDING, ids=str)
@pytest.mark.parametrize("rules", RULES, ids=lambda rules: str(list(rules.values())))
def test_a_long_walk_never_parts_from_the_points(rules, pending):
    seen = walked(rules, pending, RULES.index(rules) + PENDING.index(pending))

    assert {"buy", "spend", "short", "undo", "hold", "capture", *ShortBalance} <= seen
    assert not pending or "wait" in seen


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 100 + SOAK_SEEDS))
def test_no_walk_ever_does(seed):
    for rules in RULES:
        for pending in PENDING:
            assert "spend" in walked(rules, pending, seed)
