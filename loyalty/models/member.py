"""Members, and apart from them the data that names a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import Channel, MemberId, MemberState, StoreId


class Member(Base):
    """A membership. The row stays when the person is erased, so that the books stay whole."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("source"),
        Index("ix_members_joined_on", "joined_on", "id"),
        Index("ix_members_last_contact_at", "last_contact_at", "id"),
    )

    id: Mapped[MemberId] = mapped_column(Id, primary_key=True)
    language: Mapped[str]
    joined_at: Mapped[datetime]
    joined_on: Mapped[date]
    channel: Mapped[Channel]
    last_contact_at: Mapped[datetime]
    state: Mapped[MemberState] = mapped_column(default=MemberState.ACTIVE)
    home_store_id: Mapped[StoreId | None] = mapped_column(Id, default=None)
    source: Mapped[str | None] = mapped_column(default=None)
    """The caller's key of the enrolment, so that a repeated request enrols once."""
    request_hash: Mapped[str | None] = mapped_column(default=None)


class MemberIdentity(Base):
    """Who a member is: the part that erasure deletes.

    ``*_key`` hold the form in which values are compared. Two members never share an address or a
    number: the constraint crosses members because one message must reach one person.
    """

    __tablename__ = "member_identities"
    __table_args__ = (
        UniqueConstraint("email_key"),
        UniqueConstraint("phone_key"),
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_has_key"),
        CheckConstraint("(phone IS NULL) = (phone_key IS NULL)", name="phone_has_key"),
        Index("ix_member_identities_given_key", "given_key", "member_id"),
        Index("ix_member_identities_family_key", "family_key", "member_id"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    given_name: Mapped[str]
    given_key: Mapped[str] = mapped_column(Id)
    family_name: Mapped[str] = mapped_column(default="")
    family_key: Mapped[str] = mapped_column(Id, default="")
    email: Mapped[str | None] = mapped_column(default=None)
    email_key: Mapped[str | None] = mapped_column(Id, default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    phone_key: Mapped[str | None] = mapped_column(Id, default=None)
    born_on: Mapped[date | None] = mapped_column(default=None)


class RetentionWarning(Base):
    """A member was told that her data will be erased unless she is in touch again."""

    __tablename__ = "retention_warnings"

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    warned_at: Mapped[datetime]
