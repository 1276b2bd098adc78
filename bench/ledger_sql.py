"""The kernels' own SQL, given to pgbench as scripts on a migrated database of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import TextClause
from sqlalchemy.dialects.postgresql import psycopg

from admin.migrate import upgrade
from bench.ground import Ground, Pgbench, database, run_script
from loyalty.commands.kernels_postgresql import BURN, EARN
from loyalty.kernel.db import Database
from tests.services import postgres

NAME = "kernels"
MEMBERS = 200_000
RICH = 10_000_000
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_GIVEN: Mapping[str, str | None] = {
    "unit": "points",
    "lot_on": "2030-01-01",
    "individual": "false",
    "digest": _SHA,
    "request_hash": _SHA,
    "purchase_id": None,
    "programme_version_id": "pgv_01k9x3m2p4q6r8s0t2v4w6x8z0",
    "reasons": "[]",
    "occurred_at": "2026-11-22 06:00:00+00",
    "posted_at": "2026-11-22 06:00:00+00",
    "lapse_day": "2026-11-22",
}
"""What the application hands over; what pgbench draws at random is member, points and source."""
_DRAWN = """
\\set member_id random(1, {members})
\\set points random(1, 500)
\\set source random(1, 1000000000000000)
"""
_SEED = """
INSERT INTO members (id, state, language, joined_at, joined_on, channel, last_contact_at)
SELECT CAST(n AS text), 'active', 'fr', now(), current_date, 'import', now()
FROM generate_series(1, {members}) AS n;
INSERT INTO wallets (member_id, unit, head, balance, held, lifetime_earned, lifetime_spent, seq)
SELECT CAST(n AS text), 'points', encode(sha256(convert_to(n || ':points', 'UTF8')), 'hex'),
       {rich}, 0, {rich}, 0, 0
FROM generate_series(1, {members}) AS n;
INSERT INTO lots (member_id, unit, expires_on, lot_no, granted, consumed)
SELECT member_id, 'points', '2029-12-01', 0, {rich}, 0 FROM wallets;
"""


@dataclass(frozen=True, slots=True)
class Kernels:
    """A database in which the kernels can be let loose."""

    ground: Ground
    members: int

    def earn(self, *, clients: int, seconds: int, members: int = 0) -> Pgbench:
        """Let clients give points to members at random."""
        return self._run(EARN, clients, seconds, members)

    def burn(self, *, clients: int, seconds: int) -> Pgbench:
        """Let clients take points of members at random."""
        return self._run(BURN, clients, seconds, 0)

    def _run(self, kernel: TextClause, clients: int, seconds: int, members: int) -> Pgbench:
        act = _DRAWN.format(members=members or self.members) + _script(kernel) + ";\n"
        given = {name: value for name, value in _GIVEN.items() if f":{name}" in act and value}
        return run_script(self.ground, NAME, act, given, clients=clients, seconds=seconds)


@contextmanager
def kernels(ground: Ground, *, members: int = MEMBERS) -> Iterator[Kernels]:
    """Migrate a database and fill it with members who have points, set by set."""
    with database(ground, NAME):
        books = Database(postgres.database_url(ground.server_url, NAME))
        upgrade(books)
        with books.begin(actor="bench") as tx:
            tx.connection.exec_driver_sql(_SEED.format(members=members, rich=RICH))
        with books.alone(actor="bench") as tx:
            tx.connection.exec_driver_sql("VACUUM ANALYZE")
        books.dispose()
        yield Kernels(ground, members)


def _script(kernel: TextClause) -> str:
    """Return a kernel's text in pgbench's language: names after colons, nothing given as NULL."""
    dialect = psycopg.dialect()  # type: ignore[no-untyped-call]  # dialects have no types
    text = str(kernel.compile(dialect=dialect))

    def spell(name: re.Match[str]) -> str:
        return "NULL" if _GIVEN.get(name[1], "") is None else f":{name[1]}"

    return re.sub(r"%\((\w+)\)s", spell, text)
