"""kill -9 of a worker in the middle of a batch: nobody is forgotten, few get a second copy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaigns.commands import claim_messages, recover_leases
from campaigns.jobs.dispatch import rules_of
from campaigns.jobs.recovery import recover
from campaigns.models import Message
from campaigns.queries import attempts_of, messages_of
from campaigns.values import Channel, Lane, Work
from tests.campaigns.sinks import mail_sink, sms_sink
from tests.campaigns.world import (
    crowd,
    enrol,
    later,
    open_shop,
    runtime_of,
    schedule,
    send,
    start,
    states,
)

WORKER = Path(__file__).with_name("dispatch_until_killed.py")
ROOT = Path(__file__).parents[2]
WINDOW = 40
"""Messages that may be on their way between two acknowledgements: one batch of the worker."""


@pytest.fixture(params=["sqlite", "postgresql"])
def runtime(request, settings):
    """A runtime on a database of the test's own, which other processes can open."""
    name = {"sqlite": "sqlite_database", "postgresql": "fresh_postgres"}[request.param]
    database = request.getfixturevalue(name)
    open_shop(database)
    return runtime_of(database, settings)


def leased_now(runtime):
    """Return the leased messages and how often each was tried."""
    with runtime.database.look() as tx:
        rows = tx.run(select(Message.id).where(Message.state == "leased"))
        return {row.id for row in rows}


def work_until(runtime, smtp_url, enough, *, holder):
    """Run a worker; kill it as soon as ``enough`` is set, or let it end."""
    url = runtime.database.url.render_as_string(hide_password=False)
    instant = runtime.database.clock().isoformat()
    command = [sys.executable, WORKER, url, smtp_url, runtime.settings.data_dir, instant, holder]
    worker = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )
    while worker.poll() is None and not enough.wait(0.02):
        pass
    worker.send_signal(signal.SIGKILL)
    _, errors = worker.communicate(timeout=30)
    return worker.returncode, errors.decode()


def test_killed_three_times_it_loses_none_and_repeats_at_most_a_window_each_time(runtime):
    members = crowd(runtime, 110)
    schedule(runtime)
    start(runtime)
    kills = [15, 45, 75]
    with mail_sink() as (sink, url):
        for number, mark in enumerate(kills):
            enough = threading.Event()
            sink.on_message = after(mark, sink, enough)
            status, errors = work_until(runtime, url, enough, holder=f"worker-{number}")
            assert status == -signal.SIGKILL, errors
            assert enough.is_set(), errors
            later(runtime, minutes=6)
            with runtime.database.begin(actor="test") as tx:
                recover_leases(tx)
            assert leased_now(runtime) == set()
        sink.on_message = lambda _: None
        last = runtime_of(runtime.database, runtime.settings, mail_transport="smtp", smtp_url=url)
        send(last)

        assert set(states(runtime).values()) == {"handed_over"}
        assert len(sink.counts) == len(members), "somebody was forgotten"
        copies = len(sink.received) - len(members)
        print(f"{copies} second copies after {len(kills)} kills")  # noqa: T201 - shown with -s
        assert copies <= WINDOW * len(kills)
        assert max(sink.counts.values()) <= 1 + len(kills)


def after(mark, sink, enough):
    """Return what sets ``enough`` once the sink has taken ``mark`` messages."""

    def count(recipient):
        del recipient
        if len(sink.received) >= mark:
            enough.set()

    return count


def claim(runtime, campaign_id, channel, holder="dead"):
    with runtime.database.begin(actor="test") as tx:
        work = Work(campaign_id, channel, Lane.MARKETING)
        return claim_messages(tx, work=work, holder=holder, rules=rules_of(runtime)).messages


def test_a_lease_is_left_alone_while_it_lasts(runtime):
    ada = enrol(runtime, "Ada")
    campaign_id = schedule(runtime)
    start(runtime)
    claim(runtime, campaign_id, Channel.EMAIL)
    later(runtime, minutes=4)
    with runtime.database.begin(actor="test") as tx:
        assert recover_leases(tx) == 0
    assert send(runtime) == Counter()
    assert states(runtime) == {(ada, "email"): "leased"}


def test_a_message_that_kills_its_worker_five_times_is_parked(runtime):
    ada = enrol(runtime, "Ada")
    campaign_id = schedule(runtime)
    start(runtime)
    for tries in range(1, 6):
        assert len(claim(runtime, campaign_id, Channel.EMAIL)) == 1
        later(runtime, minutes=6)
        with runtime.database.begin(actor="test") as tx:
            assert recover_leases(tx) == 1
        with runtime.database.look() as tx:
            message = messages_of(tx, ada).items[0]
            lost = attempts_of(tx, ada, message.message_id)
        assert [one.number for one in lost] == list(range(1, tries + 1))
        assert {one.code for one in lost} == {"worker-lost"}
    assert claim(runtime, campaign_id, Channel.EMAIL) == ()
    assert states(runtime) == {(ada, "email"): "failed:gave-up"}


@pytest.mark.parametrize(("arrived", "sent_again"), [(True, 0), (False, 1)])
def test_an_sms_of_a_dead_worker_is_asked_for_before_it_is_sent_again(runtime, arrived, sent_again):
    with sms_sink() as (gateway, url):
        shop = runtime_of(runtime.database, runtime.settings, sms_url=url, sms_token="t")
        ada = enrol(shop, "Ada")
        campaign_id = schedule(shop, channels=["sms"])
        start(shop)
        (message,) = claim(shop, campaign_id, Channel.SMS)
        if arrived:
            gateway.known[message.message_id] = {}
        later(shop, minutes=6)
        recover(shop)
        send(shop)
        assert states(shop) == {(ada, "sms"): "handed_over"}
        assert len(gateway.received) == sent_again


def test_an_sms_that_the_gateway_cannot_tell_stays_uncertain_for_a_person(runtime):
    with sms_sink() as (gateway, url):
        gateway.look_up = False
        shop = runtime_of(runtime.database, runtime.settings, sms_url=url)
        ada = enrol(shop, "Ada")
        campaign_id = schedule(shop, channels=["sms"])
        start(shop)
        claim(shop, campaign_id, Channel.SMS)
        later(shop, minutes=6)
        assert recover(shop) == "1 leases freed, 0 of 1 doubts settled"
        assert recover(shop) == "0 leases freed, 0 of 1 doubts settled"
        send(shop)
        assert states(shop) == {(ada, "sms"): "uncertain"}
        assert gateway.received == []
        with shop.database.look() as tx:
            assert tx.run(select(func.count()).select_from(Message)).scalar() == 1
