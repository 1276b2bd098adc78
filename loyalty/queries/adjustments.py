"""Adjustments that wait for a second person, and those of a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import Adjustment
from loyalty.values import AdjustmentId, AdjustmentState, MemberId

_COLUMNS = (
    Adjustment.member_id,
    Adjustment.id,
    Adjustment.state,
    Adjustment.wallet,
    Adjustment.points,
    Adjustment.reason,
    Adjustment.requested_by,
    Adjustment.requested_at,
    Adjustment.decided_by,
    Adjustment.decided_at,
    Adjustment.expires_on,
)


@dataclass(frozen=True, slots=True)
class AdjustmentFacts:
    """An adjustment, as staff see it. ``points`` are grains of ``wallet``."""

    member_id: MemberId
    adjustment_id: AdjustmentId
    state: AdjustmentState
    wallet: str
    points: int
    reason: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    expires_on: date | None


def adjustments_waiting(tx: Tx, *, limit: int = 100) -> tuple[AdjustmentFacts, ...]:
    """Return what waits for a second person's decision, the oldest first."""
    rows = tx.run(
        select(*_COLUMNS)
        .where(Adjustment.state == AdjustmentState.PROPOSED)
        .order_by(Adjustment.requested_at, Adjustment.id)
        .limit(limit)
    )
    return tuple(AdjustmentFacts(*row) for row in rows)


def adjustments_of(tx: Tx, member_id: MemberId) -> tuple[AdjustmentFacts, ...]:
    """Return the adjustments of a member, the newest first."""
    rows = tx.run(
        select(*_COLUMNS)
        .where(Adjustment.member_id == member_id)
        .order_by(Adjustment.requested_at.desc(), Adjustment.id.desc())
    )
    return tuple(AdjustmentFacts(*row) for row in rows)
