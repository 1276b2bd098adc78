"""Sealing the books: once a day one hash stands for every posting and row made so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from loyalty.commands.sealing import STAGES, Step
from loyalty.commands.sql import insert, insert_rows
from loyalty.kernel.tx import Tx
from loyalty.merkle import Leaf, day_seal, root_of
from loyalty.models import SealDay, SealLeaf, SealRecord, SealRun
from loyalty.queries.programme import current_programme
from loyalty.queries.proof import day_rows, leaves_of
from loyalty.queries.sealed import BOOKS, records_digest


def seal_is_due(tx: Tx) -> bool:
    """Tell whether no seal was made today, or one was begun and not finished.

    Raises:
        NoProgramme: no programme is in force; its zone says what today is.
    """
    last = _last(tx)
    number = last.number if last else 0
    if tx.run(select(SealRun.number).where(SealRun.number > number)).first() is not None:
        return True
    begun = tx.run(select(func.max(SealLeaf.number))).scalar() or 0
    if begun > number:
        return True
    return last is None or last.sealed_on < current_programme(tx).local_day(tx.now)


def seal_ledger(tx: Tx, *, limit: int = 2000) -> int:
    """Seal what was posted or written since the last seal, about ``limit`` rows; return how many.

    Rows are collected in batches, and a call that has collected any may have more to do; the day
    is closed by the call that finds no more, which returns zero. Nothing is sealed when nothing is
    new. Of two that seal at once one waits, and goes on where the other ended.
    """
    last = _last(tx)
    run = _begin(tx, (last.number if last else 0) + 1)
    if run is None:
        return 0
    sealed = looked = 0
    stage, after = run.stage or STAGES[0].name, run.after
    for work in STAGES[[one.name for one in STAGES].index(stage) :]:
        step: Step | None = None
        while (step is None or not step.done) and looked < limit:
            step = work.run(tx, run.number, after, limit - looked)
            sealed, looked, after = sealed + step.sealed, looked + step.looked, step.after
        if step is None or not step.done:
            _remember(tx, run.number, work.name, after)
            return max(1, sealed)
        after = ""
    if sealed:
        _remember(tx, run.number, STAGES[-1].name, _END)
        return sealed
    _close(tx, run, last)
    return 0


_END = "\U0010ffff"
"""Sorts after every owner: nothing of the last book is left."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A seal that is being made."""

    number: int
    begun_at: datetime
    stage: str
    after: str


def _begin(tx: Tx, number: int) -> _Run | None:
    """Return the seal that is being made, ours alone now; ``None`` if another has just closed."""
    begun = tx.run(select(func.max(SealLeaf.member_id)).where(SealLeaf.number == number)).scalar()
    fresh = insert(tx.dialect, SealRun).values(
        number=number, begun_at=tx.now, stage="", after=begun or ""
    )
    tx.run(fresh.on_conflict_do_nothing())
    row = tx.run(select(SealRun).where(SealRun.number == number).with_for_update()).first()
    closed = tx.run(select(SealDay.number).where(SealDay.number == number)).first()
    if row is None or closed is not None:
        tx.run(delete(SealRun).where(SealRun.number == number))
        return None
    return _Run(row.number, row.begun_at, row.stage, row.after)


def _remember(tx: Tx, number: int, stage: str, after: str) -> None:
    tx.run(update(SealRun).where(SealRun.number == number).values(stage=stage, after=after))


def _close(tx: Tx, run: _Run, last: Any) -> None:
    """Write the day, unless nothing was sealed in it."""
    number = run.number
    tx.run(delete(SealRun).where(SealRun.number == number))
    leaves = leaves_of(tx, number)
    if not leaves and not tx.run(select(exists().where(SealRecord.number == number))).scalar():
        return
    row = _day(tx, run, leaves) | {"previous": last.seal if last else ""}
    row["seal"] = day_seal(
        number, row["sealed_on"].isoformat(), row["root"], row["previous"], day_rows(row)
    )
    insert_rows(tx, SealDay, [row])


def _day(tx: Tx, run: _Run, leaves: Sequence[Leaf]) -> dict[str, Any]:
    records_root, records = records_digest(tx, run.number)
    return {
        "number": run.number,
        "sealed_on": current_programme(tx).local_day(tx.now),
        "wallets": len(leaves),
        "postings": sum(leaf.to_seq - leaf.from_seq + 1 for leaf in leaves),
        "root": root_of(leaves),
        "made_at": tx.now,
        "begun_at": run.begun_at,
        "records": records,
        "records_root": records_root,
        "books": " ".join(sorted(book.name for book in BOOKS)),
    }


def _last(tx: Tx) -> Any:
    return tx.run(select(SealDay).order_by(SealDay.number.desc()).limit(1)).first()
