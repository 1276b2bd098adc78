"""Callers who share a statement: each gets her own answer, nothing wrong with one keeps others."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event, text

from loyalty.commands import (
    Earning,
    block_member,
    earn_points,
    gathering_of,
    publish_preset,
)
from loyalty.kernel.problems import Problem
from loyalty.queries import balance, verify_books
from loyalty.values import MemberId
from tests.loyalty.world import enrol

CROWD = 20


@pytest.fixture
def office(postgres_database):
    """A PostgreSQL database with the preset, and a crowd of members."""
    with postgres_database.begin(actor="test") as tx:
        publish_preset(tx)
        crowd = [enrol(tx, f"Ada {number}").member_id for number in range(CROWD)]
    return postgres_database, crowd


def start(shop, asked, ended):
    """Let somebody ask in a thread of her own; her answer goes to ``ended``."""

    def ask():
        try:
            ended[asked] = gathering_of(shop).earn(actor="test", asked=asked).balance
        except Problem as problem:
            ended[asked] = problem.slug

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_who_asks_while_the_database_works_shares_the_next_statement(office):
    shop, crowd = office
    blocked, known, *rest = crowd
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=blocked)
        earn_points(tx, member_id=known, points=5, source="s")
    strange = MemberId("mbr_nobody")
    asked = [Earning(one, 7 + n, "s") for n, one in enumerate((blocked, known, strange, *rest))]
    asked += [Earning(rest[0], 1, "again"), Earning(rest[0], 10, "s")]
    seen: list[str] = []
    event.listen(shop.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    ended: dict[Earning, object] = {}
    with shop.begin(actor="test") as tx:
        tx.run(text("LOCK TABLE postings IN SHARE MODE"))
        seen.clear()
        threads = [start(shop, one, ended) for one in asked]
        while len(gathering_of(shop)._waiting) < len(asked) - 1:
            threads[0].join(timeout=0.01)
    for one in threads:
        one.join()

    assert ended[asked[0]] == "member-blocked"
    assert ended[asked[1]] == "source-reused"
    assert ended[asked[2]] == "unknown-member"
    assert [ended[one] for one in asked[4 : len(crowd)]] == [11 + n for n in range(len(rest) - 2)]
    of_one = sorted(int(str(ended[one])) for one in (asked[3], *asked[-2:]))
    assert of_one in ([10, 10, 11], [1, 11, 11]), "whichever of hers came first"
    with shop.look() as tx:
        assert verify_books(tx) == ()
        assert balance(tx, rest[0]).balance == 11
    assert sum("unnest" in one for one in seen) == 2


def test_nobody_waits_for_somebody_elses_wallet(office):
    shop, (slow, quick, *_) = office
    ended: dict[Earning, object] = {}
    waits, goes = Earning(slow, 5, "s"), Earning(quick, 6, "s")
    with shop.begin(actor="test") as tx:
        earn_points(tx, member_id=slow, points=1, source="held")
        waiting = start(shop, waits, ended)
        start(shop, goes, ended).join(timeout=5)
        assert ended == {goes: 6}
    waiting.join()

    assert ended == {goes: 6, waits: 6}
    with shop.look() as tx:
        assert verify_books(tx) == ()
