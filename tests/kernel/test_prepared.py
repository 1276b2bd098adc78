"""A statement that is run again and again answers past SQLAlchemy as it answers through it."""

from __future__ import annotations

import gc
import weakref
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text, tuple_, update
from sqlalchemy.exc import (
    IntegrityError,
    MultipleResultsFound,
    NoResultFound,
    OperationalError,
    StatementError,
)

from loyalty.kernel.forms import MOST_FORMS
from loyalty.kernel.outbox import OutboxEvent
from loyalty.kernel.prepared import _KNOWN, RUNS_BEFORE
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.rows import Answer

PREPARED = RUNS_BEFORE + 3
PUT = insert(OutboxEvent)
IDS = [f"evt_{number}" for number in range(4)]
NAMED: Any = bindparam("ids", expanding=True)


@pytest.fixture
def told(database):
    """Four events, written by one statement that is prepared by the end."""
    with database.begin(actor="test") as tx:
        for number, one in enumerate(IDS):
            tx.run(PUT, row(tx, one, number))
    return database


def row(tx, one, number=0):
    """An event row with an instant, a document and a flag."""
    at = tx.now + timedelta(microseconds=number)
    return {"id": one, "name": "Told", "body": {"n": number}, "announced_at": at, "settled": False}


def both_ways(tx, statement, parameters=None):
    """The rows that SQLAlchemy gives, then those of the prepared statement."""
    through = tx.connection.execute(statement, parameters).all()
    answers = [tx.run(statement, parameters) for _ in range(PREPARED)]
    assert isinstance(answers[-1], Answer)
    return through, answers[-1].all()


