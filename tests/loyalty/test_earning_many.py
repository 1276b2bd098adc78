"""Many earnings in one statement: each as if it came alone, none spoils another's."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from loyalty.commands import (
    Earning,
    block_member,
    earn_at_once,
    earn_many_at_once,
    earn_points,
    publish_programme,
    reverse_posting,
    spend_points,
)
from loyalty.errors import MemberBlocked, SourceReused, UnknownMember
from loyalty.presets import preset_document
from loyalty.queries import balance, statement, verify_books
from loyalty.values import Fired, MemberId
from tests.loyalty.world import enrol


@pytest.fixture
def crowd(shop):
    """Eight members."""
    with shop.begin(actor="test") as tx:
        return [enrol(tx, f"Ada {number}").member_id for number in range(8)]


def give(shop, *asked):
    return earn_many_at_once(shop, actor="test", asked=asked)


def told(answers):
    return [getattr(one, "balance", None) or one.slug for one in answers]


def sound(shop):
    with shop.look() as tx:
        return verify_books(tx) == ()


def test_each_gets_her_own_answer_and_nobody_spoils_anothers(shop, crowd):
    """A stranger, a blocked one, a debtor, a source twice and a source reused, among others."""
    plain, blocked, debtor, twice, known, *rest = crowd
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=blocked)
        seq = earn_points(tx, member_id=debtor, points=30, source="a").seq
        spend_points(tx, member_id=debtor, points=30, source="b")
        reverse_posting(tx, member_id=debtor, seq=seq, source="undo")
        earn_points(tx, member_id=known, points=5, source="s")
    answers = give(
        shop,
        Earning(plain, 10, "s"),
        Earning(blocked, 10, "s"),
        Earning(MemberId("mbr_nobody"), 10, "s"),
        Earning(debtor, 40, "s"),
        Earning(twice, 10, "s"),
        Earning(twice, 10, "s"),
        Earning(twice, 7, "t"),
        Earning(known, 5, "s"),
        Earning(known, 6, "s"),
        *(Earning(one, 1, "s") for one in rest),
    )

    slugs = (MemberBlocked.slug, UnknownMember.slug, SourceReused.slug)
    assert told(answers) == [10, slugs[0], slugs[1], 10, 10, 10, 17, 5, slugs[2], 1, 1, 1]
    assert [getattr(one, "replayed", None) for one in answers[4:8]] == [False, True, False, True]
    assert sound(shop)
    assert told(give(shop, Earning(plain, 10, "s"))) == [10], "sent again, nothing moves"
    with shop.look() as tx:
        assert balance(tx, plain).balance == 10


@pytest.mark.parametrize("consumption", ["earliest_expiry", "first_earned"])
def test_together_they_leave_the_same_rows_as_one_by_one(shop, crowd, clock, consumption):
    document = preset_document("three-tier-grocer")
    document["wallets"]["points"]["consumption"] = consumption
    reasons = (Fired("base", 3, 300, (1,), "Où « ça » va ? €"),)
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=document)
    for number in range(3):
        clock.move(by=timedelta(days=20))
        points = number + 3
        late = clock() - timedelta(days=number)
        asked = [Earning(one, points, f"s{number}", reasons, late) for one in crowd]
        earn_many_at_once(shop, actor="test", asked=asked[:4])
        for one in asked[4:]:
            earn_at_once(shop, actor="test", asked=one)

    assert sound(shop)
    with shop.look() as tx:
        books = [statement(tx, one, language="en").items for one in crowd]
        lots = "SELECT expires_on, lot_no, granted, earned_at FROM lots WHERE member_id = :m"
        rows = [sorted(map(tuple, tx.run(text(lots), {"m": one}))) for one in crowd]
    assert all(one == books[0] for one in books)
    assert all(one == rows[0] for one in rows)


def test_a_crowd_is_served_in_one_statement(postgres_database, clock):
    del clock
    with postgres_database.begin(actor="test") as tx:
        publish_programme(tx, document=preset_document("three-tier-grocer"))
        crowd = [enrol(tx, f"Ada {number}").member_id for number in range(5)]
    seen: list[str] = []
    event.listen(
        postgres_database.engine,
        "before_cursor_execute",
        lambda *said: seen.append(said[2]),
    )
    asked = [Earning(one, 5, "s") for one in crowd]
    earn_many_at_once(postgres_database, actor="test", asked=asked)

    assert sum("postings" in one for one in seen) == 1


def test_two_crowds_in_opposite_order_never_wait_for_each_other(shop, crowd):
    ended = []

    def post(number):
        order = crowd if number % 2 else crowd[::-1]
        for turn in range(10):
            asked = [Earning(one, 1, f"{number}:{turn}") for one in order]
            ended.extend(earn_many_at_once(shop, actor="test", asked=asked))

    writers = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()

    assert len(ended) == 4 * 10 * len(crowd)
    assert sound(shop)
    with shop.look() as tx:
        assert {balance(tx, one).balance for one in crowd} == {40}
