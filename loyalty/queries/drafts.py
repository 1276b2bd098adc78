"""Drafts of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loyalty.errors import UnknownDraft
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeDraft
from loyalty.values import DraftId, ProgrammeVersionId


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and how far its present text has come."""

    draft_id: DraftId
    name: str
    text: str
    text_hash: str
    changed_at: datetime
    changed_by: str
    proven: bool
    passed: int
    failed: int
    approved_by: str
    version_id: ProgrammeVersionId | None


def drafts(tx: Tx) -> list[Draft]:
    """Return the drafts that were not published yet, the one changed last first."""
    rows = tx.session.scalars(
        select(ProgrammeDraft)
        .where(ProgrammeDraft.version_id.is_(None))
        .order_by(ProgrammeDraft.changed_at.desc(), ProgrammeDraft.id.desc())
    )
    return [_read(row) for row in rows]


def draft(tx: Tx, draft_id: DraftId) -> Draft:
    """Return one draft.

    Raises:
        UnknownDraft: there is no such draft.
    """
    row = tx.session.get(ProgrammeDraft, draft_id)
    if row is None:
        raise UnknownDraft
    return _read(row)


def _read(row: ProgrammeDraft) -> Draft:
    proven = row.proven_hash == row.text_hash
    return Draft(
        draft_id=row.id,
        name=row.name,
        text=row.text,
        text_hash=row.text_hash,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        proven=proven,
        passed=row.proven_passed if proven else 0,
        failed=row.proven_failed if proven else 0,
        approved_by=row.approved_by if row.approved_hash == row.text_hash else "",
        version_id=row.version_id,
    )
