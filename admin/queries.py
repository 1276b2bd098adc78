"""What the back office reads that no package below it knows: the audit trail and the machinery."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from loyalty.kernel.access.models import Staff
from loyalty.kernel.audit import AuditEntry
from loyalty.kernel.jobs import JobLease
from loyalty.kernel.outbox import OutboxDelivery, OutboxEvent
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page

TRAIL_LENGTH = 30
_FAILED = "failed"
"""How the outcome of a job begins that did not end well; ``kernel.jobs`` writes it."""


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A privileged change. ``who`` is the name of whoever made it when she is on the staff."""

    seq: int
    at: datetime
    actor: str
    who: str
    action: str
    subject: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job whose last run failed, and when that was."""

    name: str
    outcome: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Machinery:
    """How the work behind the scenes is doing.

    ``worked_at`` is when a job last ended, ``None`` when none ever has; ``waiting_since`` the age
    of the oldest event that somebody has not had; ``given_up`` how many deliveries failed for good.
    """

    failed_jobs: tuple[FailedJob, ...]
    worked_at: datetime | None
    waiting_since: datetime | None
    given_up: int


def audit_trail(
    tx: Tx, *, before: int | None = None, subject: str = "", limit: int = TRAIL_LENGTH
) -> Page[TrailLine]:
    """Return audit entries, newest first; ``before`` is the number at which the page before ended.

    With ``subject`` only the entries about that id: a member, a card, an offer, a till.
    """
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
        .limit(limit + 1)
    )
    if before is not None:
        statement = statement.where(AuditEntry.seq < before)
    if subject:
        statement = statement.where(AuditEntry.subject == subject)
    rows = tx.run(statement).all()
    shown = rows[:limit]
    names = _names(tx, {_staff_id(row.actor) for row in shown})
    items = tuple(
        TrailLine(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            who=names.get(_staff_id(row.actor), ""),
            action=row.action,
            subject=row.subject,
            details=row.details,
        )
        for row in shown
    )
    return Page(items, str(items[-1].seq) if len(rows) > limit else None)


def audit_length(tx: Tx) -> int:
    """Return how many entries the audit trail has."""
    return int(tx.run(select(func.count()).select_from(AuditEntry)).scalar_one())


def machinery(tx: Tx) -> Machinery:
    """Return what the worker has left undone, as of ``tx.now``."""
    jobs = tx.run(
        select(JobLease.name, JobLease.outcome, JobLease.finished_at).order_by(JobLease.name)
    ).all()
    failed = tuple(FailedJob(*row) for row in jobs if row.outcome.startswith(_FAILED))
    ended = [row.finished_at for row in jobs if row.finished_at is not None]
    waiting = tx.run(
        select(func.min(OutboxEvent.announced_at)).where(OutboxEvent.settled.is_(False))
    ).scalar()
    given_up = tx.run(
        select(func.count())
        .select_from(OutboxDelivery)
        .where(OutboxDelivery.done_at.is_(None), OutboxDelivery.retry_at.is_(None))
    ).scalar_one()
    return Machinery(
        failed_jobs=failed,
        worked_at=max(ended, default=None),
        waiting_since=waiting,
        given_up=int(given_up),
    )


def actor_names(tx: Tx, actors: Collection[str]) -> dict[str, str]:
    """Return the names of those actors who are members of staff, by actor."""
    names = _names(tx, {_staff_id(one) for one in actors})
    return {one: names[_staff_id(one)] for one in actors if _staff_id(one) in names}


def _staff_id(actor: str) -> str:
    """Return the id in an actor such as ``staff:stf_...``."""
    return actor.partition(":")[2]


def _names(tx: Tx, staff_ids: set[str]) -> dict[str, str]:
    """Return the names of members of staff by id."""
    rows = tx.run(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
    return {row.id: row.name for row in rows}