STATEMENTS = {
    "whole rows": (select(OutboxEvent).order_by(OutboxEvent.id), None),
    "a value of its own": (select(OutboxEvent.body).where(OutboxEvent.id == "evt_2"), None),
    "a flag of its own": (select(OutboxEvent.id).where(OutboxEvent.settled.is_(False)), None),
    "a parameter twice": (
        select(OutboxEvent.id).where(
            (OutboxEvent.id == bindparam("one")) | (OutboxEvent.name == bindparam("one"))
        ),
        {"one": "evt_1"},
    ),
    "names for sums": (
        select(func.count().label("many"), func.max(OutboxEvent.announced_at).label("last")),
        None,
    ),
    "a list of its own": (
        select(OutboxEvent.id, OutboxEvent.announced_at).where(OutboxEvent.id.in_(IDS[1:3])),
        None,
    ),
    "plain text": (text("SELECT id, name FROM outbox_events WHERE id = :one"), {"one": "evt_3"}),
    "nothing": (select(OutboxEvent).where(OutboxEvent.id == bindparam("one")), {"one": "no"}),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_both_ways_give_the_same_rows(told, name):
    with told.look() as tx:
        through, past = both_ways(tx, *STATEMENTS[name])
    assert [one._asdict() for one in past] == [one._asdict() for one in through]
    assert [tuple(one) for one in past] == [tuple(one) for one in through]


def test_lists_of_any_length_find_what_they_name(told):
    named = select(OutboxEvent.id).where(OutboxEvent.id.in_(NAMED)).order_by(OutboxEvent.id)
    with told.look() as tx:
        for _ in range(2):
            for length in (0, 1, 3, 2, 4):
                found = tx.run(named, {"ids": IDS[:length]}).scalars().all()
                assert found == IDS[:length]


def test_forms_do_not_pile_up_without_end(sqlite_database):
    named = select(OutboxEvent.id).where(OutboxEvent.id.in_(NAMED))
    with sqlite_database.look() as tx:
        for length in range(MOST_FORMS + 20):
            names = [f"evt_{number}" for number in range(length)]
            assert tx.run(named, {"ids": names}).all() == []
    assert len(_KNOWN[named].forms) == MOST_FORMS


def test_pairs_are_left_to_sqlalchemy(told):
    pairs = select(OutboxEvent.id).where(
        tuple_(OutboxEvent.id, OutboxEvent.name).in_(bindparam("pairs", expanding=True))
    )
    with told.look() as tx:
        for _ in range(PREPARED):
            assert tx.run(pairs, {"pairs": [("evt_1", "Told")]}).scalar() == "evt_1"


def test_a_change_says_how_many_rows_it_changed_and_what_became_of_them(told):
    settle = update(OutboxEvent).where(OutboxEvent.id == bindparam("one")).values(settled=True)
    told_back = settle.returning(OutboxEvent.settled, OutboxEvent.announced_at)
    with told.begin(actor="test") as tx:
        for _ in range(PREPARED):
            assert tx.run(settle, {"one": "evt_1"}).rowcount == 1
            assert tx.run(settle, {"one": "none"}).rowcount == 0
            assert tx.run(told_back, {"one": "evt_2"}).one().settled is True
    with told.look() as tx:
        assert tx.run(select(func.count()).where(OutboxEvent.settled)).scalar() == 2


def test_many_rows_go_in_at_once(told):
    with told.begin(actor="test") as tx:
        for turn in range(PREPARED):
            tx.run(PUT, [row(tx, f"evt_{turn}_{number}", number) for number in range(5)])
    with told.look() as tx:
        found = tx.run(select(func.count()).select_from(OutboxEvent)).scalar()
    assert found == len(IDS) + 5 * PREPARED


def test_a_row_that_is_there_already_is_refused_as_ever_and_leaves_the_rest(told):
    with told.begin(actor="test") as tx:
        with pytest.raises(IntegrityError) as refused, tx.connection.begin_nested():
            tx.run(PUT, row(tx, "evt_new"))
            tx.run(PUT, row(tx, "evt_1"))
        assert "outbox_events" in str(refused.value.orig)
        tx.run(PUT, row(tx, "evt_newer"))
    with told.look() as tx:
        assert tx.run(select(func.count()).select_from(OutboxEvent)).scalar() == len(IDS) + 1


def test_a_naive_instant_is_refused_as_ever(told):
    with pytest.raises(StatementError, match="time zone"), told.begin(actor="test") as tx:
        given = row(tx, "evt_9")
        tx.run(PUT, given | {"announced_at": given["announced_at"].replace(tzinfo=None)})


def test_whoever_watches_the_connection_hears_of_each_statement(told):
    heard = []
    with told.look() as tx:
        tx.connection.begin()
        event.listen(tx.connection, "before_cursor_execute", lambda *args: heard.append(args[2]))
        for number in range(PREPARED):
            tx.run(STATEMENTS["whole rows"][0]).all()
            assert len(heard) == number + 1
    assert set(heard) == {heard[0]}


def test_the_rows_are_read_as_the_caller_likes(told):
    some = select(OutboxEvent.id, OutboxEvent.name).order_by(OutboxEvent.id)
    none = some.where(OutboxEvent.id == "none")
    with told.look() as tx:
        for _ in range(PREPARED):
            assert tx.run(some).first().id == "evt_0"
            assert tx.run(some).scalar() == "evt_0"
            assert [one["name"] for one in tx.run(some).mappings()] == ["Told"] * len(IDS)
            assert list(tx.run(some).scalars()) == IDS
            assert tx.run(none).one_or_none() is None
            assert tx.run(none).scalar_one_or_none() is None
            assert tx.run(none).first() is None
            with pytest.raises(NoResultFound):
                tx.run(none).one()
            with pytest.raises(MultipleResultsFound):
                tx.run(some).scalar_one()


def test_a_lost_connection_is_replaced(postgres_database):
    alive = text("SELECT 1")
    for _ in range(PREPARED):
        with postgres_database.look() as tx:
            assert tx.run(alive).scalar() == 1
    with pytest.raises(StorageUnavailable) as lost, postgres_database.look() as tx:
        tx.connection.connection.driver_connection.close()
        tx.run(alive)
    assert isinstance(lost.value.__cause__, OperationalError)
    assert lost.value.__cause__.connection_invalidated
    with postgres_database.look() as tx:
        assert tx.run(alive).scalar() == 1


def test_nothing_is_kept_of_a_statement_that_is_gone(sqlite_database):
    with sqlite_database.look() as tx:
        tx.run(select(OutboxEvent.id))  # SQLAlchemy keeps the first of its kind for itself
        statement = select(OutboxEvent.id)
        for _ in range(PREPARED):
            tx.run(statement).all()
        assert statement in _KNOWN
        gone = weakref.ref(statement)
        del statement
        gc.collect()
    assert gone() is None


def test_what_nobody_waits_for_is_written_with_the_commit(told):
    for turn in range(PREPARED):
        with told.begin(actor="test") as tx, tx.together():
            for number in range(3):
                tx.write(PUT, row(tx, f"evt_{turn}_{number}"))
    with told.look() as tx:
        found = tx.run(select(func.count()).select_from(OutboxEvent)).scalar()
    assert found == len(IDS) + 3 * PREPARED


def test_what_is_read_is_read_after_what_was_written_before(told):
    count = select(func.count()).select_from(OutboxEvent)
    with told.begin(actor="test") as tx, tx.together():
        for number in range(PREPARED):
            tx.write(PUT, row(tx, f"evt_then_{number}"))
            assert tx.run(count).scalar() == len(IDS) + 1 + number


def test_a_refusal_at_the_commit_leaves_nothing_of_the_transaction(told):
    with pytest.raises(IntegrityError), told.begin(actor="test") as tx:
        tx.run(PUT, row(tx, "evt_before"))
        with tx.together():
            tx.write(PUT, row(tx, "evt_new"))
            tx.write(PUT, row(tx, "evt_1"))
    with told.begin(actor="test") as tx:
        assert tx.run(select(func.count()).select_from(OutboxEvent)).scalar() == len(IDS)


def test_a_block_that_raises_sends_nothing_more(told):
    with told.begin(actor="test") as tx:
        with pytest.raises(KeyError), tx.together():
            tx.write(PUT, row(tx, "evt_kept"))
            raise KeyError
        there = tx.run(select(func.count()).select_from(OutboxEvent)).scalar()
    assert there == len(IDS) + (tx.dialect == "sqlite")


def test_what_is_asked_ahead_is_answered_once_and_not_after_a_change(told):
    named = select(OutboxEvent.name).where(OutboxEvent.id == bindparam("one"))
    count = select(func.count()).select_from(OutboxEvent)
    with told.begin(actor="test") as tx:
        for number in range(PREPARED):
            there = len(IDS) + number
            tx.ask_ahead((named, {"one": "evt_1"}), (count, None))
            assert tx.run(named, {"one": "evt_1"}).scalar() == "Told"
            assert tx.run(named, {"one": "none"}).scalar() is None
            tx.run(PUT, row(tx, f"evt_more_{number}"))
            assert tx.run(count).scalar() == there + 1
