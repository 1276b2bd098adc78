"""The database is there but will not write: locked, read-only, full. Reads go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic

import pytest
from sqlalchemy import event, text

from loyalty.kernel.db import Database
from loyalty.kernel.problems import StorageUnavailable
from tests.reliability.ground import Ground, settings_of
from tests.reliability.inside import inside
from tests.reliability.proof import faults
from tests.reliability.tills import CREATED, OK, SALES, UNAVAILABLE, Asked, Till, tills_of

PATIENCE_MS, MOST_SALES = 300, 200
IDENTIFICATIONS = "/api/v1/till/identifications"
Trouble = Callable[[Ground, Database], AbstractContextManager[None]]


@dataclass
class Pragma:
    """A pragma that every connection of an engine gets when it is taken out of the pool."""

    words: str = ""
    _said: list[str] = field(default_factory=list)

    def listen(self, database: Database) -> None:
        event.listen(database.engine, "checkout", self._apply)

    def _apply(self, connection, *_):
        if self.words:
            connection.execute(self.words).fetchall()


@contextmanager
def locked(ground: Ground, database: Database) -> Iterator[None]:
    """Another process writes, and takes longer than our patience."""
    other, held, done = ground.open(), Event(), Event()

    def hold():
        with other.begin(actor="somebody") as tx:
            tx.run(text("UPDATE wallets SET floor = floor"))
            held.set()
            done.wait(30)

    thread = Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()
        other.dispose()


@contextmanager
def read_only_file(ground: Ground, database: Database) -> Iterator[None]:
    """SQLite may read its file but not write it."""
    with _pragma(database, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
        yield


@contextmanager
def full_disk(ground: Ground, database: Database) -> Iterator[None]:
    """SQLite finds no room for another page."""
    with database.look() as tx:
        pages = tx.run(text("PRAGMA page_count")).scalar_one()
    enough = f"PRAGMA max_page_count = {pages * 1000}"
    with _pragma(database, f"PRAGMA max_page_count = {pages}", enough):
        yield


@contextmanager
def read_only_server(ground: Ground, database: Database) -> Iterator[None]:
    """PostgreSQL refuses to write, as a standby does that nobody has promoted yet."""
    with _default(ground, database, "default_transaction_read_only = on"):
        yield


@contextmanager
def full_server(ground: Ground, database: Database) -> Iterator[None]:
    """PostgreSQL answers as it does when its disk is full."""
    refuse = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON purchase_lines EXECUTE FUNCTION refuse()
    """
    other = ground.open()
    with other.begin(actor="test") as tx:
        tx.run(text(refuse))
    try:
        yield
    finally:
        with other.begin(actor="test") as tx:
            tx.run(text("DROP FUNCTION refuse CASCADE"))
        other.dispose()


TROUBLES = [
    ("sqlite", locked),
    ("sqlite", read_only_file),
    ("sqlite", full_disk),
    ("postgresql", locked),
    ("postgresql", read_only_server),
    ("postgresql", full_server),
]


@pytest.mark.parametrize(("ground", "trouble"), TROUBLES, indirect=["ground"])
def test_a_database_that_will_not_write_leaves_nothing_half_done(ground, trouble, seed):
    database = Database(ground.url, patience_ms=PATIENCE_MS)
    with inside(settings_of(ground), database=database) as app:
        till, *_ = tills = tills_of(ground, app.port, seed)
        for _ in range(3):
            till.sell()
        with trouble(ground, database):
            refused = _sell_until_refused(till)
            assert refused.status == UNAVAILABLE
            assert refused.document["type"] == "/problems/storage-unavailable"
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.seconds < 5
            card = {"code": next(iter(ground.cards)), "entry": "qr"}
            assert till.ask(IDENTIFICATIONS, card).status == OK, "cards are still read"
            assert faults(ground, tills) == []
        for _ in range(3):
            till.sell()
        assert till.surprises == []
        assert till.counts["unavailable"] == 0, "it works again at once, without a restart"
        assert faults(ground, tills) == []


def test_a_short_lock_is_waited_for(ground, seed):
    with inside(settings_of(ground)) as app:
        till, *_ = tills = tills_of(ground, app.port, seed)
        started = Event()

        def sell():
            started.set()
            till.sell()

        with locked(ground, app.runtime.database):
            selling = Thread(target=sell)
            selling.start()
            assert started.wait(5)
            until = monotonic() + 0.5
            while monotonic() < until:
                assert till.acknowledged == {}
        selling.join()
        assert till.counts["acknowledged"] == 1
        assert till.counts["unavailable"] == 0
        assert faults(ground, tills) == []


def test_connections_that_are_all_taken_are_waited_for_no_longer_than_locks(ground):
    database = Database(ground.url, pool_size=1, patience_ms=PATIENCE_MS)
    with database.look(), database.look():
        started = monotonic()
        with pytest.raises(StorageUnavailable), database.look():
            pass
        assert PATIENCE_MS / 1000 <= monotonic() - started < 5
    with database.begin(actor="test") as tx:
        assert tx.run(text("SELECT 1")).scalar() == 1
    database.dispose()


def _sell_until_refused(till: Till) -> Asked:
    """Sell until a sale is refused and return the refusal; a full disk has some room left."""
    for _ in range(MOST_SALES):
        number = len(till.sent) + 1
        body = till.sale(number)
        asked = till.ask(SALES, body)
        if asked.status != CREATED:
            return asked
        till.sent[number], till.acknowledged[number] = body, asked.document
    raise AssertionError("nothing was refused")


@contextmanager
def _pragma(database: Database, before: str, after: str) -> Iterator[None]:
    """Give every connection a pragma for as long as the block lasts."""
    chosen = Pragma(before)
    chosen.listen(database)
    try:
        yield
    finally:
        chosen.words = after


@contextmanager
def _default(ground: Ground, database: Database, setting: str) -> Iterator[None]:
    """Give every new connection to the PostgreSQL database a setting."""
    other, name = ground.open(), database.url.database
    with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ALTER DATABASE {name} SET {setting}"))
    database.dispose()
    try:
        yield
    finally:
        reset = f"ALTER DATABASE {name} RESET {setting.split(maxsplit=1)[0]}"
        with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.execute(text(reset))
        other.dispose()
        database.dispose()
