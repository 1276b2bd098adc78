"""What the back office reads that no package below it knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from loyalty.kernel.access.models import Staff
from loyalty.kernel.audit import AuditEntry
from loyalty.kernel.tx import Tx

TRAIL_LENGTH = 50


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A privileged change, with the name of whoever made it when she is on the staff."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


def audit_trail(tx: Tx, *, before: int | None = None) -> list[TrailLine]:
    """Return the newest ``TRAIL_LENGTH`` entries before number ``before``, newest first."""
    statement = (
        select(
            AuditEntry.seq,
            AuditEntry.at,
            AuditEntry.actor,
            AuditEntry.action,
            AuditEntry.subject,
            AuditEntry.details,
        )
        .order_by(AuditEntry.seq.desc())
        .limit(TRAIL_LENGTH)
    )
    if before is not None:
        statement = statement.where(AuditEntry.seq < before)
    rows = tx.run(statement).all()
    names = _names(tx, {row.actor.partition(":")[2] for row in rows})
    return [
        TrailLine(
            row.seq,
            row.at,
            names.get(row.actor.partition(":")[2], row.actor),
            row.action,
            row.subject,
            row.details,
        )
        for row in rows
    ]


def _names(tx: Tx, staff_ids: set[str]) -> dict[str, str]:
    """Return the names of members of staff by id."""
    rows = tx.run(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
    return {row.id: row.name for row in rows}
