"""Points that moved from one member's wallet to another's, and why they could."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import MemberId, MergeId, TransferId
from loyalty.words import TransferKind


class Transfer(Base):
    """Points that left ``member_id`` and reached ``to_member_id``, lot by lot with their expiry.

    ``seq_out`` and ``seq_in`` are the two postings; ``cause_id`` names the pool or merge.
    """

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("member_id", "source"),
        CheckConstraint("points > 0", name="moves_something"),
        CheckConstraint("member_id <> to_member_id", name="between_two"),
        Index("ix_transfers_to", "to_member_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    id: Mapped[TransferId] = mapped_column(Id, primary_key=True)
    kind: Mapped[TransferKind]
    to_member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"))
    unit: Mapped[str] = mapped_column(Id)
    points: Mapped[int]
    seq_out: Mapped[int]
    seq_in: Mapped[int]
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    at: Mapped[datetime]
    moved_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    cause_id: Mapped[str] = mapped_column(Id, default="")


class PoolMember(Base):
    """A member's time in a pool. The pool is a membership without a person, with wallets."""

    __tablename__ = "pool_members"
    __table_args__ = (
        CheckConstraint("member_id <> pool_id", name="a_person"),
        Index(
            "uq_pool_members_now",
            "member_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
            sqlite_where=text("left_at IS NULL"),
        ),
        Index("ix_pool_members_pool", "pool_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    pool_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(primary_key=True)
    owner: Mapped[bool]
    left_at: Mapped[datetime | None] = mapped_column(default=None)


class Merge(Base):
    """Two memberships of one person made one; ``before`` is how both stood, to undo it."""

    __tablename__ = "merges"
    __table_args__ = (
        UniqueConstraint("member_id", "source"),
        CheckConstraint("member_id <> other_id", name="two_members"),
        Index("ix_merges_other", "other_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    id: Mapped[MergeId] = mapped_column(Id, primary_key=True)
    other_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"))
    source: Mapped[str] = mapped_column(Id)
    request_hash: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Id)
    before: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by: Mapped[str | None] = mapped_column(Id, default=None)


class MergeCredit(Base):
    """What a merge, or its undoing, added to a member's credits; negative where it took.

    ``period`` is a window of tier credit; the empty one stands for the spend and the vouchers of
    the voucher book.
    """

    __tablename__ = "merge_credits"

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    merge_id: Mapped[MergeId] = mapped_column(Id, primary_key=True)
    period: Mapped[str] = mapped_column(Id, primary_key=True)
    undoing: Mapped[bool] = mapped_column(primary_key=True)
    spend_minor: Mapped[int] = mapped_column(default=0)
    earned: Mapped[int] = mapped_column(default=0)
    visits: Mapped[int] = mapped_column(default=0)
    vouchers: Mapped[int] = mapped_column(default=0)


class MergedThing(Base):
    """A card or voucher that a merge moved to the member who stays."""

    __tablename__ = "merged_things"

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    merge_id: Mapped[MergeId] = mapped_column(Id, primary_key=True)
    thing_id: Mapped[str] = mapped_column(Id, primary_key=True)


for _table in (Transfer, MergeCredit, MergedThing):
    append_only(_table.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
