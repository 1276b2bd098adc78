"""Carries events to those who asked for them, once each, in transactions of their own.

The relay looks for events *not yet delivered to this subscriber*, never for "greater than the
last seen": a slow transaction may commit a lower id later. The delivery note is inserted before
the handler runs, in the same transaction, so two relays cannot both run it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loyalty.kernel.db import Database
from loyalty.kernel.outbox import OutboxDelivery, OutboxEvent
from loyalty.kernel.plugin import Subscription
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.tx import Tx

log = logging.getLogger(__name__)
BATCH = 200
MOST_ATTEMPTS = 8
KEPT = timedelta(days=7)
"""How long settled events are kept for reading."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one pass did."""

    delivered: int
    failed: int


def relay(database: Database, subscriptions: Sequence[Subscription]) -> Relayed:
    """Deliver up to ``BATCH`` open events to each subscriber, then settle what everybody has had.

    A handler that fails is tried again later (1 s, 2 s, 4 s ...) and given up after
    ``MOST_ATTEMPTS``; the others go on meanwhile. Safe to run in several processes at once.

    Raises:
        StorageUnavailable: the database went away; nobody's try was counted.
    """
    delivered = failed = 0
    for subscription in subscriptions:
        for row in _waiting(database, subscription):
            if _deliver(database, subscription, row):
                delivered += 1
            else:
                failed += 1
    with database.begin(actor="relay") as tx:
        _settle(tx, subscriptions)
    return Relayed(delivered, failed)


def drain(database: Database, subscriptions: Sequence[Subscription]) -> int:
    """Relay until nothing can be delivered any more; return how many deliveries were made."""
    total = 0
    while (done := relay(database, subscriptions)).delivered:
        total += done.delivered
    return total


def forget_settled(tx: Tx) -> int:
    """Delete events that everybody had long ago; return how many."""
    old = select(OutboxEvent.id).where(
        OutboxEvent.settled, OutboxEvent.announced_at < tx.now - KEPT
    )
    tx.run(delete(OutboxDelivery).where(OutboxDelivery.event_id.in_(old)))
    done = tx.run(
        delete(OutboxEvent).where(OutboxEvent.settled, OutboxEvent.announced_at < tx.now - KEPT)
    )
    return int(done.rowcount)


def _waiting(database: Database, subscription: Subscription) -> Sequence[Any]:
    """Return the open events that this subscriber has not had and may be given now."""
    with database.look(actor="relay") as tx:
        note = and_(
            OutboxDelivery.event_id == OutboxEvent.id,
            OutboxDelivery.subscriber == subscription.subscriber,
        )
        not_now = or_(
            OutboxDelivery.done_at.is_not(None),
            OutboxDelivery.retry_at.is_(None),
            OutboxDelivery.retry_at > tx.now,
        )
        statement = (
            select(OutboxEvent.id, OutboxEvent.body)
            .where(
                OutboxEvent.settled.is_(False),
                OutboxEvent.name == subscription.event.name(),
                ~exists().where(note, not_now),
            )
            .order_by(OutboxEvent.id)
            .limit(BATCH)
        )
        return tx.run(statement).all()


def _deliver(database: Database, subscription: Subscription, row: Any) -> bool:
    """Note the delivery and run the handler in one transaction; ``False`` when it failed."""
    try:
        with database.begin(actor=f"relay:{subscription.subscriber}") as tx:
            if _note(tx, row.id, subscription.subscriber):
                subscription.handler(tx, subscription.event(**row.body))
    except StorageUnavailable:
        raise
    except Exception as error:  # one bad handler must not stop the others; it is noted and retried
        log.exception("%s failed on %s", subscription.subscriber, row.id)
        with database.begin(actor="relay") as tx:
            _note_failure(tx, row.id, subscription.subscriber, type(error).__name__)
        return False
    return True


def _note(tx: Tx, event_id: str, subscriber: str) -> bool:
    """Write that the subscriber has the event; ``False`` when it already had."""
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    noted = tx.run(
        insert(OutboxDelivery)
        .values(event_id=event_id, subscriber=subscriber, attempts=1, done_at=tx.now, error="")
        .on_conflict_do_update(
            index_elements=["event_id", "subscriber"],
            set_={"done_at": tx.now, "retry_at": None, "error": ""},
            where=and_(OutboxDelivery.done_at.is_(None), OutboxDelivery.retry_at <= tx.now),
        )
        .returning(OutboxDelivery.event_id)
    )
    return noted.first() is not None


def _note_failure(tx: Tx, event_id: str, subscriber: str, error: str) -> None:
    """Count the failure and say when to try again; after the last try, never."""
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    key = (OutboxDelivery.event_id == event_id, OutboxDelivery.subscriber == subscriber)
    before = tx.run(select(OutboxDelivery.attempts).where(*key)).scalar() or 0
    attempts = before + 1
    wait = timedelta(seconds=2 ** min(attempts - 1, 10))
    retry_at = tx.now + wait if attempts < MOST_ATTEMPTS else None
    values = {"attempts": attempts, "retry_at": retry_at, "error": error}
    tx.run(
        insert(OutboxDelivery)
        .values(event_id=event_id, subscriber=subscriber, done_at=None, **values)
        .on_conflict_do_update(index_elements=["event_id", "subscriber"], set_=values)
    )


def _settle(tx: Tx, subscriptions: Sequence[Subscription]) -> None:
    """Mark the events that every subscriber of today has had, or that were given up."""
    wanted: dict[str, int] = {}
    for subscription in subscriptions:
        wanted[subscription.event.name()] = wanted.get(subscription.event.name(), 0) + 1
    closed = (
        select(func.count())
        .select_from(OutboxDelivery)
        .where(
            OutboxDelivery.event_id == OutboxEvent.id,
            or_(OutboxDelivery.done_at.is_not(None), OutboxDelivery.retry_at.is_(None)),
        )
        .correlate(OutboxEvent)
        .scalar_subquery()
    )
    for name, count in wanted.items():
        tx.run(
            update(OutboxEvent)
            .where(OutboxEvent.settled.is_(False), OutboxEvent.name == name, closed >= count)
            .values(settled=True)
        )
    tx.run(
        update(OutboxEvent)
        .where(OutboxEvent.settled.is_(False), OutboxEvent.name.not_in(list(wanted)))
        .values(settled=True)
    )
