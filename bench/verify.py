"""Proving and sealing large books, beside a bare read of as many rows and their bare SHA-256.

The books are written set by set: members with a level, their purchases, and postings that grant
into lots and take from them. CPU counts the processes of the proof and those of the database.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from admin.migrate import upgrade
from bench.ground import durable_postgres
from bench.multitude import Crowd, member_of, settle_crowd
from loyalty.commands import publish_preset, save_store, seal_ledger
from loyalty.commands.bulk import bulk_insert
from loyalty.commands.wallets import open_members, write_wallets
from loyalty.earning import Weight
from loyalty.journal import Cause, Journal
from loyalty.kernel.clock import monotonic
from loyalty.kernel.db import Database
from loyalty.kernel.tx import Tx
from loyalty.lots import Into
from loyalty.models import Purchase, PurchaseEarning, PurchaseLine
from loyalty.programme import Programme
from loyalty.queries import verify_together
from loyalty.queries.programme import current_programme
from loyalty.values import LineKind, MemberId, ProgrammeVersionId, PurchaseId, StoreId
from loyalty.words import Contra, PostingKind

EACH = 50
"""Postings of each member: one that she brought along, purchases, gifts and uses."""
PURCHASES = 5
AT_ONCE = 500
JOINED, EXPIRES = date(2025, 1, 2), date(2028, 1, 31)
START = datetime(2026, 1, 5, 12, tzinfo=UTC)

Rows = dict[type[Any], list[dict[str, Any]]]


def main(words: list[str]) -> None:
    """Measure on PostgreSQL and on SQLite."""
    parser = argparse.ArgumentParser(prog="bench verify", description=__doc__)
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    options = parser.parse_args(words)
    if options.only != "sqlite":
        with durable_postgres() as ground:
            _measure(Database(ground.url), options, lambda: ground.cpu_seconds)
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
            upgrade(database)
            _measure(database, options, lambda: 0.0)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Time that passed and CPU that was used since it was started."""

    server: Callable[[], float]
    began: float
    used: float

    @classmethod
    def start(cls, server: Callable[[], float]) -> _Watch:
        """Begin to measure."""
        return cls(server, monotonic(), _own() + server())

    def tell(self, what: str, rows: int) -> None:
        """Print what was measured since."""
        seconds, cpu = monotonic() - self.began, _own() + self.server() - self.used
        print(
            f"{what:<44}{rows:>11,}{seconds:>9.1f}{cpu:>9.1f}{rows / seconds:>11,.0f}"
            f"{cpu * 1e6 / rows:>8.1f}"
        )
        sys.stdout.flush()


def _measure(database: Database, options: argparse.Namespace, server: Callable[[], float]) -> None:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    print(f"{kind:<44}{'rows':>11}{'s':>9}{'CPU s':>9}{'rows/s':>11}{'us each':>8}")
    members, postings = options.postings // EACH, options.postings
    watch = _Watch.start(server)
    _fill(database, members)
    watch.tell("writing the books", postings)
    watch = _Watch.start(server)
    sealed = 0
    for done in iter(lambda: _seal(database), 0):
        sealed += done
    watch.tell("sealing all of it for the first time", sealed)
    watch = _Watch.start(server)
    digests = _bare(database)
    watch.tell("yardstick: read postings, SHA-256 of each", digests)
    watch = _Watch.start(server)
    findings = verify_together(database, processes=options.processes)
    watch.tell(f"verify, {options.processes} processes", postings)
    print("the books add up" if not findings else f"BROKEN: {findings[0]}")
    database.dispose()


def _own() -> float:
    """Return the CPU seconds of this process and of those that it has started."""
    return sum(os.times()[:4])


def _seal(database: Database) -> int:
    with database.begin(actor="bench") as tx:
        return seal_ledger(tx, limit=5000)


def _bare(database: Database) -> int:
    """Read every posting in the order of the chain and hash its columns, nothing else."""
    done = 0
    with database.begin(actor="bench") as tx:
        statement = text("SELECT * FROM postings ORDER BY member_id, unit, seq")
        for row in tx.run(statement.execution_options(yield_per=5000)):
            hashlib.sha256(repr(row).encode()).hexdigest()
            done += 1
    return done


