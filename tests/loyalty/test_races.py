"""Many tills at once: no point is spent twice, no sale counted twice, on either database."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import pytest

from loyalty.commands import (
    capture_hold,
    earn_points,
    place_hold,
    record_purchase,
    record_return,
    spend_points,
)
from loyalty.errors import HoldEnded, NotEnoughPoints, NothingToReturn, VoucherNotUsable
from loyalty.queries import balance, tier_progress, verify_books, vouchers_of
from tests.loyalty.world import KEYS, line, returned, sale

THREADS = 16
FEW, MANY = 6, 300
ROUNDS = pytest.mark.parametrize(
    "rounds",
    [FEW, pytest.param(MANY, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
    ids=["few", "many"],
)


def at_once(database, work, *, threads=THREADS):
    """Run ``work(tx, number)`` in many transactions at the same moment; return how each ended."""
    gate = threading.Barrier(threads)
    outcomes: Counter[object] = Counter()

    def one(number):
        gate.wait()
        try:
            with database.begin(actor=f"till:{number}") as tx:
                outcomes[work(tx, number)] += 1
        except (NotEnoughPoints, VoucherNotUsable, NothingToReturn, HoldEnded) as refusal:
            outcomes[refusal.slug] += 1

    workers = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(outcomes.values()) == threads, "a thread died of something else"
    return outcomes


@ROUNDS
def test_sixteen_tills_redeem_the_same_points_and_one_gets_them(shop, ada, rounds):
    for round_ in range(rounds):
        with shop.begin(actor="test") as tx:
            earn_points(tx, member_id=ada, points=100, source=f"gift:{round_}")

        def redeem(tx, number, round_=round_):
            source = f"reward:{round_}:{number}"
            return spend_points(tx, member_id=ada, points=100, source=source).balance

        assert at_once(shop, redeem) == {0: 1, "not-enough-points": THREADS - 1}
    with shop.look() as tx:
        assert balance(tx, ada).balance == 0
        assert verify_books(tx) == ()


def test_tills_and_holds_share_what_there_is(shop, ada):
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=70, source="gift")

    def keep_or_spend(tx, number):
        if number % 2:
            place_hold(tx, member_id=ada, points=10, source=f"basket:{number}")
            return "held"
        spend_points(tx, member_id=ada, points=10, source=f"reward:{number}")
        return "spent"

    ended = at_once(shop, keep_or_spend)
    assert ended["held"] + ended["spent"] == 7
    with shop.look() as tx:
        now = balance(tx, ada)
        assert (now.held, now.balance, now.available) == (
            10 * ended["held"],
            70 - 10 * ended["spent"],
            0,
        )
        assert verify_books(tx) == ()


def test_a_hold_is_captured_once(shop, ada):
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=ada, points=50, source="gift")
        held = place_hold(tx, member_id=ada, points=50, source="basket:1")

    def capture(tx, number):
        points = number + 1
        capture_hold(tx, member_id=ada, hold_id=held.hold_id, points=points)
        return "captured"

    assert at_once(shop, capture) == {"captured": 1, "hold-ended": THREADS - 1}
    with shop.look() as tx:
        assert verify_books(tx) == ()


def test_a_sale_sent_sixteen_times_at_once_is_counted_once(shop, ada, clock):
    one = sale(ada, line(1, price=12_300), occurred_at=clock())

    def ring(tx, number):
        return record_purchase(tx, keys=KEYS, sale=one).replayed

    assert at_once(shop, ring) == {False: 1, True: THREADS - 1}
    with shop.look() as tx:
        assert balance(tx, ada).balance == 123
        assert verify_books(tx) == ()


@pytest.mark.slow
def test_one_member_at_sixteen_tills_loses_nothing(shop, ada, ben, clock):
    """Sales of two members, interleaved: every point, credit and voucher arrives."""
    sales = [
        [sale(who, line(1, price=25_050), occurred_at=clock()) for who in (ada, ben, ada)]
        for _ in range(THREADS)
    ]
    for turn in range(3):

        def ring(tx, number, turn=turn):
            record_purchase(tx, keys=KEYS, sale=sales[number][turn])
            return "rung"

        assert at_once(shop, ring) == {"rung": THREADS}
    with shop.look() as tx:
        spend = 2 * THREADS * 25_050
        assert tier_progress(tx, ada).spend_minor == spend
        assert tier_progress(tx, ada).level == "platinum"
        assert balance(tx, ada).balance == 2 * THREADS * 250
        assert len(vouchers_of(tx, ada, keys=KEYS)) == spend // 10_000
        assert verify_books(tx) == ()


def test_a_voucher_pays_once(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        first = sale(ada, line(1, price=10_000), occurred_at=clock())
        voucher = record_purchase(tx, keys=KEYS, sale=first).vouchers[0].voucher_id

    def pay(tx, number):
        one = sale(ada, line(1, price=500), occurred_at=clock(), till=f"t{number}")
        return record_purchase(
            tx, keys=KEYS, sale=replace(one, voucher_ids=(voucher,))
        ).voucher_minor

    assert at_once(shop, pay) == {100: 1, "voucher-not-usable": THREADS - 1}
    with shop.look() as tx:
        assert verify_books(tx) == ()


def test_an_article_comes_back_once(shop, ada, clock):
    with shop.begin(actor="test") as tx:
        bought = record_purchase(
            tx, keys=KEYS, sale=sale(ada, line(1, price=5_000), occurred_at=clock())
        )
        stranger = record_purchase(
            tx, keys=KEYS, sale=sale(None, line(1, price=5_000), occurred_at=clock())
        )
    for purchase in (bought, stranger):

        def give_back(tx, number, purchase=purchase):
            one = returned(purchase.purchase_id, (1, 1000), occurred_at=clock(), till=f"t{number}")
            return record_return(tx, returned=one).refund_minor

        assert at_once(shop, give_back) == {5_000: 1, "nothing-to-return": THREADS - 1}
    with shop.look() as tx:
        assert balance(tx, ada).balance == 0
        assert verify_books(tx) == ()
