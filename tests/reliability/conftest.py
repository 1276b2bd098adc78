"""Deployments to mistreat: the real commands on databases of the test's own."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.reliability.ground import Ground, environment_of, open_ground
from tests.reliability.processes import (
    WebServer,
    free_port,
    granian,
    gunicorn,
    loyalty,
    make_folder,
)
from tests.services import run

_numbers = itertools.count(1)


@pytest.fixture
def seed() -> str:
    """What this run's chance follows from; printed with what it led to."""
    return os.environ.get("PALIER_SEED") or os.urandom(4).hex()


@pytest.fixture
def postgres_ground(worker) -> Iterator[Ground]:
    """A shop on a PostgreSQL database of the test's own."""
    name = f"reliability_{worker}_{next(_numbers)}"
    yield open_ground(run.make_database(run.postgres_url(), name))
    run.drop_database(run.postgres_url(), name)


@pytest.fixture
def sqlite_ground(tmp_path) -> Ground:
    """A shop in a SQLite file of the test's own."""
    path = tmp_path / "palier.db"
    shutil.copyfile(run.sqlite_template(), path)
    return open_ground(f"sqlite:///{path}")


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request) -> Ground:
    """A shop on each database in turn."""
    name = {"sqlite": "sqlite_ground", "postgresql": "postgres_ground"}[request.param]
    found: Ground = request.getfixturevalue(name)
    return found


@pytest.fixture
def serve(tmp_path, redis_url) -> Iterator[Callable[..., WebServer]]:
    """Serve a shop as its database is meant to be: ``loyalty serve``, or granian and Redis."""
    started: list[WebServer] = []

    def do(ground: Ground, *, mutant: str = "", **changes: str) -> WebServer:
        port, folder = free_port(), make_folder(tmp_path, f"server-{len(started)}")
        embedded = ground.url.startswith("sqlite") and not mutant
        command = loyalty("serve", "--port", port) if embedded else granian(port)
        if mutant:
            command = gunicorn(port, mutant, workers=1)
        shared = {} if embedded else {"REDIS_URL": redis_url}
        environment = environment_of(ground, DATA_DIR=str(folder), **(shared | changes))
        server = WebServer(command, environment, folder, port=port)
        started.append(server)
        server.start()
        return server

    yield do
    for server in started:
        server.kill()


@pytest.fixture
def say(request) -> Callable[[str], None]:
    """Say a figure aloud, in the report of a run that is watched."""
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")

    def do(sentence: str) -> None:
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"  {request.node.name}: {sentence}")

    return do
