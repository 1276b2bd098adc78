"""The test ground itself: servers that stop, databases that come back clean."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from redis import Redis
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.services import postgres, redis, run
from tests.services.cleaning import Cleaner
from tests.services.loopback import LeftTheMachine, is_here

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def scratch(worker):
    """An engine on an empty PostgreSQL database with one filled and one empty table."""
    name = f"scratch_{worker}"
    url = run.make_database(run.postgres_url(), name, template="template0")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE seeded (id int GENERATED ALWAYS AS IDENTITY, a text)")
        )
        connection.execute(text("CREATE TABLE blank (a text)"))
        connection.execute(text("INSERT INTO seeded (a) VALUES ('tab\there'), (NULL)"))
    yield engine
    engine.dispose()
    run.drop_database(run.postgres_url(), name)


def _contents(engine):
    with engine.connect() as connection:
        return [
            connection.execute(text(f"SELECT * FROM {table} ORDER BY 1")).fetchall()
            for table in ("seeded", "blank")
        ]


def test_a_used_database_comes_back_as_it_was(scratch):
    before = _contents(scratch)
    cleaner = Cleaner(scratch)
    with scratch.begin() as connection:
        connection.execute(text("UPDATE seeded SET a = 'changed'"))
        connection.execute(text("INSERT INTO blank VALUES ('left over')"))

    cleaner.clean()

    assert _contents(scratch) == before
    assert before[1] == []


def test_a_transaction_left_open_is_reported_not_waited_for(scratch, monkeypatch):
    monkeypatch.setattr("tests.services.cleaning.PATIENCE", "100ms")
    cleaner = Cleaner(scratch)
    with scratch.connect() as forgotten:
        forgotten.execute(text("INSERT INTO seeded (a) VALUES ('open')"))
        with pytest.raises(OperationalError, match="lock timeout"):
            cleaner.clean()


@pytest.mark.parametrize("servers", ["system", "wheels"])
def test_postgresql_starts_halts_and_comes_back_with_its_data(servers, monkeypatch):
    monkeypatch.setenv("PALIER_TEST_SERVERS", servers)
    server = postgres.start()
    try:
        run.make_database(server.url, "kept", template="template0")
        server.halt()
        with pytest.raises(OperationalError):
            run.make_database(server.url, "refused", template="template0")
        server.resume()
        engine = create_engine(postgres.database_url(server.url, "kept"), poolclass=NullPool)
        with engine.connect() as connection:
            version = connection.scalar(text("SHOW server_version_num"))
        assert int(version) >= postgres.OLDEST * 10_000
    finally:
        server.stop()
    assert not server.folder.exists()


@pytest.mark.parametrize("servers", ["system", "wheels"])
def test_redis_starts_and_stops(servers, monkeypatch):
    monkeypatch.setenv("PALIER_TEST_SERVERS", servers)
    server = redis.start()
    try:
        with Redis.from_url(redis.database_url(server.url, 3)) as client:
            version = client.info("server")["redis_version"]
        assert tuple(map(int, version.split(".")[:2])) >= (6, 2)
    finally:
        server.stop()
    assert not server.folder.exists()


def test_servers_end_when_the_run_is_killed():
    """A run that cannot clean up after itself leaves neither a process nor a folder."""
    script = (
        "from tests.services import redis\nserver = redis.start()\n"
        "print(server._process.pid, server.folder, flush=True)\ninput()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        pid, folder = victim.stdout.readline().split()
        victim.send_signal(signal.SIGKILL)
    until = monotonic() + 30
    while Path(folder).exists() and monotonic() < until:
        sleep(0.05)
    assert not Path(folder).exists()
    assert not _runs(int(pid))


def _runs(pid: int) -> bool:
    """Tell whether a process is alive; a dead one that nobody buried is not."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc").exists()


def test_a_postgresql_that_cannot_start_says_why():
    server = postgres.start()
    try:
        server.halt()
        (server.folder / "data" / "PG_VERSION").write_text("1\n")
        with pytest.raises(RuntimeError, match=r"not compatible|incompatible"):
            server.resume()
    finally:
        server.stop()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "", None, b"127.9.9.9"])
def test_loopback_is_here(host):
    assert is_here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "10.0.0.1", "0.0.0.0", "2001:db8::1"])
def test_elsewhere_is_not(host):
    assert not is_here(host)


def test_nothing_leaves_the_machine():
    with pytest.raises(LeftTheMachine), socket.socket() as outgoing:
        outgoing.connect(("192.0.2.1", 9))
