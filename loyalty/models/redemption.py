"""What members spent points on, and how often each reward was claimed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import HoldId, MemberId, PurchaseId, RedemptionId, RedemptionState
from loyalty.words import RedemptionKind


class Redemption(Base):
    """Points that pay, or a reward that points bought.

    ``posting_seq`` is the posting of ``wallet`` that took the points; while they are held, the hold
    stands for it. ``value_minor`` is what they were worth.
    """

    __tablename__ = "redemptions"
    __table_args__ = (
        UniqueConstraint("member_id", "source"),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("claims >= 0", name="claims_not_negative"),
        CheckConstraint("(kind = 'reward') = (reward_id IS NOT NULL)", name="reward_is_named"),
        Index("ix_redemptions_purchase", "purchase_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    id: Mapped[RedemptionId] = mapped_column(Id, primary_key=True)
    kind: Mapped[RedemptionKind]
    state: Mapped[RedemptionState]
    wallet: Mapped[str] = mapped_column(Id)
    points: Mapped[int]
    value_minor: Mapped[int]
    claims: Mapped[int]
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    at: Mapped[datetime]
    reward_id: Mapped[str | None] = mapped_column(Id, default=None)
    hold_id: Mapped[HoldId | None] = mapped_column(Id, default=None)
    posting_seq: Mapped[int | None] = mapped_column(default=None)
    purchase_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class RewardCounter(Base):
    """How often a reward was claimed in one scope: of its stock, by a member, on a day.

    Programme-wide rows such as the stock are the last that a command touches: nobody waits for
    them longer than for a commit.
    """

    __tablename__ = "reward_counters"
    __table_args__ = (CheckConstraint("uses >= 0", name="uses_not_negative"),)

    reward_id: Mapped[str] = mapped_column(Id, primary_key=True)
    scope: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Id, primary_key=True)
    uses: Mapped[int]
