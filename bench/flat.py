"""Whether the kernels stay as quick while the ledger grows."""

from __future__ import annotations

from collections.abc import Iterable

from bench.ground import Ground, Pgbench
from bench.ledger_sql import NAME, kernels
from loyalty.kernel.db import Database
from tests.services import postgres

MEMBERS = 100_000
FEWEST = 100_000
_GROW = """
SET session_replication_role = replica;
INSERT INTO postings (
    member_id, unit, seq, kind, contra, points, balance, source, request_hash,
    programme_version_id, reasons, occurred_at, posted_at, hash, lot_on, lot_no, lot_lo, lot_hi)
SELECT wallets.member_id, 'points', wallets.seq + n, 'earn', 'issued', 27, wallets.balance + 27 * n,
       'old:' || wallets.seq + n, wallets.head, 'pgv_01k9x3m2p4q6r8s0t2v4w6x8z0',
       '[{{"rule": "base", "points": 27, "basis_minor": 2700, "line_nos": [1, 2], "label": ""}}]',
       now(), now(), wallets.head, '2029-12-01', 0, wallets.balance + 27 * (n - 1),
       wallets.balance + 27 * n
FROM (SELECT * FROM wallets ORDER BY member_id) AS wallets, generate_series(1, {each}) AS n;
UPDATE wallets SET seq = seq + {each}, balance = balance + 27 * {each};
UPDATE lots SET granted = granted + 27 * {each};
"""


def flatness(ground: Ground, *, most: int, seconds: int, rounds: int = 3) -> None:
    """Let the ledger grow tenfold again and again up to ``most`` entries; measure at each size."""
    print(f"{'entries':<12}{'earn /s':>10}{'db us':>8}{'burn /s':>10}{'db us':>8}")
    with kernels(ground, members=MEMBERS) as kernel:
        there, wanted = 0, FEWEST
        while wanted <= most:
            _grow(ground, (wanted - there) // MEMBERS)
            there = wanted
            kernel.earn(clients=8, seconds=seconds)
            earned = _best(kernel.earn(clients=8, seconds=seconds) for _ in range(rounds))
            burnt = _best(kernel.burn(clients=8, seconds=seconds) for _ in range(rounds))
            print(
                f"{there:<12,}{earned.per_second:>10,.0f}{earned.server_us:>8,.0f}"
                f"{burnt.per_second:>10,.0f}{burnt.server_us:>8,.0f}",
                flush=True,
            )
            wanted *= 10


def _best(runs: Iterable[Pgbench]) -> Pgbench:
    return max(runs, key=lambda one: one.per_second)


def _grow(ground: Ground, each: int) -> None:
    """Write ``each`` more entries for every member, set by set."""
    books = Database(postgres.database_url(ground.server_url, NAME))
    with books.begin(actor="bench") as tx:
        tx.connection.exec_driver_sql(_GROW.format(each=each))
    with books.alone(actor="bench") as tx:
        tx.connection.exec_driver_sql("VACUUM ANALYZE")
        tx.connection.exec_driver_sql("CHECKPOINT")
    books.dispose()
