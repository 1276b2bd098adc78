"""Who got it: the messages of a campaign, person by person, and the tries of one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from campaigns.models import Message, MessageAttempt, Occurrence
from campaigns.values import CampaignId, Channel, MessageId, MessageState, Reason
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.queries import Contact, contacts
from loyalty.values import MemberId

Mark = tuple[str, str, str]
"""Where a page ends: state, member id, channel."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One message of a campaign. ``first_name`` is empty for a member who is gone."""

    message_id: MessageId
    member_id: MemberId
    first_name: str
    channel: Channel
    state: MessageState
    reason: Reason
    due_at: datetime
    handed_over_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class RecipientPage:
    """Some recipients; ``after`` is the mark of the next page."""

    items: tuple[Recipient, ...]
    after: Mark | None = None


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try to hand a message over, and the answer."""

    number: int
    at: datetime
    transport: str
    state: MessageState
    code: str
    detail: str


def recipients(
    tx: Tx,
    campaign_id: CampaignId,
    *,
    states: Sequence[MessageState],
    channel: Channel | None = None,
    after: Mark | None = None,
    limit: int = 50,
) -> RecipientPage:
    """Return the messages of a campaign in some states, by state and member; keyset paged."""
    place = tuple_(Message.state, Message.member_id, Message.channel)
    statement = (
        select(
            Message.id,
            Message.member_id,
            Message.channel,
            Message.state,
            Message.reason,
            Message.due_at,
            Message.handed_over_at,
            Message.attempts,
        )
        .where(
            Message.occurrence_id.in_(
                select(Occurrence.id).where(Occurrence.campaign_id == campaign_id)
            ),
            Message.state.in_(states),
        )
        .order_by(Message.state, Message.member_id, Message.channel)
        .limit(limit + 1)
    )
    if channel is not None:
        statement = statement.where(Message.channel == channel)
    if after is not None:
        statement = statement.where(place > tuple_(*after))
    rows = tx.run(statement).all()
    shown = rows[:limit]
    known = contacts(tx, sorted({row.member_id for row in shown}))
    items = tuple(_recipient(row, known.get(row.member_id)) for row in shown)
    last = items[-1] if len(rows) > limit else None
    return RecipientPage(items, (last.state, last.member_id, last.channel) if last else None)


def _recipient(row: Any, contact: Contact | None) -> Recipient:
    return Recipient(
        message_id=row.id,
        member_id=row.member_id,
        first_name=contact.given_name if contact else "",
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        due_at=row.due_at,
        handed_over_at=row.handed_over_at,
        attempts=row.attempts,
    )


def attempts_of(tx: Tx, member_id: MemberId, message_id: MessageId) -> list[AttemptRow]:
    """Return the tries of one message, first to last."""
    rows = tx.run(
        select(
            MessageAttempt.number,
            MessageAttempt.at,
            MessageAttempt.transport,
            MessageAttempt.state,
            MessageAttempt.code,
            MessageAttempt.detail,
        )
        .where(MessageAttempt.member_id == member_id, MessageAttempt.message_id == message_id)
        .order_by(MessageAttempt.number)
    )
    return [AttemptRow(*row) for row in rows]


def messages_of(
    tx: Tx, member_id: MemberId, *, after: str | None = None, limit: int = 25
) -> Page[Recipient]:
    """Return the messages to one member, newest first, for her page in the back office."""
    statement = (
        select(Message)
        .where(Message.member_id == member_id)
        .order_by(Message.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(Message.id < after)
    rows = tx.session.scalars(statement).all()
    items = tuple(_recipient(row, None) for row in rows[:limit])
    return Page(items, items[-1].message_id if len(rows) > limit else None)
