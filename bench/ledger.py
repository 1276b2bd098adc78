"""Postings: as bare SQL, through the commands and over HTTP, beside pgbench TPC-B.

All on one cluster in one run. The kernels' own SQL is given to pgbench; the same kernels run
through the commands, with CPU split between what PostgreSQL used and what the callers used. On
SQLite the yardstick is the same posting as one hand-written transaction. At the end the books of
both must add up.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench import doings
from bench.crew import Done, work
from bench.doings import LINES, Books, by_hand, open_books
from bench.flat import flatness
from bench.ground import Ground, Pgbench, durable_postgres, script, tpc_b
from bench.ledger_http import Served, earn_over_http, till_signers
from bench.ledger_sql import kernels
from loyalty.kernel.db import Database
from loyalty.queries import verify_books

PARTS = ("sql", "commands", "http", "sqlite", "flat")
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


def main(words: list[str]) -> None:
    """Measure on PostgreSQL and on SQLite, and prove the books that it leaves."""
    parser = argparse.ArgumentParser(prog="bench ledger", description=__doc__)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=1, help="of pgbench; the best counts")
    parser.add_argument("--entries", type=int, default=10_000_000, help="the most, for flat")
    parser.add_argument("--only", choices=PARTS, action="append", help="all but flat by default")
    options = parser.parse_args(words)
    parts = options.only or PARTS[:-1]
    if {"sql", "commands", "http"} & set(parts):
        with durable_postgres() as ground:
            _postgres(ground, options, parts)
    if "sqlite" in parts:
        with tempfile.TemporaryDirectory() as folder:
            _sqlite(Path(folder), options.members, options.seconds)
    if "flat" in parts:
        with durable_postgres() as ground:
            flatness(ground, most=options.entries, seconds=options.seconds)


def _postgres(ground: Ground, options: argparse.Namespace, parts: Sequence[str]) -> None:
    _print_head("PostgreSQL", "db us", "x TPC-B")
    yardstick = max(
        (tpc_b(ground, clients=8, seconds=options.seconds) for _ in range(options.rounds)),
        key=lambda one: one.per_second,
    )
    _print_pgbench("pgbench TPC-B, 8 clients", yardstick, yardstick)
    if "sql" in parts:
        _kernels(ground, options, yardstick)
    if {"commands", "http"} & set(parts):
        books = open_books(ground.url, options.members)
        if "commands" in parts:
            _commands(ground, books, options.seconds, yardstick)
        if "http" in parts:
            _http(ground, books, options.seconds, yardstick)
        _prove(ground.url)


def _kernels(ground: Ground, options: argparse.Namespace, yardstick: Pgbench) -> None:
    seconds = options.seconds
    for _ in range(options.rounds):
        bare = script(ground, BARE_TABLES, BARE_POSTING, clients=8, seconds=seconds)
        _print_pgbench("bare posting in one statement, 8 clients", bare, yardstick)
    with kernels(ground) as kernel:
        for _ in range(options.rounds):
            again = tpc_b(ground, clients=8, seconds=seconds)
            _print_pgbench("pgbench TPC-B, 8 clients, again", again, yardstick)
            for name, run in (
                ("earn kernel, pgbench, 8 clients", partial(kernel.earn, clients=8)),
                ("earn kernel, pgbench, 16 clients", partial(kernel.earn, clients=16)),
                ("earn kernel, one member, 4 clients", partial(kernel.earn, clients=4, members=1)),
                ("burn kernel, pgbench, 8 clients", partial(kernel.burn, clients=8)),
            ):
                _print_pgbench(name, run(seconds=seconds), again)


def _commands(ground: Ground, books: Books, seconds: int, yardstick: Pgbench) -> None:
    for name, act, processes, entries in (
        ("earn_at_once, 1 process", books.once(doings.earn_once), 1, 1),
        ("earn_at_once, 4 processes", books.once(doings.earn_once), 4, 1),
        ("earn_at_once, 8 processes", books.once(doings.earn_once), 8, 1),
        ("earn_at_once, 16 processes", books.once(doings.earn_once), 16, 1),
        ("earn_at_once, 4 processes on one member", books.once(doings.earn_once, members=1), 4, 1),
        ("spend_at_once, 4 processes", books.once(doings.spend_once), 4, 1),
        ("earn_points among others, 4 processes", books.act(doings.earn), 4, 1),
        ("spend_points among others, 4 processes", books.act(doings.spend), 4, 1),
        ("earning of a sale, 4 processes", books.act(doings.post), 4, 1),
        ("batches of 100, 2 processes, entries", books.many(100), 2, 100),
        (f"record_purchase, {LINES} lines, 4 processes", books.act(doings.buy), 4, 1),
    ):
        clock: list[float] = []
        around = partial(_read, ground, clock)
        done = work(act, processes=processes, seconds=seconds, around=around)
        server = (clock[1] - clock[0]) * 1e6 / done.count / entries
        _print(name, done, server, yardstick.per_second, entries=entries)


def _http(ground: Ground, books: Books, seconds: int, yardstick: Pgbench) -> None:
    signers = till_signers(books.url, doings.SECRET, doings.STORE)
    for server in ("granian-4", "granian-8"):
        for together in (False, True):
            run = partial(earn_over_http, ground, signers, books.members, secret=doings.SECRET)
            served = run(server=server, together=together, seconds=seconds)
            how = "together" if together else "alone"
            _print_served(f"HTTP earn {how}, 16 connections, {server}", served, yardstick)


def _sqlite(folder: Path, members: int, seconds: int) -> None:
    url = f"sqlite:///{folder / 'bench.db'}"
    books = open_books(url, members)
    print()
    _print_head("SQLite", "", "x hand")
    hand = work(by_hand(folder / "hand.db"), processes=1, seconds=seconds)
    _print("posting by hand: update and insert", hand, None, hand.per_second)
    for name, act, entries in (
        ("earn_at_once", books.once(doings.earn_once), 1),
        ("spend_at_once", books.once(doings.spend_once), 1),
        ("batches of 100, entries", books.many(100), 100),
        (f"record_purchase, {LINES} lines", books.act(doings.buy), 1),
    ):
        done = work(act, processes=1, seconds=seconds)
        _print(name, done, None, hand.per_second, entries=entries)
    _prove(url)


def _read(ground: Ground, clock: list[float]) -> None:
    clock.append(ground.cpu_seconds)


def _print_head(what: str, server: str, yardstick: str) -> None:
    print(f"{what:<46}{'/s':>8}{'p50 ms':>8}{'p99 ms':>8}{server:>8}{'app us':>8}{yardstick:>9}")


def _print(
    name: str, done: Done, server_us: float | None, yardstick: float, *, entries: int = 1
) -> None:
    server = "" if server_us is None else f"{server_us:,.0f}"
    per_second = done.per_second * entries
    print(
        f"{name:<46}{per_second:>8,.0f}{done.percentile(0.5):>8.2f}"
        f"{done.percentile(0.99):>8.2f}{server:>8}"
        f"{done.cpu_seconds * 1e6 / done.count / entries:>8,.0f}{per_second / yardstick:>9.2f}",
        flush=True,
    )


def _print_pgbench(name: str, one: Pgbench, yardstick: Pgbench) -> None:
    print(
        f"{name:<46}{one.per_second:>8,.0f}{one.latency_ms:>8.2f}{'':>8}{one.server_us:>8,.0f}"
        f"{'':>8}{one.per_second / yardstick.per_second:>9.2f}",
        flush=True,
    )


def _print_served(name: str, served: Served, yardstick: Pgbench) -> None:
    one = served.measured
    refused = f"  {one.refused} refused" if one.refused else ""
    print(
        f"{name:<46}{one.per_second:>8,.0f}{one.p50:>8.2f}{one.p99:>8.2f}"
        f"{served.database_us:>8,.0f}{served.server_us:>8,.0f}"
        f"{one.per_second / yardstick.per_second:>9.2f}{refused}",
        flush=True,
    )


def _prove(url: str) -> None:
    """Say whether the books that the benchmark leaves add up."""
    database = Database(url)
    with database.look(actor="bench") as tx:
        findings = verify_books(tx)
    database.dispose()
    print("the books add up" if not findings else f"BROKEN: {findings[0]}")
