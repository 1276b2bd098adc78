"""Books that an older version wrote are upgraded, add up, and are sealed from then on."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Enum, Text, column, insert, table

from admin.migrate import numbers, upgrade
from loyalty.commands import earn_points, seal_ledger
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.db import Base, Database, Instant, LocalDate
from loyalty.queries import member_proof, seal_days, verify_books
from loyalty.values import MemberId
from tests.house.project import ROOT
from tests.services import run

OLD = json.loads((Path(__file__).parent / "old_books.json").read_text(encoding="utf-8"))
"""Every row of a small retailer, as the schema of before rows were sealed kept it."""
LATER = datetime(2026, 4, 20, 9, tzinfo=UTC)
check = runpy.run_path(str(ROOT / "docs/how-to/check_my_points.py"))["check"]


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request, worker, tmp_path):
    """A database of the old schema with those rows in it."""
    server, name, clock = "", f"palier_{worker}_old", MovableClock(LATER)
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/old.db", clock=clock)
    else:
        server = run.postgres_url()
        database = Database(run.make_database(server, name, template="template0"), clock=clock)
    upgrade(database, to=OLD["schema"])
    with database.begin(actor="test") as tx:
        for name_of, rows in OLD["rows"].items():
            for row in rows:
                _insert(tx, name_of, row)
    yield database
    database.dispose()
    if server:
        run.drop_database(server, name)


def _insert(tx, name, row):
    """Insert a row with the columns that it names, whatever the models have by now."""
    known = Base.metadata.tables[name].columns
    types = {one: Text() if isinstance(known[one].type, Enum) else known[one].type for one in row}
    values = {one: _read(types[one], value) for one, value in row.items()}
    tx.run(insert(table(name, *(column(one, kind) for one, kind in types.items()))), values)


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, LocalDate) else value


def test_old_books_add_up_and_are_sealed(old):
    assert upgrade(old)[-1] == numbers()[-1]
    buyers = [row["member_id"] for row in OLD["rows"]["purchases"] if "member_id" in row]
    member_id = MemberId(buyers[0])
    with old.begin(actor="test") as tx:
        assert verify_books(tx) == ()
        earn_points(tx, member_id=member_id, points=5, source="after the upgrade")
        while seal_ledger(tx):
            pass
        days = seal_days(tx)
        assert [bool(day["rows"]) for day in days] == [False, False, False, True]
        assert verify_books(tx) == ()
        assert check(json.loads(json.dumps(member_proof(tx, member_id)))) == []
