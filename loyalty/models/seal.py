"""Seals: once a day one hash stands for every posting made so far."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import MemberId


class SealDay(Base):
    """A day that was sealed: the root over its leaves, chained to the day before."""

    __tablename__ = "seal_days"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_on: Mapped[date]
    wallets: Mapped[int]
    postings: Mapped[int]
    root: Mapped[str]
    previous: Mapped[str]
    seal: Mapped[str]
    made_at: Mapped[datetime]


class SealLeaf(Base):
    """A wallet's postings from one seal to the next, by the head of the last one.

    Chosen by number, never by time: a transaction that commits late falls into the next seal.
    It refers to nobody: a wallet that vanished is found because its leaf is still there.
    """

    __tablename__ = "seal_leaves"
    __table_args__ = (
        CheckConstraint("0 < from_seq AND from_seq <= to_seq", name="not_empty"),
        Index("ix_seal_leaves_number", "number", "member_id", "unit"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    unit: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_seq: Mapped[int]
    to_seq: Mapped[int]
    head: Mapped[str]


for _table in (SealDay, SealLeaf):
    append_only(_table.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
