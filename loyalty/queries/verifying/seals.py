"""What must be true of the sealed days."""

from __future__ import annotations

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.merkle import day_seal, root_of
from loyalty.models import SealDay
from loyalty.queries.proof import leaves_of
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
SEAL_RULES = (SEAL_LEAVES,)


def first_broken_day(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first sealed day whose root or seal does not follow from its leaves."""
    previous, done = "", 0
    for day in tx.run(select(SealDay).order_by(SealDay.number)).all():
        done += 1
        root = root_of(leaves_of(tx, day.number))
        seal = day_seal(day.number, day.sealed_on.isoformat(), root, previous)
        if (day.number, day.root, day.previous, day.seal) != (done, root, previous, seal):
            detail = "its root or seal does not follow from its leaves"
            return Finding("seal-days", str(day.number), detail)
        previous = day.seal
        progress("seal-days", done, done)
    progress("seal-days", done, done)
    return None
