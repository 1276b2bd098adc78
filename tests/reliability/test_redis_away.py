"""Redis stops, freezes, forgets or refuses: sales go on, right and nearly as fast."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from time import monotonic, sleep

import pytest
from redis import Redis

from loyalty.kernel.cache import RedisCache
from pos_adapter.callers import SCANNED_PER_MINUTE
from tests.reliability.ground import settings_of
from tests.reliability.inside import Inside, inside
from tests.reliability.proof import faults
from tests.reliability.tills import OK, SALES, tills_of, total
from tests.reliability.waiting import wait_until
from tests.services import redis
from tests.services.server import Server

IDENTIFICATIONS = "/api/v1/till/identifications"
TOO_MANY, UNAUTHENTICATED = 429, 401
TIMEOUT, AWAY = 0.5, 0.4
Trouble = Callable[[Server], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A Redis of these tests' own."""
    server = redis.start()
    yield server
    server.stop()


@pytest.fixture
def app(server, sqlite_ground) -> Iterator[Inside]:
    """The application with its nonces and limits in that Redis."""
    _reach(server).flushall()
    with inside(settings_of(sqlite_ground, redis_url=server.url)) as app:
        yield app


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    server.halt(how=signal.SIGKILL)
    yield
    server.resume()


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    assert server._process is not None, "it runs"
    os.kill(server._process.pid, signal.SIGSTOP)
    yield
    os.kill(server._process.pid, signal.SIGCONT)


@contextmanager
def emptied(server: Server) -> Iterator[None]:
    _reach(server).flushall()
    yield


@contextmanager
def closed_to_us(server: Server) -> Iterator[None]:
    """Somebody has changed the password; connections are refused from now on."""
    client = _reach(server)
    client.config_set("requirepass", "another")
    client.client_kill_filter(_type="normal", skipme=True)
    yield
    client.config_set("requirepass", "")


@contextmanager
def full(server: Server) -> Iterator[None]:
    """Redis has no memory left and may throw nothing away."""
    client = _reach(server)
    client.config_set("maxmemory", 1)
    yield
    client.config_set("maxmemory", 0)


TROUBLES = [stopped, frozen, emptied, closed_to_us, full]
LASTING = [stopped, frozen, closed_to_us, full]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_sales_go_on_right_without_redis(app, server, sqlite_ground, seed, trouble):
    tills, closing = tills_of(sqlite_ground, app.port, seed), Event()
    with ThreadPoolExecutor(len(tills)) as pool:
        shifts = [pool.submit(till.work, closing) for till in tills]
        _wait_for_sales(tills)
        with trouble(server):
            _wait_for_sales(tills)
            _wait_for_sales(tills)
        _wait_for_sales(tills)
        closing.set()
        for shift in shifts:
            shift.result()
    assert total(tills)["unanswered"] == total(tills)["unavailable"] == 0
    assert [one for till in tills for one in till.surprises] == []
    assert faults(sqlite_ground, tills) == []


@pytest.mark.parametrize("trouble", LASTING)
def test_a_redis_that_is_away_is_waited_for_once_in_a_while(server, trouble):
    _reach(server).flushall()
    cache = RedisCache(server.url, away_seconds=AWAY)
    assert cache.add("before", seconds=30)
    with trouble(server):
        first = _seconds(lambda: cache.count("tries", seconds=30))
        others = sum(_seconds(lambda: cache.count("tries", seconds=30)) for _ in range(200))
        assert first < TIMEOUT + AWAY
        assert others < AWAY / 2, "the others do not wait"
        sleep(AWAY)
        assert _seconds(lambda: cache.count("tries", seconds=30)) < TIMEOUT + AWAY
    sleep(AWAY)
    cache.set("after", "1", seconds=30)
    assert _reach(server).get("palier:after") == b"1", "it is used again once it is back"


@pytest.mark.parametrize("trouble", LASTING)
def test_limits_still_limit_without_redis(app, server, sqlite_ground, seed, trouble):
    till, *_ = tills_of(sqlite_ground, app.port, seed)
    card = {"code": next(iter(sqlite_ground.cards)), "entry": "qr"}
    with trouble(server):
        statuses = [till.ask(IDENTIFICATIONS, card).status for _ in range(SCANNED_PER_MINUTE + 5)]
    assert statuses == [OK] * SCANNED_PER_MINUTE + [TOO_MANY] * 5


@pytest.mark.parametrize("trouble", LASTING)
def test_a_request_taken_from_the_wire_is_refused_without_redis_too(
    app, server, sqlite_ground, seed, trouble
):
    till, *_ = tills_of(sqlite_ground, app.port, seed)
    sale = till.sale(1)
    with trouble(server):
        recorded = till.sign(SALES, sale)
        assert till.send(recorded).status == 201
        assert till.send(recorded).status == UNAUTHENTICATED


def test_an_emptied_redis_forgets_nonces_but_no_sale_counts_twice(app, server, sqlite_ground, seed):
    till, *_ = tills = tills_of(sqlite_ground, app.port, seed)
    till.sent[1] = till.sale(1)
    recorded = till.sign(SALES, till.sent[1])
    till.acknowledged[1] = till.send(recorded).document
    with emptied(server):
        again = till.send(recorded)
    assert again.status == OK
    assert again.document["replayed"] is True
    assert faults(sqlite_ground, tills) == []


def _reach(server: Server) -> Redis:
    return Redis.from_url(server.url)


def _seconds(act: Callable[[], object]) -> float:
    started = monotonic()
    act()
    return monotonic() - started


def _wait_for_sales(tills) -> None:
    """Return once four more sales were acknowledged."""
    enough = total(tills)["acknowledged"] + 4
    wait_until(lambda: total(tills)["acknowledged"] >= enough, "four sales")
