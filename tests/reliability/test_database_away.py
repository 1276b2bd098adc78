"""The database stops while the server goes on: 503 with Retry-After, and nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import sleep

import pytest
from sqlalchemy import text

from admin.migrate import upgrade
from admin.worker import Worker
from loyalty.kernel.db import Database
from loyalty.kernel.jobs import Job
from loyalty.kernel.outbox import Event
from loyalty.kernel.plugin import Subscription
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.relay import MOST_ATTEMPTS, relay
from loyalty.kernel.runtime import Runtime
from tests.reliability.ground import Ground, open_ground, settings_of
from tests.reliability.inside import Inside, inside
from tests.reliability.proof import faults
from tests.reliability.tills import OK, UNAVAILABLE, Till, tills_of, total
from tests.reliability.waiting import wait_until
from tests.services import postgres, run
from tests.services.server import Server

IDENTIFICATIONS = "/api/v1/till/identifications"
TEMPLATE = "palier_template"
PAGES = ("/", "/app/join", "/app/poster/lyon-1", "/admin/", "/till/", "/app/")


@dataclass(frozen=True, slots=True)
class SomethingHappened(Event):
    """What these tests announce."""

    number: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A PostgreSQL of the test's own, a shop on it, and the application that serves it."""

    server: Server
    ground: Ground
    app: Inside
    tills: list[Till]

    def identify(self):
        """Ask who holds a card: the lightest thing a till does."""
        card = {"code": next(iter(self.ground.cards)), "entry": "qr"}
        return self.tills[0].ask(IDENTIFICATIONS, card)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL of these tests' own, with our tables in a template.

    It forgets at a power cut, which is not played here, and is the quicker for it.
    """
    server = postgres.start()
    try:
        database = Database(run.make_database(server.url, TEMPLATE, template="template0"))
        upgrade(database)
        database.dispose()
        yield server
    finally:
        server.stop()


@pytest.fixture
def scene(server, seed) -> Iterator[Scene]:
    """A shop of the test's own, whose commits are written before they are acknowledged."""
    with _scene(server, seed, "on") as scene:
        yield scene


@contextmanager
def _scene(server: Server, seed: str, synchronous_commit: str) -> Iterator[Scene]:
    name = f"shop_{seed}"
    ground = open_ground(run.make_database(server.url, name, template=TEMPLATE))
    database = ground.open()
    with database.begin(actor="test") as tx:
        tx.run(text(f"ALTER DATABASE {name} SET synchronous_commit = {synchronous_commit}"))
    database.dispose()
    with inside(settings_of(ground)) as app:
        yield Scene(server, ground, app, tills_of(ground, app.port, seed))
    run.drop_database(server.url, name)


def _sell(tills: list[Till], *, times: int = 5) -> None:
    """Have every till sell at the same time, which fills the pool of connections."""
    with ThreadPoolExecutor(len(tills)) as pool:
        list(pool.map(lambda till: [till.sell() for _ in range(times)], tills))


def test_a_stopped_database_is_said_to_be_away_and_comes_back_by_itself(scene):
    _sell(scene.tills)
    scene.server.halt()

    refused = scene.identify()
    assert refused.status == UNAVAILABLE
    assert refused.document["type"] == "/problems/storage-unavailable"
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) >= 1
    for path in PAGES:
        status, headers, text = scene.app.see(path)
        assert (path, status) == (path, UNAVAILABLE)
        assert int(headers["retry-after"]) >= 1
        assert headers["content-type"].startswith("text/html")
        assert "</html>" in text

    scene.server.resume()
    assert scene.identify().status == OK
    _sell(scene.tills)
    assert total(scene.tills)["unavailable"] == 0
    assert faults(scene.ground, scene.tills) == []


def test_after_an_outage_that_nobody_noticed_one_request_fails_at_most(scene):
    _sell(scene.tills)
    scene.server.halt()
    scene.server.resume()
    statuses = [scene.identify().status for _ in range(20)]
    assert statuses[1:] == [OK] * 19
    assert statuses[0] in {OK, UNAVAILABLE}


