"""Many at once: stock, holds, gift cards, transfers and merges cross, and nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from loyalty.commands import (
    adjust_points,
    capture_hold,
    capture_redemption,
    claim_reward,
    earn_points,
    expire_lots,
    load_gift_card,
    merge_members,
    pay_with_gift_card,
    place_hold,
    publish_programme,
    redeem_points,
    release_hold,
    release_redemption,
    spend_points,
    transfer_points,
    unmerge_members,
)
from loyalty.kernel.problems import Problem
from loyalty.queries import gift_card_balances, stock_left, verify_books
from loyalty.queries.balances import balances_of
from tests.loyalty.world import KEYS, enrol

THREADS = 8
DOCUMENT: dict[str, Any] = {
    "name": "races",
    "wallets": {"points": {"expiry": {"after_days": 10}}},
    "earn": [],
    "redemption": {"points": 100, "value": "1.00"},
    "rewards": [{"id": "cup", "kind": "article", "article": "cup", "cost": 10, "stock": 3}],
    "adjustment_limits": {"support": {"per_day": 50}},
}
ROUNDS = pytest.mark.parametrize(
    ("rounds", "threads"),
    [(1, THREADS), pytest.param(300, 16, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
    ids=["few", "many"],
)


@pytest.fixture
def fair(database):
    """A database with that programme and two members of 1,000 points each."""
    with database.begin(actor="test") as tx:
        publish_programme(tx, document=DOCUMENT)
        members = [enrol(tx, name).member_id for name in ("Ada", "Ben")]
        for one in members:
            earn_points(tx, member_id=one, points=1000, source="gift")
    return database, *members


def at_once(database, work, threads):
    """Run ``work(tx, number)`` in as many transactions at once; count answers and refusals."""
    gate = threading.Barrier(threads)
    outcomes: Counter[object] = Counter()

    def one(number):
        gate.wait()
        try:
            with database.begin(actor=f"till:{number}") as tx:
                outcome = work(tx, number)
        except Problem as refusal:
            outcome = refusal.slug
        outcomes[outcome] += 1

    workers = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(outcomes.values()) == threads, "a thread died of something else"
    return outcomes


def sound(database, *members):
    """Return the balances of members together, after proving the books."""
    with database.look() as tx:
        assert verify_books(tx) == ()
        found = balances_of(tx, members)
        return sum(found[one]["points"].balance for one in members)


@ROUNDS
def test_a_stock_of_three_goes_out_three_times(fair, rounds, threads):
    database, ada, ben = fair
    for round_ in range(rounds):
        taken: list[Any] = []

        def claim(tx, number, round_=round_, taken=taken):
            one = claim_reward(
                tx,
                keys=KEYS,
                member_id=(ada, ben)[number % 2],
                reward_id="cup",
                source=f"{round_}:{number}",
            )
            taken.append(((ada, ben)[number % 2], one.redemption_id))
            return one.points

        assert at_once(database, claim, threads) == {10: 3, "limit-reached": threads - 3}
        with database.begin(actor="test") as tx:
            assert stock_left(tx) == {"cup": 0}
            for member_id, redemption_id in taken:
                release_redemption(tx, member_id=member_id, redemption_id=redemption_id)
    assert sound(database, ada, ben) == 2000


@ROUNDS
def test_a_hold_is_captured_or_released_and_never_both(fair, rounds, threads):
    database, ada, _ = fair
    for round_ in range(rounds):
        with database.begin(actor="test") as tx:
            held = redeem_points(
                tx, member_id=ada, points=100, source=f"h{round_}", hold_seconds=600
            )

        def end(tx, number, held=held):
            if number % 2:
                done = capture_redemption(
                    tx, keys=KEYS, member_id=ada, redemption_id=held.redemption_id
                )
            else:
                done = release_redemption(tx, member_id=ada, redemption_id=held.redemption_id)
            return str(done.state)

        outcomes = at_once(database, end, threads)
        assert outcomes["released"] or outcomes["given_back"]
    assert sound(database, ada) == 1000


@ROUNDS
def test_holds_captures_and_expiry_cross_and_no_point_is_used_twice(fair, clock, rounds, threads):
    """Points lapse at the very moment at which some of them are held, captured and spent."""
    database, ada, _ = fair
    with database.begin(actor="test") as tx:
        spend_points(tx, member_id=ada, points=1000, source="all")
    for round_ in range(rounds):
        with database.begin(actor="test") as tx:
            earn_points(tx, member_id=ada, points=60, source=f"e{round_}")
            held = place_hold(tx, member_id=ada, points=20, source=f"h{round_}", seconds=2_000_000)
        clock.move(by=timedelta(days=11))

        def cross(tx, number, round_=round_, held=held):
            if number % 4 == 0:
                return "posted" if expire_lots(tx) else "nothing lapsed"
            if number % 4 == 1:
                capture_hold(tx, member_id=ada, hold_id=held.hold_id, points=20)
                return "captured"
            if number % 4 == 2:
                release_hold(tx, member_id=ada, hold_id=held.hold_id)
                return "released"
            spend_points(tx, member_id=ada, points=20, source=f"{round_}:{number}")
            return "spent"

        outcomes = at_once(database, cross, threads)
        assert outcomes["spent"] == 0, "they had lapsed, or were held"
        assert (outcomes["captured"] > 0) != (outcomes["released"] > 0)
        with database.begin(actor="test") as tx:
            expire_lots(tx)
        assert sound(database, ada) == 0


@ROUNDS
def test_transfers_cross_and_nothing_is_lost(fair, rounds, threads):
    database, ada, ben = fair
    for round_ in range(rounds):

        def give(tx, number, round_=round_):
            giver, taker = (ada, ben) if number % 2 else (ben, ada)
            return transfer_points(
                tx,
                member_id=giver,
                to_member_id=taker,
                points=7,
                source=f"{round_}:{number}",
            ).points

        assert at_once(database, give, threads) == {7: threads}
    assert sound(database, ada, ben) == 2000


@ROUNDS
def test_a_merge_crosses_with_tills_and_can_be_undone(fair, rounds, threads):
    database, ada, ben = fair
    spent = 0
    for round_ in range(rounds):
        merged: list[Any] = []

        def cross(tx, number, round_=round_, merged=merged):
            if number == 0:
                done = merge_members(tx, survivor_id=ada, other_id=ben, source=f"m{round_}")
                merged.append(done.merge_id)
                return "merged"
            buyer = (ada, ben)[number % 2]
            spend_points(tx, member_id=buyer, points=1, source=f"{round_}:{number}")
            return "spent"

        outcomes = at_once(database, cross, threads)
        spent += outcomes["spent"]
        assert outcomes["merged"] == 1
        assert set(outcomes) <= {"merged", "spent", "unknown-member", "not-enough-points"}
        assert sound(database, ada, ben) == 2000 - spent
        with database.begin(actor="test") as tx:
            unmerge_members(tx, merge_id=merged[0])
    assert sound(database, ada, ben) == 2000 - spent


@ROUNDS
def test_a_gift_card_pays_no_more_than_it_holds(fair, rounds, threads):
    database, *_ = fair
    for round_ in range(rounds):
        card = f"gc-{round_}"
        with database.begin(actor="test") as tx:
            load_gift_card(tx, gift_card_id=card, amount_minor=300, source="s")

        def pay(tx, number, card=card):
            paid = pay_with_gift_card(
                tx, gift_card_id=card, due_minor=100, asked_minor=100, source=f"p{number}"
            )
            return paid.amount_minor

        assert at_once(database, pay, threads) == {-100: 3, "gift-card-short": threads - 3}
        with database.look() as tx:
            assert gift_card_balances(tx, [card]) == {card: 0}


@ROUNDS
def test_a_days_limit_is_not_passed_by_adjusting_many_at_once(fair, rounds, threads):
    database, ada, ben = fair
    for round_ in range(rounds):

        def adjust(tx, number, round_=round_):
            return adjust_points(
                tx,
                member_id=(ada, ben)[number % 2],
                points=10,
                reason="egg",
                source=f"{round_}:{number}",
                actor=f"cleo:{round_}",
                role="support",
            ).points

        assert at_once(database, adjust, threads) == {10: 5, "adjustment-limit": threads - 5}
    assert sound(database, ada, ben) == 2000 + 50 * rounds
