"""Expiry of N lots and review of N levels, with a till selling beside them.

The till commits whole purchases at a steady rate, alone and then beside each job; its times in the
same run say what the jobs cost it.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any

from admin.migrate import upgrade
from bench.ground import durable_postgres
from bench.multitude import Crowd, member_of, settle_crowd
from loyalty.commands import publish_preset, record_purchase, save_store
from loyalty.jobs import EXPIRY, REVIEW
from loyalty.kernel.batches import Batches, Progress, work_on
from loyalty.kernel.clock import MovableClock, monotonic, process_seconds
from loyalty.kernel.db import Database
from loyalty.kernel.signing import Keys
from loyalty.queries import verify_books
from loyalty.values import LineKind, Sale, SaleKey, SaleLine, Sku, StoreId

KEYS = Keys("only-for-benchmarks-0123456789-abcdefghij")
STORE = StoreId("lyon-1")
BEFORE = datetime(2025, 1, 2, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, 3, tzinfo=UTC)
CROWD_DAYS = {
    "joined_on": date(2024, 5, 1),
    "expires_on": date(2026, 1, 1),
    "spent_on": date(2024, 12, 20),
}
LINES = 5
STRIDE = 7_919
"""A prime: the till's members come from everywhere."""
PROVABLE = 200_000
"""Members up to which the books are proven at the end."""

Timed = tuple[float, float]
"""When a sale began, on the clock that only grows, and how many milliseconds it took."""
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a job went: its progress at the end, when it ran, its CPU, and its longest step."""

    progress: Progress
    begun: float
    ended: float
    cpu_seconds: float
    longest_ms: float


def main(words: list[str]) -> None:
    """Measure on PostgreSQL and on SQLite, and prove the books that it leaves."""
    parser = argparse.ArgumentParser(prog="bench batches", description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--sales", type=int, default=5, help="sales a second at the till")
    parser.add_argument("--alone", type=int, default=15, help="seconds of the till alone")
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    options = parser.parse_args(words)
    if options.only != "sqlite":
        with durable_postgres() as ground:
            _measure("PostgreSQL", ground.url, options)
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            _measure("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", options)


def _measure(what: str, url: str, options: argparse.Namespace) -> None:
    clock = MovableClock(BEFORE)
    database = Database(url, clock=clock)
    begun = monotonic()
    _build(database, options.members)
    print(f"{what}: {options.members:,} members written in {monotonic() - begun:.0f} s", flush=True)
    clock.move(to=NEW_YEAR)
    database.dispose()
    with _till(url, options.members, options.sales) as sold:
        begun = monotonic()
        time.sleep(options.alone)
        alone = (begun, monotonic())
        jobs = [_run(database, one) for one in (EXPIRY, REVIEW)]
    _print("till alone", None, _within(sold, *alone), _within(sold, *alone))
    for ran in jobs:
        _print(ran.progress.name, ran, _within(sold, ran.begun, ran.ended), _within(sold, *alone))
    if options.members <= PROVABLE:
        with database.look(actor="bench") as tx:
            findings = verify_books(tx)
        print("the books add up" if not findings else f"BROKEN: {findings[0]}", flush=True)
    database.dispose()


def _build(database: Database, members: int) -> None:
    upgrade(database)
    with database.begin(actor="bench") as tx:
        publish_preset(tx)
        save_store(tx, store_id=STORE, name="Lyon", city="Lyon")
    settle_crowd(database, Crowd(members, **CROWD_DAYS))


def _run(database: Database, batches: Batches) -> Ran:
    """Run a job from its beginning to its end."""
    marks = [monotonic()]
    begun, cpu = marks[0], process_seconds()
    progress = work_on(
        database, batches, seconds=float("inf"), told=lambda _: marks.append(monotonic())
    )
    assert progress is not None, "there was something to do"
    longest = max(later - one for one, later in itertools.pairwise(marks))
    return Ran(progress, begun, marks[-1], process_seconds() - cpu, longest * 1000)


@contextmanager
def _till(url: str, members: int, rate: int) -> Iterator[list[Timed]]:
    """Sell beside the block; the sales stand in the list once it has ended."""
    sold: list[Timed] = []
    ours, theirs = _FORK.Pipe(duplex=False)
    closing = _FORK.Event()
    till = _FORK.Process(target=_sell, args=(url, members, rate, closing, theirs))
    till.start()
    theirs.close()
    try:
        yield sold
    finally:
        closing.set()
        sold.extend(ours.recv())
        till.join()


def _sell(url: str, members: int, rate: int, closing: Flag, report: Connection[Any, Any]) -> None:
    """Be the till: a purchase every so often, until it closes."""
    database = Database(url, clock=MovableClock(NEW_YEAR))
    sold: list[Timed] = []
    while not closing.is_set():
        turn, begun = len(sold) + 1, monotonic()
        with database.begin(actor="bench") as tx:
            record_purchase(tx, keys=KEYS, sale=_sale(turn, members, tx.now))
        spent = monotonic() - begun
        sold.append((begun, spent * 1000))
        time.sleep(max(0.0, 1 / rate - spent))
    report.send(sold)


def _sale(turn: int, members: int, at: datetime) -> Sale:
    lines = tuple(_line(number) for number in range(1, LINES + 1))
    return Sale(
        SaleKey(STORE, "t1", at.date(), turn),
        at,
        "EUR",
        lines,
        request_hash=f"bench:{turn}",
        member_id=member_of(turn * STRIDE % members),
    )


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


def _within(sold: Sequence[Timed], begun: float, ended: float) -> list[float]:
    """Return the times of the sales of a stretch, the shortest first; the first ones warm up."""
    return sorted(ms for at, ms in sold[5:] if begun <= at < ended)


def _print(name: str, ran: Ran | None, beside: Sequence[float], alone: Sequence[float]) -> None:
    till = (
        f"till {len(beside):>5} sales  p50 {_at(beside, 50):6.1f}  p95 {_at(beside, 95):6.1f} ms"
        f"  x alone {_at(beside, 50) / _at(alone, 50):.2f} / {_at(beside, 95) / _at(alone, 95):.2f}"
    )
    if ran is None:
        print(f"{name:<16}{'':<76}{till}", flush=True)
        return
    seconds, done = ran.ended - ran.begun, ran.progress.done
    print(
        f"{name:<16}{done:>9,} in {seconds:6.1f} s = {done / seconds:6,.0f}/s, "
        f"{seconds * 1e6 / done:5.0f} s a million, CPU {ran.cpu_seconds * 1e6 / done:4.0f} us, "
        f"longest step {ran.longest_ms:4.0f} ms  {till}",
        flush=True,
    )


def _at(times: Sequence[float], percent: int) -> float:
    """Return the time that ``percent`` of the sales stayed below."""
    return times[min(len(times) - 1, len(times) * percent // 100)] if times else float("nan")
