"""Tiers: what counts, where a member stands, and how she came there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import NO_TIER, MemberId


class TierCredit(Base):
    """What a member did in one period: spend, points issued, visits, the last day.

    A period is a calendar year (``2026``) or a day (``2026-03-06``), as the programme's windows
    need it. Returns lower the spend and the points; a visit stays a visit.
    """

    __tablename__ = "tier_credits"
    __table_args__ = (CheckConstraint("visits >= 0", name="visits_not_negative"),)

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    period: Mapped[str] = mapped_column(Id, primary_key=True)
    spend_minor: Mapped[int]
    earned: Mapped[int]
    visits: Mapped[int]
    last_on: Mapped[date]


class TierStanding(Base):
    """The level of a member, and what is remembered of how she came to it.

    ``loyalty.tiers.State`` says what the columns mean; the credits prove them. ``next_check_on``
    is the first day on which the level may change by itself; ``rule_key`` names the stairs by
    which it was settled.
    """

    __tablename__ = "tier_standings"
    __table_args__ = (
        CheckConstraint("(kept_level = 'none') = (kept_until IS NULL)", name="kept_has_end"),
        Index("ix_tier_standings_level", "level", "member_id"),
        Index("ix_tier_standings_next_check_on", "next_check_on", "member_id"),
        Index("ix_tier_standings_rule_key", "rule_key", "member_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    level: Mapped[str] = mapped_column(Id)
    since_at: Mapped[datetime]
    anchor_on: Mapped[date]
    reviewed_on: Mapped[date]
    rule_key: Mapped[str] = mapped_column(Id)
    own_level: Mapped[str] = mapped_column(Id)
    judged_first: Mapped[date | None] = mapped_column(default=None)
    judged_last: Mapped[date | None] = mapped_column(default=None)
    before_level: Mapped[str] = mapped_column(Id, default=NO_TIER)
    kept_level: Mapped[str] = mapped_column(Id, default=NO_TIER)
    kept_until: Mapped[date | None] = mapped_column(default=None)
    grace_level: Mapped[str] = mapped_column(Id, default=NO_TIER)
    grace_until: Mapped[date | None] = mapped_column(default=None)
    assigned_level: Mapped[str] = mapped_column(Id, default=NO_TIER)
    assigned_until: Mapped[date | None] = mapped_column(default=None)
    credits_from: Mapped[date | None] = mapped_column(default=None)
    next_check_on: Mapped[date | None] = mapped_column(default=None)


class TierOpening(Base):
    """Where a member stood when she was brought in from elsewhere, and what counted by then.

    ``period`` is where it was credited; ``purchases`` is how many she had made.
    """

    __tablename__ = "tier_openings"

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    period: Mapped[str] = mapped_column(Id)
    level: Mapped[str] = mapped_column(Id)
    spend_minor: Mapped[int]
    earned: Mapped[int]
    visits: Mapped[int]
    purchases: Mapped[int]
    at: Mapped[datetime]


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
append_only(TierOpening.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
