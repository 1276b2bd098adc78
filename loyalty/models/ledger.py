"""The ledger: wallets, postings, and the lots and holds behind a balance.

A posting is one row that names both sides: the member's wallet and the contra account. So the
books balance by construction and no programme-wide row is written by every purchase.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import HoldId, MemberId, ProgrammeVersionId, PurchaseId
from loyalty.words import Contra, HoldState, PostingKind

_BOUGHT = text("purchase_id IS NOT NULL")


class Wallet(Base):
    """What a member holds of one unit: the running totals of her postings.

    They repeat what the postings say so that a till can read one row; ``loyalty verify`` proves
    that they agree. ``head`` is the seal of the last posting. ``floor`` is the lowest that
    ``balance - held`` may reach; empty sets no limit. ``active_on`` is the latest day on which the
    member did something, for wallets that are cleared when nothing happens.
    """

    __tablename__ = "wallets"
    __table_args__ = (
        CheckConstraint("floor IS NULL OR balance - held >= floor", name="above_floor"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("seq >= 0", name="seq_not_negative"),
        {"postgresql_with": {"fillfactor": 60}},
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(Id, primary_key=True)
    head: Mapped[str]
    balance: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    lifetime_earned: Mapped[int] = mapped_column(default=0)
    lifetime_spent: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    floor: Mapped[int | None] = mapped_column(default=0)
    active_on: Mapped[date | None] = mapped_column(default=None)


class Posting(Base):
    """One movement of points. Never changed, never deleted; a correction is another posting.

    ``balance`` is the wallet's after it. ``source`` names the cause: one cause moves points once.
    A grant into a single lot names it in ``lot_*``; what was taken stands in ``takes``.
    """

    __tablename__ = "postings"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "unit"], ["wallets.member_id", "wallets.unit"]),
        UniqueConstraint("member_id", "source"),
        CheckConstraint("points <> 0", name="moves_something"),
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("lot_on IS NULL OR lot_hi > lot_lo", name="lot_not_empty"),
        Index(
            "ix_postings_purchase",
            "member_id",
            "purchase_id",
            postgresql_where=_BOUGHT,
            sqlite_where=_BOUGHT,
        ),
        Index("ix_postings_posted_at", "posted_at"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PostingKind]
    contra: Mapped[Contra]
    points: Mapped[int]
    balance: Mapped[int]
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    programme_version_id: Mapped[ProgrammeVersionId] = mapped_column(Id)
    reasons: Mapped[list[Any]]
    occurred_at: Mapped[datetime]
    posted_at: Mapped[datetime]
    hash: Mapped[str]
    lot_on: Mapped[date | None] = mapped_column(default=None)
    lot_no: Mapped[int | None] = mapped_column(default=None)
    lot_lo: Mapped[int | None] = mapped_column(default=None)
    lot_hi: Mapped[int | None] = mapped_column(default=None)
    reverses_seq: Mapped[int | None] = mapped_column(default=None)
    purchase_id: Mapped[PurchaseId | None] = mapped_column(Id, default=None)


class Lot(Base):
    """The points of a member that expire on one day: two counters that only grow.

    ``lot_no`` 0 is the pool of the day. In a wallet that is used in the order of earning each
    grant has a lot of its own, numbered after its posting, with the instant of earning.
    """

    __tablename__ = "lots"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "unit"], ["wallets.member_id", "wallets.unit"]),
        CheckConstraint("0 <= consumed AND consumed <= granted", name="within_grant"),
        Index("ix_lots_expires_on", "expires_on", "member_id"),
        {"postgresql_with": {"fillfactor": 60}},
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Id, primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    granted: Mapped[int]
    lot_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    consumed: Mapped[int] = mapped_column(default=0)
    earned_at: Mapped[datetime | None] = mapped_column(default=None)


class Take(Base):
    """The stretch of a lot that a posting took."""

    __tablename__ = "takes"
    __table_args__ = (
        CheckConstraint("0 <= lo AND lo < hi", name="not_empty"),
        UniqueConstraint("member_id", "unit", "expires_on", "lot_no", "lo"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    lo: Mapped[int]
    hi: Mapped[int]
    lot_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)


class Give(Base):
    """The stretch of a lot that a posting granted, when it granted into more than one.

    ``earned_at`` says when the points were earned, when that was not when the posting's cause
    occurred: they came from another member, or had waited.
    """

    __tablename__ = "gives"
    __table_args__ = (
        CheckConstraint("0 <= lo AND lo < hi", name="not_empty"),
        UniqueConstraint("member_id", "unit", "expires_on", "lot_no", "lo"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    lo: Mapped[int]
    hi: Mapped[int]
    lot_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)
    earned_at: Mapped[datetime | None] = mapped_column(default=None)


class Hold(Base):
    """Points kept back for a while. It ends once: captured, released or expired."""

    __tablename__ = "holds"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "unit"], ["wallets.member_id", "wallets.unit"]),
        UniqueConstraint("member_id", "source"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("0 <= captured AND captured <= points", name="captured_within"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ends_once"),
        Index("ix_holds_open", "state", "expires_at"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    id: Mapped[HoldId] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Id)
    points: Mapped[int]
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    captured: Mapped[int] = mapped_column(default=0)
    state: Mapped[HoldState] = mapped_column(default=HoldState.OPEN)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


for _table in (Posting, Take, Give):
    append_only(_table.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
