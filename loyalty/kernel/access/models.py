"""Staff, terminals and sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.db.base import Base, Id


class StaffState(StrEnum):
    """Whether somebody still works here."""

    ACTIVE = "active"
    LEFT = "left"


class TerminalState(StrEnum):
    """Whether a till may talk to us."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Staff(Base):
    """A person who works with the programme.

    ``email_key`` is the address in the form in which it is compared. ``pin_hash`` is worth
    nothing away from an enrolled till. ``store_id`` limits a cashier or manager to one store.
    """

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    role: Mapped[Role]
    created_at: Mapped[datetime]
    email: Mapped[str | None] = mapped_column(default=None)
    email_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    store_id: Mapped[str | None] = mapped_column(default=None)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    pin_hash: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str] = mapped_column(default="fr")
    state: Mapped[StaffState] = mapped_column(default=StaffState.ACTIVE)


class Terminal(Base):
    """A till. ``key_number`` grows when its signing key is renewed; the key itself is derived.

    While ``INVITED``, ``code_hash`` is the digest of the one-time enrolment code and
    ``code_until`` the instant at which it lapses.
    """

    __tablename__ = "terminals"
    __table_args__ = (
        CheckConstraint("key_number >= 1", name="key_number_positive"),
        Index("uq_terminals_place", "store_id", "till", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    store_id: Mapped[str]
    till: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[TerminalState] = mapped_column(default=TerminalState.INVITED)
    key_number: Mapped[int] = mapped_column(default=1)
    code_hash: Mapped[str | None] = mapped_column(default=None)
    code_until: Mapped[datetime | None] = mapped_column(default=None)


class AccessSession(Base):
    """A sign-in that lasts. Only the digest of its token is stored; deleting the row ends it.

    ``operator_id`` is the cashier signed in on a till's session; ``operator_until`` ends the shift.
    """

    __tablename__ = "access_sessions"
    __table_args__ = (Index("ix_access_sessions_subject", "kind", "subject_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[PrincipalKind]
    subject_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    operator_id: Mapped[str | None] = mapped_column(Id, default=None)
    operator_until: Mapped[datetime | None] = mapped_column(default=None)


class SpentToken(Base):
    """A one-time link or nonce that has been used; kept until it would have expired anyway."""

    __tablename__ = "spent_tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
