"""Doing things in the past: the ordinary commands, on an earlier day, telling nobody."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from loyalty.kernel.outbox import Event
from loyalty.kernel.tx import Tx


@dataclass(frozen=True, slots=True)
class Past(Tx):
    """A transaction whose ``now`` lies in the past.

    What it brings about is history: nothing is announced, so nobody is welcomed, congratulated
    or written to about something that happened long ago.
    """

    def announce(self, event: Event) -> None:
        """Say nothing."""


def in_the_past(tx: Tx, at: datetime, *, actor: str | None = None) -> Past:
    """Return ``tx`` as it would have been at ``at``; it commits or rolls back with ``tx``."""
    facts: dict[str, Any] = {field.name: getattr(tx, field.name) for field in fields(tx)}
    return Past(**facts | {"now": at.astimezone(UTC), "actor": actor or tx.actor})
