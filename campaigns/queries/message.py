"""One message: whom it was for, and in which language she reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from campaigns.models import Message
from campaigns.values import Channel, MessageId
from loyalty.kernel.tx import Tx
from loyalty.queries import contacts
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class MessageSubscription:
    """Whose consent a message was sent under, and on which channel."""

    member_id: MemberId
    channel: Channel
    language: str


def subscription_of(tx: Tx, message_id: MessageId) -> MessageSubscription | None:
    """Return what an unsubscription by this message ends; ``None`` when nobody is behind it."""
    row = tx.run(select(Message.member_id, Message.channel).where(Message.id == message_id)).first()
    if row is None:
        return None
    contact = contacts(tx, [row.member_id]).get(row.member_id)
    if contact is None:
        return None
    return MessageSubscription(row.member_id, row.channel, contact.language)
