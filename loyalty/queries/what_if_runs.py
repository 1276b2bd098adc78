"""Replays that were asked for: how far they are, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from loyalty.errors import UnknownReplay
from loyalty.kernel.tx import Tx
from loyalty.models import WhatIfRun
from loyalty.values import DraftId

NEWEST = 20
"""Replays that a list shows."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A replay: what was asked, how far it is, and its ``outcome`` once it has finished."""

    id: str
    name: str
    first_on: date
    last_on: date
    asked_at: datetime
    draft_id: DraftId | None
    total: int
    done: int
    worked_ms: int
    outcome: dict[str, Any] | None
    finished_at: datetime | None

    @property
    def per_second(self) -> int:
        """Return how many members are replayed in a second."""
        return self.done * 1000 // max(1, self.worked_ms)

    @property
    def seconds_left(self) -> int | None:
        """Return how long it will still take; ``None`` while nobody can say."""
        if not self.done:
            return None
        return max(0, self.total - self.done) * self.worked_ms // (self.done * 1000)


_ROW = select(*(getattr(WhatIfRun, name) for name in WhatIf.__slots__))


def what_if_run(tx: Tx, run_id: str) -> WhatIf:
    """Return one replay.

    Raises:
        UnknownReplay: there is none of this id.
    """
    row = tx.run(_ROW.where(WhatIfRun.id == run_id)).first()
    if row is None:
        raise UnknownReplay
    return WhatIf(*row)


def next_what_if(tx: Tx) -> Any:
    """Return the row of the oldest replay that waits to be worked on; ``None`` without any."""
    waiting = select(WhatIfRun.__table__).where(WhatIfRun.finished_at.is_(None))
    return tx.run(waiting.order_by(WhatIfRun.asked_at, WhatIfRun.id).limit(1)).first()


def what_if_runs(tx: Tx) -> list[WhatIf]:
    """Return the newest replays, the newest first."""
    newest = _ROW.order_by(WhatIfRun.asked_at.desc(), WhatIfRun.id.desc()).limit(NEWEST)
    return [WhatIf(*row) for row in tx.run(newest)]
