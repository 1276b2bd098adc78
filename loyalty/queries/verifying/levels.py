"""Levels that must follow from what counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select

from loyalty.kernel.tx import Tx
from loyalty.models import TierStanding
from loyalty.programme import Metric
from loyalty.queries.programme import current_programme
from loyalty.queries.standings import facts_of, settled
from loyalty.queries.verifying.rule import Finding
from loyalty.queries.verifying.streams import Progress

BATCH = 1000


def first_wrong_level(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first member whose level does not follow from her credits.

    Levels that await their review are left out, and so are levels that follow from a balance:
    it moves without them.
    """
    programme, done = current_programme(tx), 0
    today = programme.local_day(tx.now)
    for rows in _settled_batches(tx):
        facts = facts_of(tx, programme, [row.member_id for row in rows])
        for row in rows:
            done += 1
            deserved = settled(programme.tiers, row, facts[row.member_id], today).level
            if row.level != deserved:
                detail = f"stands at {row.level}, deserves {deserved}"
                return Finding("tier-level", row.member_id, detail)
    progress("tier-level", done, done)
    return None


def _settled_batches(tx: Tx) -> Iterator[Sequence[Any]]:
    """Yield the standings that nothing but a movement can change, some at a time."""
    programme = current_programme(tx)
    if programme.tiers.metric is Metric.ACTIVE_BALANCE:
        return
    today = programme.local_day(tx.now)
    statement = (
        select(TierStanding)
        .where(
            TierStanding.rule_key == programme.tiers.key,
            or_(TierStanding.next_check_on.is_(None), TierStanding.next_check_on > today),
        )
        .order_by(TierStanding.member_id)
        .limit(BATCH)
    )
    rows = tx.run(statement).all()
    while rows:
        yield rows
        rows = tx.run(statement.where(TierStanding.member_id > rows[-1].member_id)).all()
