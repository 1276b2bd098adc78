"""Earning and spending in one round trip: counted once, refused without a trace, never doubled."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import pytest

from loyalty.commands import (
    Earning,
    Spending,
    earn_at_once,
    earn_points,
    merge_members,
    publish_preset,
    record_purchase,
    save_store,
    spend_at_once,
)
from loyalty.errors import NotEnoughPoints, SourceReused, UnknownMember
from loyalty.kernel.problems import Problem
from loyalty.queries import balance, statement, verify_books
from loyalty.values import MemberId, StoreId
from tests.loyalty.world import KEYS, enrol, line, sale

THREADS = 12


def together(work, *, threads=THREADS):
    """Do ``work(number)`` in many threads at the same moment; return how each ended."""
    gate = threading.Barrier(threads)
    outcomes: Counter[object] = Counter()

    def one(number):
        gate.wait()
        try:
            outcomes[work(number)] += 1
        except Problem as problem:
            outcomes[problem.slug] += 1

    crew = [threading.Thread(target=one, args=(number,)) for number in range(threads)]
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    assert sum(outcomes.values()) == threads, "a thread died of something else"
    return outcomes


def earn(shop, member_id, points, source):
    return earn_at_once(shop, actor="test", asked=Earning(member_id, points, source))


def spend(shop, member_id, points, source):
    return spend_at_once(shop, actor="test", asked=Spending(member_id, points, source))


def moves(shop, member_id):
    with shop.look() as tx:
        assert verify_books(tx) == ()
        return [one.points for one in statement(tx, member_id, language="en").items][::-1]


def test_what_is_earned_at_once_can_be_spent_at_once(shop, ada):
    first, taken = earn(shop, ada, 120, "a"), spend(shop, ada, 50, "b")

    assert (first.seq, first.balance, taken.seq, taken.points) == (1, 120, 2, -50)
    assert earn(shop, ada, 120, "a") == replace(first, replayed=True)
    assert spend(shop, ada, 50, "b") == replace(taken, replayed=True)
    for asked in (lambda: earn(shop, ada, 121, "a"), lambda: spend(shop, ada, 120, "a")):
        with pytest.raises(SourceReused):
            asked()
    with pytest.raises(NotEnoughPoints):
        spend(shop, ada, 71, "c")
    with pytest.raises(UnknownMember):
        earn(shop, MemberId("mbr_nobody"), 1, "a")
    assert moves(shop, ada) == [120, -50]


def test_one_source_at_twelve_tills_moves_points_once(shop, ada):
    ended = together(lambda _: earn(shop, ada, 30, "gift").replayed)

    assert ended == {False: 1, True: THREADS - 1}
    assert moves(shop, ada) == [30]


def test_twelve_tills_spend_what_there_is_and_no_more(shop, ada):
    earn(shop, ada, 70, "gift")
    ended = together(lambda number: spend(shop, ada, 20, f"reward:{number}").points)

    assert ended == {-20: 3, "not-enough-points": THREADS - 3}
    assert moves(shop, ada) == [70, -20, -20, -20]


def test_earning_and_spending_meet_at_one_member(shop, ada):
    earn(shop, ada, 100, "gift")
    ended = together(
        lambda number: (earn if number % 2 else spend)(shop, ada, 10, f"s:{number}").points
    )

    assert ended == {10: THREADS // 2, -10: THREADS // 2}
    assert sum(moves(shop, ada)) == 100


@pytest.mark.parametrize("way", ["at once", "transaction", "purchase"])
def test_nobody_earns_for_one_who_is_merged_meanwhile(postgres_database, clock, way):
    """A till waits for the wallet while the desk merges it: what it brings is refused.

    SQLite has one writer: there is no meanwhile.
    """
    shop, ended = postgres_database, []
    with shop.begin(actor="test") as tx:
        publish_preset(tx)
        save_store(tx, store_id=StoreId("lyon-1"), name="Lyon", city="Lyon")
        ada, ben = enrol(tx, "Ada").member_id, enrol(tx, "Ben").member_id

    def bring():
        try:
            if way == "at once":
                ended.append(earn(shop, ben, 30, "gift"))
                return
            with shop.begin(actor="test") as tx:
                if way == "transaction":
                    ended.append(earn_points(tx, member_id=ben, points=30, source="gift"))
                else:
                    one = sale(ben, line(1, price=3000), occurred_at=clock())
                    ended.append(record_purchase(tx, keys=KEYS, sale=one))
        except Problem as problem:
            ended.append(problem.slug)

    till = threading.Thread(target=bring)
    with shop.begin(actor="test") as tx:
        merge_members(tx, survivor_id=ada, other_id=ben, source="desk")
        till.start()
        till.join(timeout=0.3)
        assert till.is_alive(), "the wallet is held by the desk"
    till.join()

    assert ended == [UnknownMember.slug]
    with shop.look() as tx:
        assert balance(tx, ada).balance == 0
        assert verify_books(tx) == ()
