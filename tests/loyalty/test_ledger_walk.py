"""A long random walk of several members through the whole ledger, beside a small reference.

The real commands on a real database. Most of the steps that a long run promises are taken without
one, in ``test_journal_walk.py``: the same arithmetic, a dozen times as fast.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded: a walk that fails can be walked again
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from loyalty.kernel import ids
from loyalty.kernel.db import Database
from loyalty.queries import verify_books
from tests.loyalty.town_desk import CUP, CUPS, LEAST, MOST, NOTE, STEP, Desk
from tests.loyalty.town_office import FOUR_EYES_ABOVE, LIMITS, Office
from tests.loyalty.town_people import People
from tests.loyalty.town_points import Points
from tests.soaking import note_done, seeds_left

STEPS = {"sqlite": 400, "postgresql": 40}
"""Under each of the four programmes."""
SOAK_SEEDS, SOAK_STEPS = 32, 1000
"""128,000 steps; with those of the journals two million."""
START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "name": "walk",
    "zone": "Europe/Paris",
    "earn": [{"id": "base", "points": 1, "per": "amount", "amount": "1.00"}],
    "redemption": {
        "points": 10,
        "value": "1.00",
        "minimum": LEAST,
        "maximum": MOST,
        "step": STEP,
    },
    "rewards": [
        {"id": "cup", "kind": "article", "article": "cup", "cost": CUP, "stock": CUPS},
        {"id": "note", "kind": "voucher", "amount": "2.00", "cost": NOTE},
    ],
    "transfers": {"per_day": 15},
    "adjustment_limits": {"support": LIMITS, "four_eyes_above": FOUR_EYES_ABOVE},
}


def programme(points, stars, *, returns, exit_, **more):
    """Return a programme and, in the reference's words, the rules of its wallets."""
    return COMMON | more | {
        "wallets": {"points": points[0], "stars": stars[0]},
        "returns": returns,
        "household": {"exit": exit_},
    }, {
        "points": points[1] | {"lapsed_lots": returns["lapsed_lots"]},
        "stars": stars[1] | {"lapsed_lots": returns["lapsed_lots"]},
    }


POOLED = ({"expiry": {"after_days": 40}}, {"lasts": 40})
FIRST = (
    {"expiry": {"after_days": 30}, "consumption": "first_earned", "floor": -30},
    {"lasts": 30, "first_earned": True, "floor": -30},
)
IDLE = ({"expiry": {"inactive_months": 2}}, {"idle_months": 2})
MONTHS = (
    {"expiry": {"after_months": 0, "end_of": "month"}, "expiry_end": "inclusive"},
    {"lasts": "month", "last_day_usable": True},
)
PURGED = (
    {"expiry": {"yearly_purge": {"day": "02-28", "earned_before": "01-01"}}, "floor": "unlimited"},
    {"lasts": "purge", "floor": None},
)
FOR_EVER = ({"expiry": "none", "floor": -20}, {"floor": -20})
DAYS, EVENT = {"pending": {"days": 9}}, {"pending": {"until": "delivered"}}
PROGRAMMES = {
    "pooled": programme(
        POOLED,
        FIRST,
        returns={"lapsed_lots": "same_date", "short_balance": "within_balance"},
        exit_="contributed",
    ),
    "waiting": programme(
        (FIRST[0], FIRST[1] | {"wait_days": 9}),
        FOR_EVER,
        returns={"lapsed_lots": "new_date", "short_balance": "clamp"},
        exit_="equal",
        **DAYS,
    ),
    "idle": programme(
        (IDLE[0], IDLE[1] | {"wait_days": None}),
        PURGED,
        returns={"lapsed_lots": "lost", "short_balance": "only_pending"},
        exit_="nothing",
        **EVENT,
    ),
    "months": programme(
        MONTHS,
        POOLED,
        returns={"lapsed_lots": "lost", "short_balance": "unlimited"},
        exit_="contributed",
    ),
}


