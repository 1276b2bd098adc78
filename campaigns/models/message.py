"""Messages: one row per member, run and channel, which is the truth about who got what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.values import Channel, Lane, MessageId, MessageState, Reason
from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import MemberId

_PLANNED = text("state = 'planned'")
_LEASED = text("state = 'leased'")


class Message(Base):
    """The intent to write to one member, and what became of it. Holds no address and no words.

    A transactional message has the name of its letter as ``campaign_id`` and what asked for it as
    ``occurrence_id``; so neither has a foreign key. There is none to the member either: rows are
    written a thousand at a time out of the members' own table, and members are never deleted.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint(
            "member_id", "campaign_id", "occurrence_id", "channel", name="uq_messages_once"
        ),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("(state = 'leased') = (leased_until IS NOT NULL)", name="lease_has_end"),
        CheckConstraint(
            "state NOT IN ('skipped', 'failed') OR reason <> ''", name="refusal_has_reason"
        ),
        Index(
            "ix_messages_waiting",
            "campaign_id",
            "channel",
            "due_at",
            postgresql_where=_PLANNED,
            sqlite_where=_PLANNED,
        ),
        Index("ix_messages_leased", "leased_until", postgresql_where=_LEASED, sqlite_where=_LEASED),
        Index("ix_messages_occurrence", "occurrence_id", "state", "member_id", "channel"),
        Index("ix_messages_id", "id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    id: Mapped[MessageId] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[str] = mapped_column(Id)
    occurrence_id: Mapped[str] = mapped_column(Id)
    channel: Mapped[Channel]
    lane: Mapped[Lane]
    version: Mapped[int]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    planned_at: Mapped[datetime]
    state: Mapped[MessageState] = mapped_column(default=MessageState.PLANNED)
    reason: Mapped[Reason] = mapped_column(default=Reason.NONE)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_holder: Mapped[str] = mapped_column(default="")
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    handed_over_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it left, or was being handed over; counted by the weekly cap."""
    provider_ref: Mapped[str] = mapped_column(default="")


IS_PLANNED = Message.state == literal_column("'planned'")
IS_LEASED = Message.state == literal_column("'leased'")
"""Conditions that the planners of both databases recognise as those of the partial indexes."""


class MessageAttempt(Base):
    """One time a message was given to a transport, and the answer, without addresses."""

    __tablename__ = "message_attempts"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "message_id"], ["messages.member_id", "messages.id"]),
        CheckConstraint("number > 0", name="number_positive"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    message_id: Mapped[MessageId] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    transport: Mapped[str]
    state: Mapped[MessageState]
    code: Mapped[str]
    detail: Mapped[str]


append_only(MessageAttempt.__table__)  # type: ignore[arg-type]  # declarative tables are Tables


class ContactTurn(Base):
    """The turn of one member on one channel: locked while her weekly count is read and used.

    Two workers that hold messages of two campaigns for the same member would both read "two sent
    this week"; the lock makes one wait for the other.
    """

    __tablename__ = "contact_turns"

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    channel: Mapped[Channel] = mapped_column(primary_key=True)
    last_at: Mapped[datetime]
