"""Jobs of many steps: they stop and go on anywhere, and let others in between."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import func, select, text

from bench.multitude import Crowd, member_of, settle_crowd
from loyalty import jobs
from loyalty.commands import expire_next, retain_members
from loyalty.compiling import compile_programme
from loyalty.kernel import batches
from loyalty.kernel.batches import Pace, progress_of_jobs, work_on
from loyalty.kernel.db import Database
from loyalty.models import MemberIdentity, Posting, RetentionWarning, TierChange, TierStanding
from loyalty.queries import preset_document, verify_books
from loyalty.tiers import Event, Facts, Settler, begin, next_check, settle
from loyalty.values import ProgrammeVersionId
from loyalty.words import PostingKind
from tests.loyalty.world import enrol, line, ring

BEFORE = datetime(2025, 1, 2, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, 3, tzinfo=UTC)
AT_ONCE = Pace(step_ms=1, rest_percent=0)
COUNT = 60


@pytest.fixture
def crowd(shop, clock, monkeypatch):
    """Sixty members whose points lapse and whose levels are reviewed on New Year's morning."""
    monkeypatch.setattr(batches, "FIRST_STEP", 7)
    monkeypatch.setattr(batches, "SMALLEST_STEP", 7)
    clock.instant = BEFORE
    settle_crowd(shop, Crowd(COUNT, date(2024, 5, 1), date(2026, 1, 1), date(2024, 12, 20)))
    clock.move(to=NEW_YEAR)
    return shop


def step(database, work):
    """One step of a job."""
    return work_on(database, work, seconds=0, pace=AT_ONCE)


def to_the_end(database, work):
    """The whole job, or the rest of it."""
    done = work_on(database, work, pace=AT_ONCE)
    assert done is not None
    return done


def lapsed(database):
    """How many postings of lapsed points there are."""
    with database.look() as tx:
        count = select(func.count()).where(Posting.kind == PostingKind.EXPIRY)
        return tx.run(count).scalar_one()


def test_each_step_goes_on_where_the_last_ended_and_says_how_far_it_is(crowd):
    seen = [step(crowd, jobs.EXPIRY) for _ in range(9)]
    assert [one.done for one in seen] == [7, 14, 21, 28, 35, 42, 49, 56, 60]
    assert [one.percent for one in seen][:2] == [11, 23]
    assert seen[-1].finished_at == NEW_YEAR
    assert seen[-1].seconds_left == 0
    with crowd.look() as tx:
        assert progress_of_jobs(tx)["expire-points"] == seen[-1]
        assert verify_books(tx) == ()
    assert lapsed(crowd) == COUNT
    assert step(crowd, jobs.EXPIRY) is None, "nothing is left"


def test_a_job_rung_again_the_next_day_begins_anew(crowd, clock):
    step(crowd, jobs.EXPIRY)
    clock.move(by=timedelta(days=1))
    again = step(crowd, jobs.EXPIRY)
    assert (again.subject, again.done, again.total) == ("2026-01-02", 7, COUNT - 7)


def test_levels_are_reviewed_step_by_step(crowd):
    first = step(crowd, jobs.REVIEW)
    assert (first.done, first.total) == (7, COUNT)
    last = to_the_end(crowd, jobs.REVIEW)
    assert (last.done, last.finished_at) == (COUNT, NEW_YEAR)
    with crowd.look() as tx:
        fallen = tx.run(select(func.count()).select_from(TierChange)).scalar_one()
        assert fallen == last.moved
        due = select(func.count()).where(TierStanding.next_check_on <= date(2026, 1, 1))
        assert tx.run(due).scalar_one() == 0
        assert verify_books(tx) == ()


