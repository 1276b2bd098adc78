"""Postings: through the commands and as bare SQL, beside pgbench TPC-B on the same cluster.

CPU time is split: what PostgreSQL used, and what the callers used. On SQLite the yardstick is the
same posting as one hand-written transaction. At the end the books of both must add up.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from admin.migrate import upgrade
from bench.crew import Act, Done, work
from bench.ground import Ground, Pgbench, durable_postgres, script, tpc_b
from loyalty.commands import (
    earn_points,
    enrol_member,
    publish_preset,
    record_purchase,
    save_store,
    spend_points,
)
from loyalty.commands.earning import post_earning
from loyalty.journal import Cause
from loyalty.kernel.db import Database
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import verify_books
from loyalty.queries.programme import current_programme
from loyalty.values import (
    Channel,
    Identity,
    LineKind,
    MemberId,
    Sale,
    SaleKey,
    SaleLine,
    Sku,
    StoreId,
)

KEYS = Keys("only-for-benchmarks-0123456789-abcdefghij")
STORE = StoreId("lyon-1")
LINES = 20
BARE_TABLES = """
CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL DEFAULT 0);
CREATE TABLE entry (id bigserial PRIMARY KEY, account_id int NOT NULL, points bigint NOT NULL);
INSERT INTO account (id) SELECT generate_series(1, 200000);
"""
BARE_POSTING = """
\\set id random(1, 200000)
\\set points random(1, 500)
WITH moved AS (UPDATE account SET balance = balance + :points WHERE id = :id RETURNING id)
INSERT INTO entry (account_id, points) SELECT id, :points FROM moved;
"""

Doing = Callable[[Tx, MemberId, str], object]
"""One act of a command: on behalf of a member, under a source that nobody has used."""


@dataclass(frozen=True, slots=True)
class Books:
    """A database with a programme, a store and members."""

    url: str
    members: tuple[MemberId, ...]

    def act(self, doing: Doing, *, members: int = 0) -> Callable[[int], Act]:
        """Return what a process does: ``doing`` for one member after the other, each in its tx."""
        chosen = self.members[:members] if members else self.members

        def prepare(number: int) -> Act:
            database, turns = Database(self.url), itertools.count(number * 7919)

            def once() -> None:
                turn = next(turns)
                with database.begin(actor="bench") as tx:
                    doing(tx, chosen[turn % len(chosen)], f"bench:{os.getpid()}:{turn}")

            return once

        return prepare


def main(words: list[str]) -> None:
    """Measure on PostgreSQL and on SQLite, and prove the books that it leaves."""
    parser = argparse.ArgumentParser(prog="bench ledger", description=__doc__)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args(words)
    with durable_postgres() as ground:
        _postgres(ground, options.members, options.seconds)
    with tempfile.TemporaryDirectory() as folder:
        _sqlite(Path(folder), options.members, options.seconds)


def _postgres(ground: Ground, members: int, seconds: int) -> None:
    _print_head("PostgreSQL", "db us", "x TPC-B")
    books = _open(ground.url, members)
    yardstick = tpc_b(ground, clients=8, seconds=seconds)
    _print_pgbench("pgbench TPC-B, 8 clients", yardstick, yardstick)
    bare = script(ground, BARE_TABLES, BARE_POSTING, clients=8, seconds=seconds)
    _print_pgbench("bare posting in one statement, 8 clients", bare, yardstick)
    for name, doing, processes, chosen in (
        ("earn of a sale (kernel), 1 process", _kernel, 1, 0),
        ("earn of a sale (kernel), 4 processes", _kernel, 4, 0),
        ("earn_points, 4 processes", _earn, 4, 0),
        ("earn_points, 8 processes", _earn, 8, 0),
        ("earn_points, 16 processes", _earn, 16, 0),
        ("earn_points, 4 processes on one member", _earn, 4, 1),
        ("spend_points, 4 processes", _spend, 4, 0),
        (f"record_purchase, {LINES} lines, 4 processes", _buy, 4, 0),
    ):
        clock: list[float] = []
        done = work(
            books.act(doing, members=chosen),
            processes=processes,
            seconds=seconds,
            around=partial(_read, ground, clock),
        )
        _print(name, done, (clock[1] - clock[0]) * 1e6 / done.count, yardstick.per_second)
    _prove(ground.url)


def _sqlite(folder: Path, members: int, seconds: int) -> None:
    url = f"sqlite:///{folder / 'bench.db'}"
    books = _open(url, members)
    print()
    _print_head("SQLite", "", "x hand")
    hand = work(_by_hand(folder / "hand.db"), processes=1, seconds=seconds)
    _print("posting by hand: update and insert", hand, None, hand.per_second)
    for name, doing in (
        ("earn_points", _earn),
        ("spend_points", _spend),
        (f"record_purchase, {LINES} lines", _buy),
    ):
        done = work(books.act(doing), processes=1, seconds=seconds)
        _print(name, done, None, hand.per_second)
    _prove(url)


def _read(ground: Ground, clock: list[float]) -> None:
    clock.append(ground.cpu_seconds)


def _open(url: str, members: int) -> Books:
    """Migrate, publish, enrol; everybody has points to spend."""
    database = Database(url)
    upgrade(database)
    ids: list[MemberId] = []
    with database.begin(actor="bench") as tx:
        publish_preset(tx)
        save_store(tx, store_id=STORE, name="Lyon", city="Lyon")
    for start in range(0, members, 500):
        with database.begin(actor="bench") as tx:
            ids += [_enrol(tx, number) for number in range(start, min(start + 500, members))]
    database.dispose()
    return Books(url, tuple(ids))


def _enrol(tx: Tx, number: int) -> MemberId:
    who = Identity(given_name="Ada", email=f"bench{number}@example.org")
    enrolled = enrol_member(
        tx, keys=KEYS, identity=who, channel=Channel.IMPORT, language="fr", home_store_id=STORE
    )
    earn_points(tx, member_id=enrolled.member_id, points=100_000, source="bench:opening")
    return enrolled.member_id


def _kernel(tx: Tx, member_id: MemberId, source: str) -> object:
    programme = current_programme(tx)
    cause = Cause(source, source, programme.version_id, tx.now, tx.now)
    return post_earning(
        tx,
        member_id=member_id,
        programme=programme,
        points=27,
        day=programme.local_day(tx.now),
        cause=cause,
    )


def _earn(tx: Tx, member_id: MemberId, source: str) -> object:
    return earn_points(tx, member_id=member_id, points=27, source=source)


def _spend(tx: Tx, member_id: MemberId, source: str) -> object:
    return spend_points(tx, member_id=member_id, points=3, source=source)


def _buy(tx: Tx, member_id: MemberId, source: str) -> object:
    _, till, sequence = source.split(":")
    key = SaleKey(STORE, f"b{till}", datetime.now(UTC).date(), int(sequence) + 1)
    lines = tuple(_line(number) for number in range(1, LINES + 1))
    sale = Sale(key, tx.now, "EUR", lines, request_hash=source, member_id=member_id)
    return record_purchase(tx, keys=KEYS, sale=sale)


def _line(number: int) -> SaleLine:
    return SaleLine(
        line_no=number,
        sku=Sku(f"sku-{number}"),
        name="Article",
        category="bakery",
        brand="maison",
        kind=LineKind.ARTICLE,
        quantity_milli=1000,
        unit_price_minor=250,
        gross_minor=250,
        paid_minor=250,
        tax_bp=550,
    )


def _by_hand(path: Path) -> Callable[[int], Act]:
    """Return the posting that a patient programmer would write for SQLite, as durable as ours."""

    def prepare(_: int) -> Act:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);"
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, account_id INTEGER, points INTEGER);"
            "INSERT INTO account WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, 0 FROM n;"
        )
        turns = itertools.count()

        def once() -> None:
            one = next(turns) % 5000 + 1
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE account SET balance = balance + 27 WHERE id = ?", (one,))
            connection.execute("INSERT INTO entry (account_id, points) VALUES (?, 27)", (one,))
            connection.execute("COMMIT")

        return once

    return prepare


def _print_head(what: str, server: str, yardstick: str) -> None:
    print(f"{what:<44}{'/s':>8}{'p50 ms':>8}{'p99 ms':>8}{server:>8}{'app us':>8}{yardstick:>9}")


def _print(name: str, done: Done, server_us: float | None, yardstick: float) -> None:
    server = "" if server_us is None else f"{server_us:,.0f}"
    print(
        f"{name:<44}{done.per_second:>8,.0f}{done.percentile(0.5):>8.2f}"
        f"{done.percentile(0.99):>8.2f}{server:>8}{done.cpu_seconds * 1e6 / done.count:>8,.0f}"
        f"{done.per_second / yardstick:>9.2f}"
    )


def _print_pgbench(name: str, one: Pgbench, yardstick: Pgbench) -> None:
    print(
        f"{name:<44}{one.per_second:>8,.0f}{one.latency_ms:>8.2f}{'':>8}{one.server_us:>8,.0f}"
        f"{'':>8}{one.per_second / yardstick.per_second:>9.2f}"
    )


def _prove(url: str) -> None:
    """Say whether the books that the benchmark leaves add up."""
    database = Database(url)
    with database.look(actor="bench") as tx:
        findings = verify_books(tx)
    database.dispose()
    print("the books add up" if not findings else f"BROKEN: {findings[0]}")
