"""The story on PostgreSQL and Redis, with two gunicorn workers and two workers beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from admin.demo.hours import shop_clock
from admin.demo.seed import seed_shop
from admin.demo.story import STEPS, cast_for, tell
from loyalty.kernel.clock import system_clock
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import load_settings
from loyalty.queries import verify_books
from tests.journeys.moved import VARIABLE, MovedClock
from tests.reliability.processes import (
    Process,
    WebServer,
    free_port,
    gunicorn,
    loyalty,
    make_folder,
)
from tests.services import run

MEMBERS = 20
"""Enough for a story; the demo has two thousand."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Servers that run, and the way to what they run on."""

    url: str
    runtime: Runtime
    clock: MovedClock


@pytest.fixture
def deployment(worker, redis_url, tmp_path) -> Iterator[Deployment]:
    """Two gunicorn workers and two ``loyalty worker`` on a seeded PostgreSQL and a Redis."""
    name = f"story_{worker}"
    clock = MovedClock(tmp_path / "clock", (shop_clock()() - system_clock()).total_seconds())
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "MODE": "demo",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnop",
        "DATABASE_URL": run.make_database(run.postgres_url(), name),
        "REDIS_URL": redis_url,
        "PUBLIC_URL": url,
        "COOKIE_SECURE": "false",
        "DATA_DIR": str(make_folder(tmp_path, "data")),
        "SMS_URL": f"{url}/demo/sms",
        "SMS_TOKEN": "demo",
        VARIABLE: str(clock.path),
    }
    runtime = open_runtime(load_settings(environment), clock=clock)
    seed_shop(runtime, members=MEMBERS, quiet=True)
    with ExitStack() as started:
        for number in (1, 2):
            folder = make_folder(tmp_path, f"worker-{number}")
            started.enter_context(Process(_moved(loyalty("worker")), environment, folder))
        folder = make_folder(tmp_path, "web")
        started.enter_context(WebServer(_moved(gunicorn(port)), environment, folder, port=port))
        yield Deployment(url, runtime, clock)
    runtime.database.dispose()
    run.drop_database(run.postgres_url(), name)


def test_the_story_holds_on_several_processes(deployment):
    heard = []

    def note(number, step, sentence):
        heard.append(number)
        if "marketer schedules" in step.title:
            _to_the_next_minute(deployment.clock)

    tell(cast_for(deployment.runtime, deployment.url), heard=note)
    assert heard == list(range(1, len(STEPS) + 1))
    with deployment.runtime.database.look() as tx:
        assert verify_books(tx) == ()


def _to_the_next_minute(clock: MovedClock) -> None:
    """Let the minute pass that the marketer has left to the scheduler."""
    clock.move(by=60.0 - clock().astimezone(ZoneInfo("UTC")).second)


def _moved(command: list[str]) -> list[str]:
    """Return a command of ours, run by the moved clock."""
    return [command[0], "-m", "tests.journeys.moved", *command[2:]]