def test_killed_in_the_middle_of_a_step_it_goes_on_with_nothing_half_done(crowd, clock):
    crowd.dispose()
    for killed_in in (3, 1, 2):
        child = multiprocessing.get_context("fork").Process(
            target=_until_killed, args=(str(crowd.url), clock, killed_in)
        )
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
    with crowd.look() as tx:
        assert 0 < progress_of_jobs(tx)["expire-points"].done == lapsed(crowd) < COUNT
    last = to_the_end(crowd, jobs.EXPIRY)
    assert (last.done, last.moved, lapsed(crowd)) == (COUNT, COUNT, COUNT)
    with crowd.look() as tx:
        assert verify_books(tx) == ()


def test_who_is_held_is_passed_over_and_waited_for_at_the_end(crowd):
    if crowd.is_sqlite:
        return
    with crowd.engine.begin() as till:
        mine = text("SELECT 1 FROM wallets WHERE member_id = :me FOR UPDATE")
        till.execute(mine, {"me": member_of(3)})
        first = step(crowd, jobs.EXPIRY)
        assert (first.moved, first.left) == (6, 1)
        while first.rounds == 1:
            first = step(crowd, jobs.EXPIRY)
    last = to_the_end(crowd, jobs.EXPIRY)
    assert (last.moved, last.finished_at) == (COUNT, NEW_YEAR)


def test_members_who_are_alike_are_worked_out_once_and_alike():
    document = preset_document("three-tier-grocer")
    rule = compile_programme(document, version_id=ProgrammeVersionId("pgv_1")).tiers
    days = [date(2025, 3, 1), date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 2)]
    joined = [date(2024, 2, 29), date(2025, 6, 1)]
    spends = [0, 299_999, 300_000, 799_999, 800_000]
    for event, day in product(Event, days[2:]):
        settler = Settler(rule, day, event)
        for joined_on, last, this, seen in product(joined, spends, spends, days[:2]):
            facts = Facts({"2024": last, "2025": this, "2026": last // 2})
            state = settle(rule, begin(rule, joined_on=joined_on, day=joined_on), facts, seen)
            for one in (state, replace(state, assigned_level="gold", assigned_until=day)):
                wanted = settle(rule, one, facts, day, event)
                found = settler.settled(one, facts)
                assert found == (wanted, next_check(rule, wanted, facts, day))


@pytest.mark.parametrize(
    ("today", "warned", "erased"),
    [
        (date(2028, 4, 9), False, False),
        (date(2028, 4, 10), True, False),
        (date(2028, 5, 9), True, False),
        (date(2028, 5, 10), False, True),
    ],
)
def test_silence_is_counted_in_local_days(shop, clock, today, warned, erased):
    clock.instant = datetime(2025, 5, 10, 21, 59, tzinfo=UTC)
    with shop.begin(actor="till") as tx:
        ada = enrol(tx, "Ada").member_id
        ring(tx, ada, line(1, price=1000))
    clock.move(to=datetime(today.year, today.month, today.day, 0, 1, tzinfo=UTC))
    with shop.begin(actor="job") as tx:
        assert retain_members(tx) == int(warned or erased)
        known = tx.run(select(MemberIdentity.member_id)).scalars().all()
        told = tx.run(select(RetentionWarning.member_id)).scalars().all()
        assert (ada in told, ada not in known) == (warned, erased)
        assert verify_books(tx) == ()


def test_a_new_contact_begins_the_time_anew_and_the_next_silence_is_warned_of_too(shop, ada, clock):
    counts = []
    for _ in range(2):
        with shop.begin(actor="till") as tx:
            ring(tx, ada, line(1, price=1000))
        for days in (35 * 31, 1):
            clock.move(by=timedelta(days=days))
            with shop.begin(actor="job") as tx:
                counts.append(retain_members(tx))
    assert counts == [1, 0, 1, 0]


def _until_killed(url, clock, steps):
    """Work step by step, and be killed in the one that is told, before it commits."""
    database, count = Database(url, clock=clock), iter(range(1, steps + 1))

    def dying(tx, ask):
        done = expire_next(tx, ask)
        if next(count) == steps:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    work_on(database, replace(jobs.EXPIRY, step=dying), pace=Pace(1, 0))
