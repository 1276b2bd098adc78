"""Tiers: what counts, where a member stands, and how she came there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import NO_TIER, MemberId


class TierCredit(Base):
    """What a member did in one window (a calendar year: ``2026``): spend, visits, the last day.

    Returns lower the spend; a visit stays a visit.
    """

    __tablename__ = "tier_credits"
    __table_args__ = (CheckConstraint("visits >= 0", name="visits_not_negative"),)

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    period: Mapped[str] = mapped_column(Id, primary_key=True)
    spend_minor: Mapped[int]
    visits: Mapped[int]
    last_on: Mapped[date]


class TierStanding(Base):
    """The level of a member.

    ``kept_level`` is what an earlier window secured, until ``kept_until`` inclusive;
    ``assigned_level`` what staff gave as a floor. ``level`` is the highest of these and of what
    this window's spend deserves; the credits prove it.
    """

    __tablename__ = "tier_standings"
    __table_args__ = (
        CheckConstraint("(kept_level = 'none') = (kept_until IS NULL)", name="kept_has_end"),
        Index("ix_tier_standings_level", "level", "member_id"),
        Index("ix_tier_standings_reviewed", "reviewed_period", "member_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    level: Mapped[str] = mapped_column(Id)
    since_at: Mapped[datetime]
    reviewed_period: Mapped[str] = mapped_column(Id)
    """The window for which ``level`` was last worked out; an older one awaits its review."""
    kept_level: Mapped[str] = mapped_column(Id, default=NO_TIER)
    kept_until: Mapped[date | None] = mapped_column(default=None)
    assigned_level: Mapped[str] = mapped_column(Id, default=NO_TIER)
    assigned_until: Mapped[date | None] = mapped_column(default=None)


class TierChange(Base):
    """One step up or down, and its cause."""

    __tablename__ = "tier_changes"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("from_level <> to_level", name="moves"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    from_level: Mapped[str] = mapped_column(Id)
    to_level: Mapped[str] = mapped_column(Id)
    cause: Mapped[str]
    at: Mapped[datetime]


append_only(TierChange.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
