"""What the ledger's benchmark does again and again, and the books in which it does it."""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from admin.migrate import upgrade
from bench.crew import Act
from loyalty.commands import (
    Earning,
    Spending,
    earn_at_once,
    earn_many_at_once,
    earn_points,
    enrol_member,
    publish_preset,
    record_purchase,
    save_store,
    spend_at_once,
    spend_points,
)
from loyalty.commands.earning import post_earning
from loyalty.journal import Cause
from loyalty.kernel.db import Database
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
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

SECRET = "only-for-benchmarks-0123456789-abcdefghij"  # noqa: S105 - of a database thrown away
KEYS = Keys(SECRET)
STORE = StoreId("lyon-1")
LINES = 20

Doing = Callable[[Tx, MemberId, str], object]
"""One act of a command: on behalf of a member, under a source that nobody has used."""
DoingOnce = Callable[[Database, MemberId, str], object]
"""The same in a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Books:
    """A database with a programme, a store and members."""

    url: str
    members: tuple[MemberId, ...]

    def act(self, doing: Doing, *, members: int = 0) -> Callable[[int], Act]:
        """Return what a process does: ``doing`` for one member after the other, each in its tx."""

        def once(database: Database, member_id: MemberId, source: str) -> None:
            with database.begin(actor="bench") as tx:
                doing(tx, member_id, source)

        return self.once(once, members=members)

    def once(self, doing: DoingOnce, *, members: int = 0) -> Callable[[int], Act]:
        """Return what a process does: ``doing`` for one member after the other."""
        chosen = self.members[:members] if members else self.members

        def prepare(number: int) -> Act:
            database, turns = Database(self.url), itertools.count(number * 7919)

            def once() -> None:
                turn = next(turns)
                doing(database, chosen[turn % len(chosen)], f"bench:{os.getpid()}:{turn}")

            return once

        return prepare

    def many(self, size: int) -> Callable[[int], Act]:
        """Return what a process does: give points to ``size`` members at once."""

        def prepare(number: int) -> Act:
            database, turns = Database(self.url), itertools.count(number * 7919, size)

            def once() -> None:
                first = next(turns)
                asked = [
                    Earning(
                        self.members[turn % len(self.members)], 27, f"bench:{os.getpid()}:{turn}"
                    )
                    for turn in range(first, first + size)
                ]
                earn_many_at_once(database, actor="bench", asked=asked)

            return once

        return prepare


def open_books(url: str, members: int) -> Books:
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
    asked = [Earning(member_id, 100_000, "bench:opening") for member_id in ids]
    earn_many_at_once(database, actor="bench", asked=asked)
    database.dispose()
    return Books(url, tuple(ids))


def _enrol(tx: Tx, number: int) -> MemberId:
    who = Identity(given_name="Ada", email=f"bench{number}@example.org")
    return enrol_member(
        tx, keys=KEYS, identity=who, channel=Channel.IMPORT, language="fr", home_store_id=STORE
    ).member_id


def earn_once(database: Database, member_id: MemberId, source: str) -> object:
    """Give points in one round trip."""
    return earn_at_once(database, actor="bench", asked=Earning(member_id, 27, source))


def spend_once(database: Database, member_id: MemberId, source: str) -> object:
    """Take points in one round trip."""
    return spend_at_once(database, actor="bench", asked=Spending(member_id, 3, source))


def earn(tx: Tx, member_id: MemberId, source: str) -> object:
    """Give points as part of a transaction."""
    return earn_points(tx, member_id=member_id, points=27, source=source)


def spend(tx: Tx, member_id: MemberId, source: str) -> object:
    """Take points as part of a transaction."""
    return spend_points(tx, member_id=member_id, points=3, source=source)


def post(tx: Tx, member_id: MemberId, source: str) -> object:
    """Post what a sale earns, as part of its transaction."""
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


def buy(tx: Tx, member_id: MemberId, source: str) -> object:
    """Record a whole sale: lines, points, level, vouchers, outbox."""
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


def by_hand(path: Path) -> Callable[[int], Act]:
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
