"""Two workers on one database: one of them does each thing, and if it dies the other does."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import select

from admin.worker import Worker
from loyalty.kernel.audit import AuditEntry, record_audit
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.jobs import Job, job_outcomes, run_job
from loyalty.kernel.outbox import Event
from loyalty.kernel.plugin import Subscription
from loyalty.kernel.runtime import Runtime, open_runtime
from tests.conftest import NOW
from tests.reliability.ground import settings_of
from tests.reliability.waiting import wait_until

EVENTS, RINGS = 120, 25


@dataclass(frozen=True, slots=True)
class SomethingHappened(Event):
    """What these tests announce."""

    number: int


class Watched:
    """A job that knows when it is run twice at once, and who ran it."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self.running = threading.Lock()
        self.overlaps, self.runs = 0, Counter[str]()

    def by(self, who: str, *, every_seconds: int = 1) -> Job:
        """Return the job as one worker has it."""
        return Job("test.watched", every_seconds, lambda runtime: self._run(runtime, who), "Test.")

    def _run(self, runtime: Runtime, who: str) -> str:
        if not self.running.acquire(blocking=False):
            self.overlaps += 1
            return "overlapped"
        try:
            with runtime.database.begin(actor=f"job:{who}") as tx:
                record_audit(tx, action="ran", subject=who, details={})
            sleep(self.seconds)
            self.runs[who] += 1
        finally:
            self.running.release()
        return "ran"


@pytest.fixture
def two(ground) -> Iterator[tuple[Runtime, Runtime]]:
    """Two processes' worth of runtime on one database."""
    pair = open_runtime(settings_of(ground)), open_runtime(settings_of(ground))
    yield pair
    for runtime in pair:
        runtime.database.dispose()


def test_a_job_that_is_rung_by_many_at_once_is_run_by_one_at_a_time(two):
    job = Watched(seconds=0.01)
    start, outcomes = threading.Barrier(4), []

    def ring(number: int) -> None:
        start.wait()
        for _ in range(RINGS):
            who = f"worker-{number}"
            outcomes.append(run_job(two[number % 2], job.by(who), holder=who))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ring, range(4)))
    said = Counter(outcomes)
    assert job.overlaps == 0
    assert said["ran"] == sum(job.runs.values()) == len(_entries(two[0], "ran"))
    assert said[None] >= 1, "somebody must have found it taken"
    assert said["ran"] + said[None] == 4 * RINGS


def test_without_its_lease_the_same_job_overlaps(two):
    job = Watched(seconds=0.05)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: job.by(f"worker-{n}").run(two[n % 2]), range(4)))
    assert job.overlaps >= 1


def test_two_schedulers_never_run_a_job_at_the_same_time(two):
    job = Watched(seconds=0.3)
    with _working(two, job=job):
        wait_until(lambda: sum(job.runs.values()) >= 4, "four runs")
    assert job.overlaps == 0
    assert sum(job.runs.values()) == len(_entries(two[0], "ran"))
    with two[0].database.look() as tx:
        assert job_outcomes(tx)["test.watched"].outcome == "ran"


def test_two_relays_carry_every_event_once(two, say):
    carried: Counter[str] = Counter()
    with _working(two, carried=carried):
        for number in range(EVENTS):
            with two[0].database.begin(actor="test") as tx:
                tx.announce(SomethingHappened(number))
        wait_until(lambda: sum(carried.values()) >= EVENTS, "every event carried")
        sleep(1.2)  # two more passes of each: a second copy would have come by now
    say(f"carried by {dict(carried)}")
    heard = Counter(entry.subject for entry in _entries(two[0], "heard"))
    assert heard == {str(number): 1 for number in range(EVENTS)}
    assert sum(carried.values()) == EVENTS


def test_the_work_of_a_worker_that_died_is_taken_over(two):
    clock = MovableClock(NOW)
    for runtime in two:
        runtime.database.clock = clock
    taken_over: list[str | None] = []

    def die(runtime: Runtime) -> str:
        """Hang until the other worker has waited for long enough and done the work."""
        taken_over.append(run_job(two[1], Watched(seconds=0).by("second"), holder="second"))
        clock.move(by=timedelta(seconds=121))
        taken_over.append(run_job(two[1], Watched(seconds=0).by("second"), holder="second"))
        return "too late"

    run_job(two[0], Job("test.watched", 1, die, "Test.", lease_seconds=120), holder="first")
    assert taken_over == [None, "ran"], "taken over once the lease has run out, not before"
    with two[0].database.look() as tx:
        assert job_outcomes(tx)["test.watched"].outcome == "ran", "the dead say nothing any more"


@contextmanager
def _working(
    two: tuple[Runtime, Runtime],
    *,
    job: Watched | None = None,
    carried: Counter[str] | None = None,
) -> Iterator[None]:
    """Let two workers work as long as the block lasts."""
    names = ("first", "second")
    workers = [
        Worker(
            runtime,
            jobs=() if job is None else (job.by(name),),
            subscriptions=() if carried is None else (_subscription(name, carried),),
        )
        for name, runtime in zip(names, two, strict=True)
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def _subscription(name: str, carried: Counter[str]) -> Subscription:
    def hear(tx, event: SomethingHappened) -> None:
        record_audit(tx, action="heard", subject=str(event.number), details={})
        carried[name] += 1

    return Subscription(SomethingHappened, hear)


def _entries(runtime: Runtime, action: str):
    with runtime.database.look() as tx:
        return tx.run(select(AuditEntry.__table__).where(AuditEntry.action == action)).all()
