"""What is owed, read from a ledger that lived through a year and a bit."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

from click.testing import CliRunner

from loyalty.cli.owed import liability_command
from loyalty.commands import expire_lots, spend_points
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.queries.liability import liability
from tests.loyalty.world import KEYS, give_back, line, ring

MARCH = datetime(2025, 3, 10, 12, tzinfo=UTC)


def live_through(shop, clock, ada):
    """Buy for 1,200 EUR in March and 400 in April, return 200, spend 400; a year passes."""
    clock.move(to=MARCH)
    with shop.begin(actor="test") as tx:
        first = ring(tx, ada, line(1, price=120_000, tax_bp=2000))
        ring(tx, None, line(1, price=77_000, tax_bp=2000))
    clock.move(to=MARCH + timedelta(days=31))
    with shop.begin(actor="test") as tx:
        ring(tx, ada, line(1, price=20_000, tax_bp=550), line(2, price=20_000, tax_bp=550))
        give_back(tx, first, (1, 1000))
        spend_points(tx, member_id=ada, points=300, source="reward:1")
    clock.move(to=datetime(2026, 5, 2, 12, tzinfo=UTC))
    with shop.begin(actor="test") as tx:
        expire_lots(tx)


def test_the_months_of_a_ledger(shop, clock, ada):
    live_through(shop, clock, ada)
    with shop.look(actor="test") as tx:
        found = liability(tx)

    march, april, *_, last = found.months
    # 1,200 points at half a cent beside 1,000.00 EUR net: 100000 x 600 / 100600.
    assert (march.month, march.deferred_minor) == (date(2025, 3, 1), 596)
    # April's 400 points defer 199 of 379.15; the return undoes all of March's 596. Of the 400
    # points, 300 were used: 149 of 199 are revenue, and the rest when they run out.
    assert (april.opening_minor, april.deferred_minor, april.used_minor) == (596, 199 - 596, 149)
    assert april.closing_minor == 50
    assert found.outstanding == 0
    assert found.said.by_age == ()
    assert (last.month, last.broken_minor, last.closing_minor) == (date(2026, 5, 1), 0, 0)
    assert sum(row.broken_minor for row in found.months) == 50
    assert all(row.closing_minor >= 0 for row in found.months)


def test_the_journal_is_written_for_the_accountant(shop, clock, ada, settings):
    live_through(shop, clock, ada)
    runtime = Runtime(settings=settings, database=shop, keys=KEYS, cache=MemoryCache())
    told = CliRunner().invoke(liability_command, ["--journal", "-"], obj=runtime)

    assert told.exit_code == 0, told.output
    rows = list(csv.DictReader(io.StringIO(told.output)))
    assert rows[0] == {
        "on": "2025-03-31",
        "account": "sales",
        "debit_minor": "596",
        "credit_minor": "0",
    }
    assert sum(int(row["debit_minor"]) - int(row["credit_minor"]) for row in rows) == 0
    read = CliRunner().invoke(liability_command, [], obj=runtime)
    assert "2025-03" in read.output
    assert "Too few points have run out" in read.output
