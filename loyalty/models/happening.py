"""What happens to members besides buying: events, referrals, messages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import MemberId, PurchaseId, ReferralState, WriteState


class MemberEvent(Base):
    """Something that happened once, by its source, and what it earned by rule and by wallet.

    ``released`` is what it set free. ``once`` names what can happen only once: signing up, a
    birthday of one year. ``counted_on`` is its local day.
    """

    __tablename__ = "member_events"
    __table_args__ = (Index("uq_member_events_once", "member_id", "once", unique=True),)

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    earned_by: Mapped[dict[str, Any]]
    earned: Mapped[dict[str, Any]]
    released: Mapped[dict[str, Any]]
    counted_on: Mapped[date]
    occurred_at: Mapped[datetime]
    at: Mapped[datetime]
    once: Mapped[str | None] = mapped_column(default=None)
    purchase_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)


class Referral(Base):
    """A member who was brought by another, and whether both were rewarded for it.

    ``purchase_id`` is the purchase that counts; the reward is due on ``due_on``. ``given`` is what
    each side got, by wallet.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint("member_id <> referrer_id", name="two_people"),
        Index("ix_referrals_due_on", "state", "due_on", "member_id"),
        Index("ix_referrals_referrer_id", "referrer_id", "member_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    referrer_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"))
    state: Mapped[ReferralState]
    at: Mapped[datetime]
    changed_at: Mapped[datetime]
    purchase_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    given: Mapped[dict[str, Any] | None] = mapped_column(default=None)


class MemberMessage(Base):
    """A message that a member was sent, or that was withheld because there had been enough."""

    __tablename__ = "member_messages"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_positive"),
        Index("ix_member_messages_at", "member_id", "channel", "at"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    message: Mapped[str]
    channel: Mapped[str] = mapped_column(Id)
    status: Mapped[WriteState]
    cause: Mapped[str]
    at: Mapped[datetime]


for _model in (MemberEvent, MemberMessage):
    append_only(_model.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