@pytest.mark.parametrize("how", ["asked to stop", "killed"])
def test_sales_interrupted_by_the_database_are_all_there_once(scene, how, say):
    _interrupt(scene, how)
    say(f"{how}: {dict(total(scene.tills))}")
    assert [one for till in scene.tills for one in till.surprises] == []
    assert faults(scene.ground, scene.tills) == []


def test_a_worker_outlives_an_outage(scene):
    ran: list[str] = []
    heard: list[int] = []

    def do(runtime: Runtime) -> str:
        ran.append("ran")
        return "ran"

    def hear(tx, event: SomethingHappened) -> None:
        heard.append(event.number)

    job = Job("test.job", 1, do, "Test.", lease_seconds=1)
    subscription = Subscription(SomethingHappened, hear)
    worker = Worker(scene.app.runtime, jobs=(job,), subscriptions=(subscription,))
    worker.start()
    try:
        _announce(scene, 1)
        wait_until(lambda: ran and heard == [1], "work before the outage")
        scene.server.halt()
        before = len(ran)
        sleep(2)  # the bell rings and the relay looks, to no avail
        scene.server.resume()
        assert len(ran) <= before + 1
        _announce(scene, 2)
        wait_until(lambda: len(ran) >= before + 2 and heard == [1, 2], "work after the outage")
    finally:
        worker.stop()


def test_no_try_of_an_event_is_counted_while_the_database_is_away(scene):
    heard: list[int] = []

    def hear(tx, event: SomethingHappened) -> None:
        heard.append(event.number)
        if len(heard) <= 2 * MOST_ATTEMPTS:
            raise StorageUnavailable

    _announce(scene, 1)
    subscriptions = [Subscription(SomethingHappened, hear)]
    for _ in range(2 * MOST_ATTEMPTS):
        with pytest.raises(StorageUnavailable):
            relay(scene.app.runtime.database, subscriptions)
    assert relay(scene.app.runtime.database, subscriptions).delivered == 1
    assert relay(scene.app.runtime.database, subscriptions).delivered == 0


def _announce(scene: Scene, number: int) -> None:
    with scene.app.runtime.database.begin(actor="test") as tx:
        tx.announce(SomethingHappened(number))


@pytest.mark.soak
def test_a_database_that_acknowledges_before_it_has_written_is_caught(server, seed):
    with _scene(server, seed, "off") as scene:
        _interrupt(scene, "killed", times=5)
        assert [one for one in faults(scene.ground, scene.tills) if one.startswith("lost")]


def _interrupt(scene: Scene, how: str, *, times: int = 1) -> None:
    """Take the database away and bring it back while every till sells."""
    closing = threading.Event()
    with ThreadPoolExecutor(len(scene.tills)) as pool:
        shifts = [pool.submit(till.work, closing) for till in scene.tills]
        for turn in range(1, times + 1):
            _wait_for(scene, "acknowledged", 20 * turn)
            _halt(scene.server, how)
            _wait_for(scene, "unavailable", 5 * turn)
            scene.server.resume()
        closing.set()
        for shift in shifts:
            shift.result()


def _wait_for(scene: Scene, what: str, number: int) -> None:
    wait_until(lambda: total(scene.tills)[what] >= number, f"{number} {what}")


def _halt(server: Server, how: str) -> None:
    """Stop PostgreSQL: in order, or every process of it with SIGKILL at once."""
    if how == "asked to stop":
        server.halt()
        return
    assert server._process is not None, "it runs"
    children = _children(server._process.pid)
    server.halt(how=signal.SIGKILL)
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(map(_is_there, children)), "its processes gone")


def _children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-o", "ppid=,pid="], capture_output=True, text=True, check=True
    ).stdout.split()
    pairs = zip(map(int, listed[::2]), map(int, listed[1::2]), strict=True)
    return [child for parent, child in pairs if parent == pid]


def _is_there(pid: int) -> bool:
    """Tell whether a process lives; one that waits to be buried does not."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(listed) and not listed.startswith("Z")
