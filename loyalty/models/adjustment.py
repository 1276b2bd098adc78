"""Adjustments of wallets by staff, and how much each of them has adjusted."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import AdjustmentId, AdjustmentState, MemberId


class Adjustment(Base):
    """Points that somebody of the staff gave or took, with the reason.

    Above the programme's limit a second person decides: never the one who asked.
    """

    __tablename__ = "adjustments"
    __table_args__ = (
        UniqueConstraint("member_id", "source"),
        CheckConstraint("points <> 0", name="moves_something"),
        CheckConstraint("decided_by <> requested_by", name="two_people"),
        CheckConstraint("(state = 'posted') = (posting_seq IS NOT NULL)", name="posted_once"),
        Index("ix_adjustments_state", "state", "requested_at"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    id: Mapped[AdjustmentId] = mapped_column(Id, primary_key=True)
    state: Mapped[AdjustmentState]
    wallet: Mapped[str] = mapped_column(Id)
    points: Mapped[int]
    reason: Mapped[str]
    role: Mapped[str] = mapped_column(Id)
    needs_second: Mapped[bool]
    requested_by: Mapped[str] = mapped_column(Id)
    requested_at: Mapped[datetime]
    requested_on: Mapped[date]
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    expires_on: Mapped[date | None] = mapped_column(default=None)
    decided_by: Mapped[str | None] = mapped_column(Id, default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    posting_seq: Mapped[int | None] = mapped_column(default=None)


class AdjustmentDay(Base):
    """How many points one person adjusted on a local day, what waits for a decision included.

    It is the last row that an adjustment touches; adjustments by one person queue here.
    """

    __tablename__ = "adjustment_days"
    __table_args__ = (CheckConstraint("used >= 0", name="used_not_negative"),)

    actor: Mapped[str] = mapped_column(Id, primary_key=True)
    adjusted_on: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]
