"""Large work in short steps: bounded, resumable, with its progress in the table.

A step and what is written of it commit together: whoever kills the process loses one step at
most, and the next goes on where the last committed one ended. Between two steps others get in.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.clock import monotonic
from loyalty.kernel.db import Base, Database
from loyalty.kernel.tx import Tx

SLICE_SECONDS = 5.0
"""A run works so long at most before it asks to be called again: a worker can stop meanwhile."""
FIRST_STEP = 100
SMALLEST_STEP = 50
"""Below it a step costs more in its commit than in its work."""
LARGEST_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a step may hold its locks, and how long it rests before the next, of its length.

    ``rest_percent`` of 100 rests as long as it worked.
    """

    step_ms: int
    rest_percent: int


ONE_WRITER = Pace(step_ms=40, rest_percent=100)
"""SQLite: everybody waits for the writer, and asks again in steps that grow."""
ROW_LOCKS = Pace(step_ms=80, rest_percent=25)
"""PostgreSQL: only who wants the same rows waits."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a step is asked for: the next ``limit`` after ``cursor``.

    With ``wait`` it waits for what others have locked, else it passes them over.
    """

    cursor: str = ""
    limit: int = 500
    wait: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one step did: ``done`` of what was counted, ``moved`` rows that it changed.

    ``cursor`` is where the next begins; empty at the end. ``left`` counts what somebody else had
    locked: it is gone through once more, and then waited for.
    """

    done: int
    moved: int
    cursor: str = ""
    left: int = 0


@dataclass(frozen=True, slots=True)
class Batches:
    """Work that is done in steps.

    ``subject`` names what is done, say a day: an unfinished run of another subject is begun anew.
    ``count`` says how much there is; nothing is written while that is none.
    """

    name: str
    subject: Callable[[Tx], str]
    count: Callable[[Tx], int]
    step: Callable[[Tx, Ask], Stretch]


class JobProgress(Base):
    """The last run of a job that works in steps, finished or not."""

    __tablename__ = "job_progress"

    name: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    total: Mapped[int]
    started_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    rounds: Mapped[int] = mapped_column(default=1)
    worked_ms: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None] = mapped_column(default=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come. ``worked_ms`` counts the steps and the rests between them."""

    name: str
    subject: str
    total: int
    started_at: datetime
    moved_at: datetime
    done: int = 0
    moved: int = 0
    left: int = 0
    rounds: int = 1
    worked_ms: int = 0
    cursor: str = ""
    finished_at: datetime | None = None

    @property
    def per_second(self) -> int:
        """Return how much is done in a second of work."""
        return self.done * 1000 // max(1, self.worked_ms)

    @property
    def percent(self) -> int:
        """Return how much of the whole is done."""
        return 100 if self.finished_at else min(99, self.done * 100 // max(1, self.total))

    @property
    def seconds_left(self) -> int | None:
        """Return how long it will still take at this rate; ``None`` while nobody can say."""
        if self.finished_at is not None:
            return 0
        if not self.done:
            return None
        return max(0, self.total - self.done) * self.worked_ms // (self.done * 1000)


Told = Callable[[Progress], None]


def work_on(
    database: Database,
    batches: Batches,
    *,
    seconds: float = SLICE_SECONDS,
    pace: Pace | None = None,
    told: Told | None = None,
) -> Progress | None:
    """Go on with a run, or begin one, for ``seconds``; ``None`` when there is nothing to do.

    Two runners at once do nothing twice if the steps hold what they change; their progress is
    then only about right. ``told`` hears after every step how far it is.
    """
    progress = _opened(database, batches)
    if progress is None:
        return None
    pace = pace or (ONE_WRITER if database.is_sqlite else ROW_LOCKS)
    end, limit = monotonic() + seconds, FIRST_STEP
    while progress.finished_at is None:
        with database.begin(actor=f"job:{batches.name}") as tx:
            begun = monotonic()
            stretch = batches.step(tx, Ask(progress.cursor, limit, wait=progress.rounds > 1))
            progress = _further(progress, stretch, tx.now, monotonic() - begun, pace)
            _write(tx, progress)
        spent = monotonic() - begun
        limit = _fitting(limit, spent, pace)
        if told is not None:
            told(progress)
        if monotonic() >= end:
            break
        time.sleep(spent * pace.rest_percent / 100)
    return progress


def progress_of_jobs(tx: Tx) -> dict[str, Progress]:
    """Return the last run of every job that works in steps, by name."""
    rows = tx.run(select(JobProgress.__table__))
    return {row.name: Progress(**row._asdict()) for row in rows}


def _opened(database: Database, batches: Batches) -> Progress | None:
    """Return the run to go on with, or a fresh one."""
    with database.look(actor=f"job:{batches.name}") as tx:
        subject = batches.subject(tx)
        known = progress_of_jobs(tx).get(batches.name)
        if known is not None and known.finished_at is None and known.subject == subject:
            return known
        total = batches.count(tx)
        return Progress(batches.name, subject, total, tx.now, tx.now) if total else None


def _further(
    progress: Progress, stretch: Stretch, now: datetime, spent: float, pace: Pace
) -> Progress:
    """Return the progress after a step."""
    left, rounds, finished_at = progress.left + stretch.left, progress.rounds, None
    if not stretch.cursor and left and rounds == 1:
        left, rounds = 0, 2
    elif not stretch.cursor:
        finished_at = now
    with_rest = spent * (100 + pace.rest_percent) / 100
    return replace(
        progress,
        moved_at=now,
        done=progress.done + stretch.done,
        moved=progress.moved + stretch.moved,
        left=left,
        rounds=rounds,
        worked_ms=progress.worked_ms + round(with_rest * 1000),
        cursor=stretch.cursor,
        finished_at=finished_at,
    )


def _fitting(limit: int, spent: float, pace: Pace) -> int:
    """Return how much the next step should take to hold its locks as long as the pace says."""
    wanted = limit * pace.step_ms / max(1.0, spent * 1000)
    return max(SMALLEST_STEP, min(LARGEST_STEP, limit * 2, int(wanted)))


def _write(tx: Tx, progress: Progress) -> None:
    """Write the progress in the transaction of its step."""
    insert: Any = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    row = {name: getattr(progress, name) for name in Progress.__slots__}
    statement = insert(JobProgress).values(**row)
    others = {name: value for name, value in row.items() if name != "name"}
    tx.run(statement.on_conflict_do_update(index_elements=["name"], set_=others))
