"""The servers and the migrated databases of one test run.

One PostgreSQL and one Redis serve the whole run. With parallel workers the controller starts
them before it starts the workers, which inherit their addresses in the environment; alone, the
first test that asks does.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import create_engine, text

from admin import migrate
from loyalty.kernel.db import Database
from tests.services import postgres, redis
from tests.services.server import Server

POSTGRES = "PALIER_TEST_POSTGRES_URL"
REDIS = "PALIER_TEST_REDIS_URL"
SQLITE_TEMPLATE = "PALIER_TEST_SQLITE_TEMPLATE"
POSTGRES_TEMPLATE = "palier_template"

_started: list[Server] = []


def start_all() -> None:
    """Start and migrate everything now, for workers to come."""
    postgres_url()
    redis_server_url()
    sqlite_template()


def stop_all() -> None:
    """Stop what this process has started. Safe to repeat."""
    while _started:
        _started.pop().stop()


def postgres_url() -> str:
    """Return the address of the run's PostgreSQL, with its migrated template database."""
    if POSTGRES not in os.environ:
        url = _start(postgres.start())
        make_database(url, POSTGRES_TEMPLATE, template="template0")
        _upgrade(postgres.database_url(url, POSTGRES_TEMPLATE))
        os.environ[POSTGRES] = url
    return os.environ[POSTGRES]


def redis_server_url() -> str:
    """Return the address of the run's Redis."""
    if REDIS not in os.environ:
        os.environ[REDIS] = _start(redis.start())
    return os.environ[REDIS]


def sqlite_template() -> Path:
    """Return a migrated SQLite file that nobody has open: a copy of it is a database."""
    if SQLITE_TEMPLATE not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="palier-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        template = folder / "template.db"
        _upgrade(f"sqlite:///{template}")
        with contextlib.closing(sqlite3.connect(template)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.environ[SQLITE_TEMPLATE] = str(template)
    return Path(os.environ[SQLITE_TEMPLATE])


def make_database(server_url: str, name: str, *, template: str = POSTGRES_TEMPLATE) -> str:
    """Create a PostgreSQL database as a copy of ``template``; return its address."""
    _administer(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _administer(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return postgres.database_url(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    """Drop a PostgreSQL database, whoever is still connected to it."""
    _administer(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _start(server: Server) -> str:
    _started.append(server)
    return server.url


def _upgrade(url: str) -> None:
    """Bring a database to the newest schema and let go of it."""
    database = Database(url)
    try:
        migrate.upgrade(database)
    finally:
        database.dispose()


def _administer(server_url: str, statement: str) -> None:
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


atexit.register(stop_all)
