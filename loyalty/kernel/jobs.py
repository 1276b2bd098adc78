"""Work that returns: expiry, reviews, sending. One runner at a time, whoever rings the bell.

The scheduler only rings; the lease decides. A job may be rung twice, by two processes, or not for
an hour: it does what is due and writes down nothing twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db.base import Base

if TYPE_CHECKING:
    from loyalty.kernel.runtime import Runtime
    from loyalty.kernel.tx import Tx

log = logging.getLogger(__name__)


class More(str):
    """How a run ended that did not come to the end of its work: the next may begin at once."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work that returns.

    ``run`` gets the runtime, opens its own transactions, does a bounded amount and returns a short
    sentence about it, as ``More`` when there is more to do. After ``lease_seconds`` another process
    may start it. ``wanted`` tells without a lease whether there is anything to do at all.
    """

    name: str
    every_seconds: int
    run: Callable[[Runtime], str]
    doc: str
    lease_seconds: int = 120
    wanted: Callable[[Runtime], bool] | None = None


class JobLease(Base):
    """Who runs a job, until when, and how its last run ended. ``fence`` grows with each holder."""

    __tablename__ = "job_leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(default="")
    fence: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    outcome: Mapped[str] = mapped_column(default="")


def run_job(runtime: Runtime, job: Job, *, holder: str) -> str | None:
    """Run ``job`` if nobody else is running it; return its sentence, or ``None``.

    A run that fails is logged and noted as the outcome; the next ring tries again.
    """
    if job.wanted is not None and not job.wanted(runtime):
        return "nothing to do"
    with runtime.database.begin(actor=f"job:{job.name}") as tx:
        fence = _take(tx, job, holder)
    if fence is None:
        return None
    try:
        outcome = job.run(runtime)
    except Exception as error:  # a job must not stop the clock; the outcome is shown
        log.exception("job %s failed", job.name)
        outcome = f"failed: {type(error).__name__}"
    with runtime.database.begin(actor=f"job:{job.name}") as tx:
        _give_back(tx, job, fence, outcome)
    return outcome


def job_outcomes(tx: Tx) -> dict[str, Any]:
    """Return, by job name, when it last started and finished and how it ended."""
    rows = tx.run(
        select(JobLease.name, JobLease.started_at, JobLease.finished_at, JobLease.outcome)
    )
    return {row.name: row for row in rows}


def _take(tx: Tx, job: Job, holder: str) -> int | None:
    """Take the lease when it is free; return its fencing number."""
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    tx.run(
        insert(JobLease)
        .values(name=job.name, holder="", fence=0, outcome="")
        .on_conflict_do_nothing(index_elements=["name"])
    )
    free = or_(JobLease.leased_until.is_(None), JobLease.leased_until <= tx.now)
    taken = tx.run(
        update(JobLease)
        .where(JobLease.name == job.name, free)
        .values(
            holder=holder,
            fence=JobLease.fence + 1,
            leased_until=tx.now + timedelta(seconds=job.lease_seconds),
            started_at=tx.now,
        )
        .returning(JobLease.fence)
    ).scalar()
    return None if taken is None else int(taken)


def _give_back(tx: Tx, job: Job, fence: int, outcome: str) -> None:
    """Free the lease, unless somebody has taken it over since.

    The work has not ended while there is more to do.
    """
    ended = {} if isinstance(outcome, More) else {"finished_at": tx.now}
    tx.run(
        update(JobLease)
        .where(JobLease.name == job.name, JobLease.fence == fence)
        .values(leased_until=None, outcome=str(outcome), **ended)
    )
