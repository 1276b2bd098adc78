"""The ground that every test stands on: databases, Redis, a clock that stands still, a browser."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from redis import Redis
from sqlalchemy import create_engine

from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Database
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.tx import Tx
from tests.house.rendering import Recorder
from tests.services import chromium, redis, run
from tests.services.cleaning import Cleaner
from tests.services.loopback import keep_to_loopback

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
"""A Tuesday morning, half past ten in Paris."""

DATABASES = ("sqlite", "postgresql")
LEFT_OUT = pytest.StashKey[int]()

hypothesis.settings.register_profile(
    "palier",
    deadline=None,  # a busy machine is not a bug
    derandomize=True,  # the same examples for everybody; a soak draws new ones
    database=None,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "soak", hypothesis.settings.get_profile("palier"), derandomize=False
)
hypothesis.settings.load_profile("palier")
keep_to_loopback()


def pytest_configure(config):
    """Start the servers once, in the controller, when workers will share them."""
    config.pluginmanager.register(Recorder())
    if config.option.markexpr == "soak":
        hypothesis.settings.load_profile("soak")
    alone = not getattr(config.option, "numprocesses", None)
    if not alone and not hasattr(config, "workerinput") and not config.option.collectonly:
        run.start_all()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        run.stop_all()


def pytest_collection_modifyitems(config, items):
    """Leave browser tests out where there is no browser; the summary says so."""
    if chromium.find_chromium() is not None:
        return
    left_out = [item for item in items if "browser" in item.keywords]
    for item in left_out:
        item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    config.stash[LEFT_OUT] = len(left_out)


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("no Chromium" in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_sep("!", chromium.ABSENCE.format(count=count), red=True)


@pytest.fixture(scope="session")
def worker(request):
    """The number of this parallel worker, from 0."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return int(name.removeprefix("gw"))


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands still at ``NOW`` until the test moves it."""
    return MovableClock(NOW)


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Settings of a test installation: files in a folder of the test, no outside service."""
    return Settings(
        mode=Mode.TEST,
        secret_key="only-for-tests-0123456789-abcdefghijklmnop",
        public_url="http://127.0.0.1",
        data_dir=str(tmp_path / "data"),
        cookie_secure=False,
    )


class Shelf:
    """One ``Database`` a place, taken down for each test: what it has compiled stays compiled.

    The test finds its own content there, its own clock, and a pool with no connection.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Database] = {}

    def take(self, url: str, clock: MovableClock) -> Database:
        """Return the database at ``url`` with this clock."""
        found = self._kept.setdefault(url, Database(url))
        found.clock = clock
        return found

    def take_copy(self, template: Path, folder: Path, clock: MovableClock) -> Database:
        """Return a fresh copy of an SQLite file, which stands in ``folder`` until the next."""
        for one in folder.glob(f"{template.stem}.db*"):
            one.unlink()
        path = folder / f"{template.stem}.db"
        shutil.copyfile(template, path)
        return self.take(f"sqlite:///{path}", clock)


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """The databases of this worker."""
    return Shelf()


@pytest.fixture(scope="session")
def desk_folder(tmp_path_factory) -> Path:
    """Where this worker's SQLite files stand."""
    return Path(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def sqlite_database(shelf, desk_folder, clock) -> Iterator[Database]:
    """A migrated SQLite file with nothing in it."""
    database = shelf.take_copy(run.sqlite_template(), desk_folder, clock)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def _worker_postgres(worker) -> Iterator[tuple[str, Cleaner]]:
    """This worker's PostgreSQL database, and what makes it clean again."""
    url = run.make_database(run.postgres_url(), f"palier_{worker}")
    engine = create_engine(url)
    yield url, Cleaner(engine)
    engine.dispose()


@pytest.fixture
def postgres_database(_worker_postgres, shelf, clock) -> Iterator[Database]:
    """A migrated PostgreSQL database with nothing in it; cleaned after the test."""
    url, cleaner = _worker_postgres
    database = shelf.take(url, clock)
    yield database
    database.dispose()
    cleaner.clean()


_clones = itertools.count(1)


@pytest.fixture
def fresh_postgres(worker, clock) -> Iterator[Database]:
    """A PostgreSQL database of the test's own, for threads, kills and outages."""
    name = f"palier_{worker}_{next(_clones)}"
    database = Database(run.make_database(run.postgres_url(), name), clock=clock)
    yield database
    database.dispose()
    run.drop_database(run.postgres_url(), name)


@pytest.fixture(params=DATABASES)
def database(request) -> Database:
    """Each database in turn: the test runs once on each."""
    name = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
def tx(database) -> Iterator[Tx]:
    """An open write transaction, committed when the test ends well."""
    with database.begin(actor="test") as tx:
        yield tx


@pytest.fixture
def redis_url(worker) -> Iterator[str]:
    """The address of a real, empty Redis database of this worker's own."""
    url = redis.database_url(run.redis_server_url(), worker)
    with Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium for tests marked ``browser``. Each test opens its own context."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to load, seldom needed

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium.find_chromium(), args=list(chromium.FLAGS)
        )
        yield opened
        opened.close()
