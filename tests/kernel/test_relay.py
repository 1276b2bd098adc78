from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.events import MemberEnrolled, TierReached
from loyalty.kernel.access.errors import WrongCredentials
from loyalty.kernel.access.people import sign_in_staff
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.jobs import Job, job_outcomes, run_job
from loyalty.kernel.outbox import OutboxDelivery, OutboxEvent
from loyalty.kernel.plugin import Subscription
from loyalty.kernel.relay import MOST_ATTEMPTS, drain, forget_settled, relay
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys


def announce(database, *events):
    with database.begin(actor="test") as tx:
        for event in events:
            tx.announce(event)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def listener(heard):
    def remember(tx, event):
        heard.append(event)

    return Subscription(MemberEnrolled, remember)


def test_each_event_reaches_its_subscriber_once(database, listener, heard):
    announce(database, MemberEnrolled("a"), MemberEnrolled("b"), TierReached("a", "gold", "base"))
    assert drain(database, [listener]) == 2
    assert drain(database, [listener]) == 0
    assert {event.member_id for event in heard} == {"a", "b"}


def test_an_event_of_an_aborted_transaction_is_never_heard(database, listener, heard):
    with pytest.raises(WrongCredentials), database.begin(actor="test") as tx:
        tx.announce(MemberEnrolled("ghost"))
        sign_in_staff(tx, email="nobody@example.org", password="nothing")
    drain(database, [listener])
    assert heard == []


def test_a_late_lower_id_is_still_delivered(database, listener, heard, clock):
    """A slow transaction may commit an older id after a newer one was delivered."""
    announce(database, MemberEnrolled("new"))
    drain(database, [listener])
    clock.move(by=timedelta(hours=-1))
    announce(database, MemberEnrolled("old"))
    drain(database, [listener])
    assert [event.member_id for event in heard] == ["new", "old"]


def test_a_handler_that_fails_is_tried_again_later_and_given_up_in_the_end(database, clock):
    tries = []

    def fail(tx, event):
        tries.append(tx.now)
        raise ValueError

    failing = Subscription(MemberEnrolled, fail)
    announce(database, MemberEnrolled("a"))
    assert relay(database, [failing]).failed == 1
    assert relay(database, [failing]).failed == 0, "not before its time"
    for _ in range(MOST_ATTEMPTS + 2):
        clock.move(by=timedelta(hours=1))
        relay(database, [failing])
    assert len(tries) == MOST_ATTEMPTS
    with database.look() as tx:
        note = tx.run(select(OutboxDelivery)).one()
        settled = tx.run(select(OutboxEvent.settled)).scalar()
    assert (note.attempts, note.retry_at, note.error) == (MOST_ATTEMPTS, None, "ValueError")
    assert settled, "what was given up no longer stands in the way"


def test_one_bad_handler_does_not_stop_the_others(database, listener, heard):
    def fail(tx, event):
        raise ValueError

    announce(database, MemberEnrolled("a"))
    relay(database, [Subscription(MemberEnrolled, fail), listener])
    assert len(heard) == 1


def test_a_failed_handler_leaves_nothing_of_what_it_wrote(database):
    def half(tx, event):
        tx.announce(TierReached("a", "gold", "base"))
        raise ValueError

    announce(database, MemberEnrolled("a"))
    relay(database, [Subscription(MemberEnrolled, half)])
    with database.look() as tx:
        assert tx.run(select(OutboxEvent.name)).scalars().all() == ["MemberEnrolled"]


@pytest.mark.parametrize("kind", ["sqlite_database", "fresh_postgres"])
def test_two_relays_at_once_deliver_each_event_once(request, kind):
    database = request.getfixturevalue(kind)
    announce(database, *(MemberEnrolled(f"m{n}") for n in range(40)))

    def write(tx, event):
        tx.announce(TierReached(event.member_id, "gold", "base"))

    subscription = Subscription(MemberEnrolled, write)
    threads = [threading.Thread(target=drain, args=(database, [subscription])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.look() as tx:
        bodies = tx.run(select(OutboxEvent.body).where(OutboxEvent.name == "TierReached")).scalars()
        assert sorted(body["member_id"] for body in bodies) == sorted(f"m{n}" for n in range(40))


def test_settled_events_are_forgotten_after_a_week(database, listener, clock):
    announce(database, MemberEnrolled("a"))
    drain(database, [listener])
    with database.begin(actor="test") as tx:
        assert forget_settled(tx) == 0
    clock.move(by=timedelta(days=8))
    with database.begin(actor="test") as tx:
        assert forget_settled(tx) == 1


@pytest.fixture
def runtime(database, settings):
    return Runtime(settings=settings, database=database, keys=Keys("k"), cache=MemoryCache())


def test_a_job_runs_for_one_holder_at_a_time(runtime, clock):
    inner = []

    def run(given):
        inner.append(run_job(given, job, holder="second"))
        return "done"

    job = Job(name="test.job", every_seconds=60, run=run, doc="Does nothing.")
    assert run_job(runtime, job, holder="first") == "done"
    assert inner == [None], "the second holder found the lease taken"
    assert run_job(runtime, job, holder="second") == "done"


def test_a_lease_that_has_run_out_is_taken_over_and_its_old_holder_cannot_free_it(runtime, clock):
    outcomes = []

    def slow(given):
        clock.move(by=timedelta(minutes=5))
        outcomes.append(run_job(given, quick, holder="second"))
        return "late"

    quick = Job(name="test.job", every_seconds=60, run=lambda _: "quick", doc="Quick.")
    late = Job(name="test.job", every_seconds=60, run=slow, doc="Slow.")
    run_job(runtime, late, holder="first")
    with runtime.database.look() as tx:
        assert job_outcomes(tx)["test.job"].outcome == "quick"
    assert outcomes == ["quick"]


def test_a_job_that_fails_says_so_and_runs_again(runtime):
    runs = []

    def run(given):
        runs.append(1)
        if len(runs) == 1:
            raise ValueError
        return "better"

    job = Job(name="test.job", every_seconds=60, run=run, doc="Fails once.")
    assert run_job(runtime, job, holder="a") == "failed: ValueError"
    assert run_job(runtime, job, holder="a") == "better"