def _fill(database: Database, members: int) -> None:
    with database.begin(actor="bench") as tx:
        publish_preset(tx)
        save_store(tx, store_id=StoreId("lyon-1"), name="Lyon", city="Lyon")
    settle_crowd(database, Crowd(members, JOINED, EXPIRES, date(2025, 12, 1)))
    for first in range(0, members, AT_ONCE):
        with database.begin(actor="bench") as tx:
            _live(tx, [member_of(n) for n in range(first, min(members, first + AT_ONCE))])
    with database.begin(actor="bench") as tx:
        tx.run(
            text(
                "INSERT INTO tier_credits (member_id, period, spend_minor, earned, visits, last_on)"
                " SELECT member_id, '2026', 0, 0, COUNT(*), MAX(business_on) FROM purchases"
                " GROUP BY member_id"
            )
        )
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.exec_driver_sql("VACUUM ANALYZE")


def _live(tx: Tx, members: list[MemberId]) -> None:
    """Have some members buy, be given and use points."""
    programme = current_programme(tx)
    opened = open_members(tx, members, [programme.main_unit])
    rows: Rows = {Purchase: [], PurchaseLine: [], PurchaseEarning: []}
    for member_id, journals in opened.items():
        journal = journals[programme.main_unit]
        for number in range(EACH - 1):
            _happen(programme, journal, member_id, number, rows)
    for model, some in rows.items():
        bulk_insert(tx, model, some)
    write_wallets(tx, [one for journals in opened.values() for one in journals.values()])


def _happen(
    programme: Programme, journal: Journal, member_id: MemberId, number: int, rows: Rows
) -> None:
    at = START + timedelta(days=4 * number)
    day = date(2027 + (number // 12), 1 + number % 12, 28)
    if number % 6 == 5:
        cause = Cause(f"use:{number}", "bench", programme.version_id, at, at)
        journal.take(PostingKind.SPEND, Contra.REDEEMED, 150, cause)
        return
    points = 40 + number
    if number % 10:
        cause = Cause(f"gift:{number}", "bench", programme.version_id, at, at)
    else:
        purchase_id = PurchaseId(f"pur_{member_id[4:]}{number:02d}")
        source = f"purchase:{purchase_id}"
        cause = Cause(source, "bench", programme.version_id, at, at, purchase_id=purchase_id)
        for model, row in _bought(programme.version_id, purchase_id, member_id, number, points):
            rows[model].append(row)
    journal.grant(PostingKind.EARN, Contra.ISSUED, [Into(day, points)], cause)


def _bought(
    version_id: ProgrammeVersionId,
    purchase_id: PurchaseId,
    member_id: MemberId,
    number: int,
    points: int,
) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    at = START + timedelta(days=4 * number)
    own = {
        "id": purchase_id,
        "till": f"t{member_id[-5:]}",
        "business_on": at.date(),
        "sequence": number + 1,
        "occurred_at": at,
        "posted_at": at,
        "programme_version_id": version_id,
        "points": points,
        "member_id": member_id,
    }
    yield Purchase, PURCHASE | own
    for line_no, minor in ((1, 1000), (2, 2000)):
        amounts = dict.fromkeys(("unit_price_minor", "gross_minor", "paid_minor"), minor)
        yield PurchaseLine, LINE | amounts | {"purchase_id": purchase_id, "line_no": line_no}
    earned = {"purchase_id": purchase_id, "numerator": points, "points": points}
    yield PurchaseEarning, EARNING | earned


PURCHASE = {
    "store_id": "lyon-1",
    "currency": "EUR",
    "request_hash": "bench",
    "period": "2026",
    "total_minor": 3000,
    "due_minor": 3000,
    "tenders": [{"kind": "card", "amount_minor": 3000}],
    "training": False,
} | dict.fromkeys(
    (
        "voucher_minor",
        "discount_minor",
        "basis_minor",
        "voucher_spend_minor",
        "redeemed_minor",
        "tendered_minor",
    ),
    0,
)
LINE = {
    "sku": "bread",
    "name": "Bread",
    "category": "bakery",
    "brand": "maison",
    "kind": LineKind.ARTICLE,
    "quantity_milli": 1000,
    "tax_bp": 550,
    "fee_minor": 0,
    "wallet": "",
    "gift_card": "",
}
EARNING = {
    "unit": "points",
    "line_no": 1,
    "rule": "base",
    "is_offer": False,
    "weight": Weight.AMOUNT,
    "basis_minor": 3000,
    "denominator": 1,
    "stage": "grant",
    "turn": 0,
}
