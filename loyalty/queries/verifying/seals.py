"""What must be true of the sealed days."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.merkle import day_seal, root_of
from loyalty.models import SealDay
from loyalty.queries.proof import day_rows, leaves_of
from loyalty.queries.sealed import records_digest
from loyalty.queries.verifying.rule import Finding, Rule
from loyalty.queries.verifying.streams import Progress

SEAL_LEAVES = Rule(
    "seal-leaves",
    "each seal holds a wallet's postings from the one before, by the head of the last one",
    """
    SELECT l.member_id || '/' || l.unit || '/' || l.number AS row,
           'seals ' || l.from_seq || ' to ' || l.to_seq || ' after ' || l.before
           || CASE WHEN p.seq IS NULL THEN ', which is not there' ELSE '' END AS detail
    FROM (SELECT member_id, unit, number, from_seq, to_seq, head,
                 LAG(to_seq, 1, 0) OVER (PARTITION BY member_id, unit ORDER BY number) AS before
          FROM seal_leaves) l
    LEFT JOIN postings p ON p.member_id = l.member_id AND p.unit = l.unit AND p.seq = l.to_seq
    WHERE p.seq IS NULL OR p.hash <> l.head OR l.from_seq <> l.before + 1
    ORDER BY l.member_id, l.unit, l.number LIMIT 1
    """,
)
SEAL_RECORDS = Rule(
    "seal-records",
    "a record belongs to a sealed day, or to the one that is being sealed",
    """
    SELECT book || '/' || owner || '/' || item AS row, 'is of no day: ' || number AS detail
    FROM seal_records
    WHERE number < 1
       OR number > (SELECT COALESCE(MAX(number), 0) FROM seal_days)
          AND number NOT IN (SELECT number FROM seal_runs)
    ORDER BY number, book, owner, item LIMIT 1
    """,
)
SEAL_RULES = (SEAL_LEAVES, SEAL_RECORDS)


def first_broken_day(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first sealed day whose root or seal does not follow from what it holds."""
    previous, done = "", 0
    days = tx.run(select(SealDay).order_by(SealDay.number)).all()
    for day in days:
        done += 1
        wrong = "is not the next number" if day.number != done else _wrong(tx, day, previous)
        if wrong:
            return Finding("seal-days", f"seal_days {day.number}", wrong)
        previous = day.seal
        progress("seal-days", done, len(days))
    progress("seal-days", done, done)
    return None


def _wrong(tx: Tx, day: Any, previous: str) -> str:
    """Return how a day differs from what its leaves, records and the day before make of it."""
    leaves = leaves_of(tx, day.number)
    records_root, records = records_digest(tx, day.number) if day.books else ("", 0)
    postings = sum(leaf.to_seq - leaf.from_seq + 1 for leaf in leaves)
    if (day.wallets, day.postings, day.root) != (len(leaves), postings, root_of(leaves)):
        return "its root or counts do not follow from its leaves"
    if (day.records, day.records_root) != (records, records_root):
        return "its root or counts do not follow from its records"
    seal = day_seal(
        day.number, day.sealed_on.isoformat(), day.root, previous, day_rows(day._asdict())
    )
    return "" if (day.previous, day.seal) == (previous, seal) else "its seal does not follow"
