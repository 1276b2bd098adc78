"""Events: what has happened, written down in the transaction in which it happened.

An event is delivered if, and only if, its transaction commits. It is a nudge, not a message: a
subscriber re-reads what is true now, so order and repetition do not matter. ``kernel.relay``
carries them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db.base import Base, Id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyalty.kernel.tx import Tx


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened. Subclasses are frozen, with fields fit for JSON."""

    @classmethod
    def name(cls) -> str:
        """Return the name under which the event is stored: its class."""
        return cls.__name__

    def body(self) -> dict[str, Any]:
        """Return the fields of the event."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


class OutboxEvent(Base):
    """An event as it was announced. ``settled`` once every subscriber has had it."""

    __tablename__ = "outbox_events"
    __table_args__ = (
        Index(
            "ix_outbox_events_open",
            "id",
            postgresql_where=text("NOT settled"),
            sqlite_where=text("settled = 0"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    body: Mapped[dict[str, Any]]
    announced_at: Mapped[datetime]
    settled: Mapped[bool] = mapped_column(default=False)


ANNOUNCE = insert(OutboxEvent)
"""The statement that writes an event down."""


class OutboxDelivery(Base):
    """That a subscriber has had an event, or how often it failed to take it.

    ``done_at`` is empty while it fails; ``retry_at`` tells when it is tried again, and is
    empty too when it was given up (``attempts`` reached the limit).
    """

    __tablename__ = "outbox_deliveries"

    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=1)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    retry_at: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(default="")


def announce_many(tx: Tx, events: Iterable[Event]) -> None:
    """Record many events at once, as ``Tx.announce`` records one."""
    rows = [
        {
            "id": tx.new_id("evt"),
            "name": event.name(),
            "body": event.body(),
            "announced_at": tx.now,
            "settled": False,
        }
        for event in events
    ]
    if rows:
        tx.run(insert(OutboxEvent), rows)