class Walk(Points, People, Office, Desk):
    """Somebody who does everything."""

    def verbs(self):
        often = [self.earn, self.spend, self.buy] * 4
        now_and_then = [self.undo, self.hold, self.come_back, self.redeem, self.transfer] * 2
        seldom = [
            self.capture,
            self.release,
            self.deliver,
            self.gather,
            self.share_points,
            self.leave,
            self.merge,
            self.unmerge,
            self.block,
            self.bring_along,
            self.adjust,
            self.decide,
            self.claim,
            self.capture_redeemed,
            self.release_redeemed,
            self.end_voucher,
            self.use_gift_card,
            self.blunder,
            self.ask_again,
            self.pass_time,
            self.run_jobs,
        ]
        return often + now_and_then + seldom


@contextmanager
def seeded_ids(seed):
    """Let identifiers fall as the dice do, so that a walk can be walked again to the letter."""
    chance = vars(ids)["secrets"]
    vars(ids)["secrets"] = SimpleNamespace(randbits=random.Random(seed).getrandbits)
    try:
        yield
    finally:
        vars(ids)["secrets"] = chance


def walked(database, name, seed, steps):
    """Walk under one of the programmes; return how often each command ended how."""
    document, rules = PROGRAMMES[name]
    with seeded_ids(f"{name}{seed}"):
        walk = Walk(database, random.Random(f"{name}{seed}"), document, rules, START)
        return take(walk, steps)


def take(walk, steps):
    """Take so many steps, prove the books, and leave the database as it was."""
    with suppress(Over), walk.stack:
        walk.walk(steps, walk.verbs())
        walk.compare_lots()
        assert verify_books(walk.tx) == ()
        raise Over
    return walk.cells


class Over(Exception):
    """The walk is over: its transaction is rolled back."""


DONE = """
adjust_points block_member cancel_voucher capture_hold capture_redemption claim_cup claim_note
decide_adjustment draw_points earn_points end_held_redemptions expire_holds expire_lots form_pool
join_pool leave_pool load_gift_card merge_members open_balances pay_with_gift_card place_hold
pool_points record_purchase record_return redeem_points release_for_event release_hold
release_pending release_redemption spend_points take_off_gift_card transfer_points unblock_member
undo_given undo_taken unmerge_members use_voucher
earn_points:again spend_points:again place_hold:again record_purchase:again unmerge_members:again
"""
"""Every command, each of which a walk under all programmes makes; and repeats, told from others."""
REFUSED = """
above-maximum adjustment-decided adjustment-limit already-merged below-minimum gift-card-short
hold-ended hold-open in-a-pool limit-reached member-blocked not-a-step not-enough-points
not-in-a-pool not-merged nothing-to-return redemption-ended reversal-too-large sale-conflict
same-person source-reused transfer-limit transfer-to-self unknown-adjustment unknown-gift-card
unknown-hold unknown-member unknown-posting unknown-redemption unknown-reward unknown-voucher
unknown-wallet voucher-not-usable
"""
"""Every refusal that these commands know under these programmes."""


def missed(seen):
    """Return the commands and refusals that a walk never came past."""
    done = {verb for verb, how in seen if how == "done"}
    refused = {how for _, how in seen}
    return (set(DONE.split()) - done) | (set(REFUSED.split()) - refused)


def everything(database, seed, steps):
    """Walk under every programme, each in a town of its own; return what was seen in all."""
    seen: Counter[tuple[str, str]] = Counter()
    for name in PROGRAMMES:
        town = Database(database.url)
        seen += walked(town, name, seed, steps)
        town.dispose()
    return seen


@pytest.mark.slow
def test_a_long_walk_never_parts_from_the_reference(database):
    seen = everything(database, 1, STEPS["sqlite" if database.is_sqlite else "postgresql"])

    assert not database.is_sqlite or not missed(seen)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", seeds_left("ledgers", SOAK_SEEDS))
def test_no_walk_ever_does(sqlite_database, seed):
    seen = everything(sqlite_database, 100 + seed, SOAK_STEPS)

    assert not missed(seen)
    note_done("ledgers", seed, SOAK_STEPS * len(PROGRAMMES))
