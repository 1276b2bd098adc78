"""The programme in force, compiled and held in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from loyalty.compiling import compile_programme
from loyalty.earning import earn
from loyalty.errors import NoProgramme
from loyalty.kernel.revisions import Compiled
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeVersion
from loyalty.models.programme import VersionState
from loyalty.programme import Programme
from loyalty.values import Earned, PointsEffect, ProgrammeVersionId, SaleLine

TOPIC = "programme"


@dataclass(frozen=True, slots=True)
class ProgrammeVersionRow:
    """A version of the programme, as a list shows it."""

    version_id: ProgrammeVersionId
    programme: str
    number: int
    effective_from: datetime
    published_at: datetime | None
    published_by: str | None


@dataclass(frozen=True, slots=True)
class _Published:
    """Every published version: by the instant from which it holds, and by id."""

    starts: tuple[datetime, ...]
    in_order: tuple[Programme, ...]
    by_id: dict[str, Programme]


def current_programme(tx: Tx, at: datetime | None = None) -> Programme:
    """Return the programme in force at ``at``, by default now. No database call when held.

    Raises:
        NoProgramme: none was published, or the first begins later.
    """
    published = _published.get(tx)
    place = bisect_right(published.starts, at or tx.now)
    if place == 0:
        raise NoProgramme
    return published.in_order[place - 1]


def programme_of(tx: Tx, version_id: ProgrammeVersionId) -> Programme:
    """Return the version that a posting or purchase names.

    Raises:
        NoProgramme: there is no such version.
    """
    programme = _published.get(tx).by_id.get(version_id)
    if programme is None:
        raise NoProgramme
    return programme


def programme_versions(tx: Tx) -> list[ProgrammeVersionRow]:
    """Return every version, the newest first."""
    rows = tx.run(
        select(
            ProgrammeVersion.id,
            ProgrammeVersion.programme,
            ProgrammeVersion.number,
            ProgrammeVersion.effective_from,
            ProgrammeVersion.published_at,
            ProgrammeVersion.published_by,
        ).order_by(ProgrammeVersion.number.desc())
    )
    return [ProgrammeVersionRow(*row) for row in rows]


def quote_earning(
    tx: Tx, *, lines: Sequence[SaleLine], on: date, effects: Sequence[PointsEffect] = ()
) -> Earned:
    """Return what a basket would earn on the local day ``on``; nothing is written.

    Raises:
        NoProgramme: no programme is in force.
    """
    return earn(current_programme(tx), lines, on=on, effects=effects).earned


def _load(tx: Tx) -> _Published:
    """Compile every published version, in the order in which they take effect."""
    rows = tx.run(
        select(ProgrammeVersion.id, ProgrammeVersion.effective_from, ProgrammeVersion.document)
        .where(ProgrammeVersion.state == VersionState.PUBLISHED)
        .order_by(ProgrammeVersion.effective_from, ProgrammeVersion.number)
    ).all()
    compiled = [compile_programme(row.document, version_id=row.id) for row in rows]
    return _Published(
        starts=tuple(row.effective_from for row in rows),
        in_order=tuple(compiled),
        by_id={programme.version_id: programme for programme in compiled},
    )


_published = Compiled(TOPIC, _load)
