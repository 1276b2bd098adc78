"""Where sealing stands: what was written or moved later than this has not been sealed yet."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from loyalty.kernel.audit import AuditEntry
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeVersion, SealDay
from loyalty.queries.sealed.rows import instant_as_whole

GRACE = timedelta(hours=1)
"""How much older than a seal a row may be that it does not hold: its transaction was under way."""
ATTACHED = "attach-purchase"
IMPORTED = "import-purchases"
"""The action in the audit log under which purchases of the past were brought in."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What the last finished seal of rows left to the next one.

    ``since`` is empty while nothing but postings was ever sealed. ``books`` are those that it
    held. After an import it reaches back to the first purchase that was brought in.
    """

    since: datetime | None
    books: frozenset[str] = frozenset()
    published: bool = False
    """Whether a programme was published, or came into force, since."""
    audited: int = 0
    """The number of the first entry of the audit log since."""

    @property
    def since_whole(self) -> int | None:
        """Return ``since`` in microseconds, as rows are read."""
        return None if self.since is None else instant_as_whole(self.since)


def cut_of(tx: Tx) -> Cut:
    """Return where sealing stands."""
    last = tx.run(
        select(SealDay.begun_at, SealDay.books)
        .where(SealDay.books != "")
        .order_by(SealDay.number.desc())
        .limit(1)
    ).first()
    if last is None:
        return Cut(None)
    since = last.begun_at - GRACE
    published = tx.run(
        select(ProgrammeVersion.id)
        .where(
            or_(ProgrammeVersion.published_at >= since, ProgrammeVersion.effective_from >= since)
        )
        .limit(1)
    ).first()
    return Cut(
        min([since, *_imported(tx, since)]),
        frozenset(last.books.split()),
        published is not None,
        tx.run(select(func.min(AuditEntry.seq)).where(AuditEntry.at >= since)).scalar()
        or sys.maxsize,
    )


def attached_since(tx: Tx, cut: Cut) -> list[str]:
    """Return the purchases that were given to a member since, long after they were made perhaps."""
    return list(
        tx.run(
            select(AuditEntry.subject).where(
                AuditEntry.seq >= cut.audited, AuditEntry.action == ATTACHED
            )
        ).scalars()
    )


def _imported(tx: Tx, since: datetime) -> list[datetime]:
    """Return the instants of the first purchases of all imports since."""
    rows: Any = tx.run(
        select(AuditEntry.details).where(AuditEntry.action == IMPORTED, AuditEntry.at >= since)
    ).scalars()
    return [datetime.fromisoformat(one["from"]).astimezone(UTC) - GRACE for one in rows]
