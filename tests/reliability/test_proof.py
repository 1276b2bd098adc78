"""The judge finds what it should: each kind of fault, planted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from loyalty.kernel.db import Database
from tests.reliability.ground import Ground, settings_of
from tests.reliability.inside import inside
from tests.reliability.proof import faults
from tests.reliability.tills import CREATED, SALES, Till, tills_of


@pytest.fixture
def till(sqlite_ground, seed) -> Iterator[Till]:
    """A till that has made three sales, in front of a server."""
    with inside(settings_of(sqlite_ground)) as app:
        till, *_ = tills_of(sqlite_ground, app.port, seed)
        for _ in range(3):
            till.sell()
        assert faults(sqlite_ground, [till]) == []
        yield till


def test_a_sale_that_was_acknowledged_but_is_not_there(sqlite_ground, till):
    till.sent[4], till.acknowledged[4] = till.sent[3], till.acknowledged[3]
    assert "lost: t1 4 was acknowledged" in faults(sqlite_ground, [till])


def test_a_sale_that_is_there_under_a_second_name(sqlite_ground, till):
    again = till.sent[1] | {"sequence": 99}
    assert till.ask(SALES, again).status == CREATED
    found = faults(sqlite_ground, [till])
    assert "uncalled for: ('t1', 99)" in found
    assert any(one.startswith("miscounted") for one in found)


def test_a_sale_that_is_not_as_it_was_acknowledged(sqlite_ground, till):
    till.acknowledged[2]["due_minor"] += 1
    assert [one[:16] for one in faults(sqlite_ground, [till])] == ["changed: t1 2: t"]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE wallets SET balance = balance + 1", "miscounted"),
        ("DELETE FROM outbox_events", "announced 0 times"),
        ("UPDATE lots SET granted = granted + 1", "lots"),
        (
            "INSERT INTO postings SELECT member_id, unit, seq + 100, kind, contra, points, balance,"
            " source || '-again', request_hash, programme_version_id, reasons, occurred_at,"
            " posted_at, hash, lot_on, lot_lo, lot_hi, reverses_seq, purchase_id, lot_no"
            " FROM postings",
            "doubled",
        ),
    ],
)
def test_rows_that_were_tampered_with(sqlite_ground, till, damage, found):
    _damage(sqlite_ground, damage)
    assert [one for one in faults(sqlite_ground, [till]) if one.startswith(found)]


def _damage(ground: Ground, statement: str) -> None:
    database: Database = ground.open()
    with database.begin(actor="mallory") as tx:
        tx.run(text(statement))
    database.dispose()
