"""A database that was filled before lots had numbers keeps its rows, and they stay append-only."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from admin.migrate import upgrade
from loyalty.kernel.db import Database
from tests.services import run

AT = {"sqlite": "0", "postgresql": "'2026-01-01'"}
ROWS = (
    "INSERT INTO members (id, state, language, joined_at, joined_on, channel, last_contact_at)"
    " VALUES ('mbr_1', 'active', 'fr', {at}, '2026-01-01', 'store', {at})",
    "INSERT INTO wallets VALUES ('mbr_1', 'points', 'head', 30, 0, 40, 10, 2, 0)",
    "INSERT INTO lots VALUES ('mbr_1', 'points', '2027-02-01', 40, 10)",
    "INSERT INTO takes VALUES ('mbr_1', 'points', 2, '2027-02-01', 0, 10)",
    "INSERT INTO gives VALUES ('mbr_1', 'points', 1, '2027-02-01', 0, 40)",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request, worker, tmp_path):
    """A database of the schema before, with a little in it."""
    server, name = "", f"palier_{worker}_before"
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/before.db")
    else:
        server = run.postgres_url()
        database = Database(run.make_database(server, name, template="template0"))
    upgrade(database, to="0006")
    with database.begin(actor="test") as tx:
        for row in ROWS:
            tx.run(text(row.format(at=AT[request.param])))
    yield database
    database.dispose()
    if server:
        run.drop_database(server, name)


def test_rows_are_kept_in_the_pool_and_still_never_change(before):
    assert upgrade(before, to="0007") == ["0007"]

    with before.look() as tx:
        lots = tx.run(text("SELECT granted, consumed, lot_no, earned_at FROM lots")).all()
        assert lots == [(40, 10, 0, None)]
        assert tx.run(text("SELECT seq, lo, hi, lot_no FROM takes")).all() == [(2, 0, 10, 0)]
        assert tx.run(text("SELECT seq, lo, hi, lot_no FROM gives")).all() == [(1, 0, 40, 0)]
    for table in ("takes", "gives"):
        with pytest.raises(DBAPIError, match="never changed"), before.begin(actor="test") as tx:
            tx.run(text(f"UPDATE {table} SET hi = hi + 1"))
