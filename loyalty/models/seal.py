"""Seals: once a day one hash stands for every posting made so far."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import MemberId


class SealDay(Base):
    """A day that was sealed: the root over its leaves, chained to the day before.

    ``records_root`` stands for the records of ``books``, whose rows it holds as well; it is empty
    in a day of before rows were sealed. Sealing began at ``begun_at``.
    """

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
    begun_at: Mapped[datetime | None] = mapped_column(default=None)
    records: Mapped[int] = mapped_column(default=0, server_default="0")
    records_root: Mapped[str] = mapped_column(default="", server_default=text("''"))
    books: Mapped[str] = mapped_column(default="", server_default=text("''"))


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


class SealRecord(Base):
    """A row of a book as it was sealed, with the rows that hang on it.

    ``owner`` and ``item`` are its key; ``marks`` begin the hashes of the single rows, so that the
    one that was touched can be named; ``state`` is what of it may move later. ``upto`` counts the
    postings whose places in lots are sealed so far, where the record is of a wallet.
    """

    __tablename__ = "seal_records"
    __table_args__ = (Index("ix_seal_records_number", "number", "book", "owner", "item"),)

    book: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(Id, primary_key=True)
    item: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    marks: Mapped[str]
    state: Mapped[str]
    upto: Mapped[int] = mapped_column(default=0)


class SealRun(Base):
    """A seal that was begun: how far it has come. It is gone when the day is closed.

    ``stage`` is the book at which it is, ``after`` the last owner who was looked at. Its row is
    what two servers that seal at once queue for.
    """

    __tablename__ = "seal_runs"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(Id, default="")
    after: Mapped[str] = mapped_column(Id, default="")


for _table in (SealDay, SealLeaf, SealRecord):
    append_only(_table.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
