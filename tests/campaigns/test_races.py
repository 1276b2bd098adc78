"""Several workers, several schedulers: each message once, each cap held, each run planned once."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from campaigns.commands import claim_messages, freeze_audience, plan_occurrences
from campaigns.jobs.dispatch import Dispatcher, rules_of
from campaigns.jobs.planning import plan_and_freeze
from campaigns.models import Campaign, ContactTurn, Message, Occurrence
from campaigns.queries import due_occurrences
from campaigns.transports.chosen import Transports
from campaigns.transports.file import FileSms
from campaigns.transports.port import HandedOver
from campaigns.values import Channel, Lane, Work
from loyalty.kernel.jobs import run_job
from tests.campaigns.world import (
    crowd,
    enrol,
    later,
    open_shop,
    runtime_of,
    schedule,
    start,
    states,
)


class Killed(BaseException):
    """A worker that dies before it commits."""


class CountingMail:
    """A transport that counts what it is given; safe for many threads."""

    name = "counting"

    def __init__(self):
        self.seen: Counter[str] = Counter()
        self._lock = threading.Lock()

    def send(self, mail):
        with self._lock:
            self.seen[mail.message_id] += 1
        return HandedOver()

    def close(self):
        """Nothing is kept open."""


def at_once(count, work):
    """Run ``work(n)`` in ``count`` threads that start together; raise what any of them raised."""
    barrier = threading.Barrier(count)
    raised = []

    def run(number):
        barrier.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - handed to the test, which raises it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if raised:
        raise raised[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def runtime(request, settings):
    """A runtime on a database of the test's own: threads see each other's work."""
    name = {"sqlite": "sqlite_database", "postgresql": "fresh_postgres"}[request.param]
    database = request.getfixturevalue(name)
    open_shop(database)
    return runtime_of(database, settings)


def counting(runtime):
    mail = CountingMail()
    return mail, Transports(mail, FileSms(runtime.database, runtime.database.clock))


def test_four_workers_at_once_send_each_message_exactly_once(runtime):
    members = crowd(runtime, 120)
    schedule(runtime)
    start(runtime)
    mail, transports = counting(runtime)

    def work(number):
        Dispatcher(runtime, transports, holder=f"worker-{number}", batch=7).run(seconds=30)

    at_once(4, work)

    assert len(mail.seen) == len(members)
    assert set(mail.seen.values()) == {1}
    assert set(states(runtime).values()) == {"handed_over"}


def test_the_weekly_cap_holds_when_many_campaigns_are_claimed_at_the_same_moment(runtime):
    members = crowd(runtime, 12)
    campaigns = [schedule(runtime, name=f"Campaign {n}") for n in range(6)]
    start(runtime)
    rules = rules_of(runtime)

    def claim(number):
        work = Work(campaigns[number], Channel.EMAIL, Lane.MARKETING)
        with runtime.database.begin(actor=f"claim-{number}") as tx:
            claim_messages(tx, work=work, holder=f"worker-{number}", rules=rules)

    at_once(len(campaigns), claim)

    with runtime.database.look() as tx:
        leased = tx.run(
            select(Message.member_id, func.count())
            .where(Message.state == "leased")
            .group_by(Message.member_id)
        ).all()
        turns = tx.run(select(func.count()).select_from(ContactTurn)).scalar()
    assert {row[0]: row[1] for row in leased} == dict.fromkeys(members, 3)
    assert turns == (0 if runtime.database.is_sqlite else len(members))


def test_two_schedulers_plan_and_freeze_the_same_rows(runtime):
    members = crowd(runtime, 40)
    schedule(runtime)
    later(runtime, minutes=31)

    at_once(3, lambda _: plan_and_freeze(runtime))

    with runtime.database.look() as tx:
        assert tx.run(select(func.count()).select_from(Occurrence)).scalar() == 1
        assert tx.run(select(Occurrence.audience)).scalar() == len(members)
        assert tx.run(select(func.count()).select_from(Message)).scalar() == len(members)


def test_planning_twice_and_a_restored_backup_leave_one_run(runtime):
    enrol(runtime, "Ada")
    campaign_id = schedule(runtime)
    with runtime.database.begin(actor="test") as tx:
        tx.session.delete(tx.session.scalars(select(Occurrence)).one())
    for planned in (1, 0, 0):
        with runtime.database.begin(actor="test") as tx:
            assert plan_occurrences(tx, zone="Europe/Paris") == planned
    with runtime.database.look() as tx:
        slots = tx.run(select(Occurrence.campaign_id, Occurrence.slot)).all()
    assert [tuple(row) for row in slots] == [(campaign_id, "2026-03-10T11:00")]


def test_an_audience_frozen_in_small_batches_with_a_stop_in_between_is_whole(runtime):
    members = crowd(runtime, 23)
    schedule(runtime, channels=["email", "sms"])
    later(runtime, minutes=31)
    with runtime.database.look() as tx:
        (occurrence_id,) = due_occurrences(tx)
    sizes = []
    while True:
        with runtime.database.begin(actor="test") as tx:
            frozen = freeze_audience(tx, occurrence_id=occurrence_id, batch=5)
        sizes.append(frozen.members)
        with suppress(Killed), runtime.database.begin(actor="test") as tx:
            freeze_audience(tx, occurrence_id=occurrence_id, batch=5)
            raise Killed
        if frozen.done:
            break
    assert sizes == [5, 5, 5, 5, 3]
    assert set(states(runtime)) == {(m, c) for m in members for c in ("email", "sms")}
    with runtime.database.look() as tx:
        assert tx.run(select(Occurrence.audience)).scalar() == 23
        assert tx.run(select(Campaign.state)).scalar() == "scheduled"
        ids = [row.id for row in tx.run(select(Message.id))]
    assert len(set(ids)) == 46
    assert all(len(one) == 30 and one.startswith("msg_") for one in ids)


def test_a_job_rung_by_two_schedulers_runs_once(runtime):
    from campaigns.jobs import JOBS  # noqa: PLC0415 - only here

    crowd(runtime, 30)
    schedule(runtime)
    start(runtime)
    dispatch = next(job for job in JOBS if job.name == "campaigns.dispatch")
    outcomes = []
    at_once(2, lambda n: outcomes.append(run_job(runtime, dispatch, holder=f"scheduler-{n}")))
    assert sum(outcome is not None and "30 handed_over" in outcome for outcome in outcomes) == 1
    assert set(states(runtime).values()) == {"handed_over"}
