"""Consents: every yes and no that a member said, with the words she read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id, append_only
from loyalty.values import Channel, MemberId, Purpose


class Consent(Base):
    """One answer. The last one for a purpose is in force; the others are the proof."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_current", "member_id", "purpose", "seq"),)

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose]
    channel: Mapped[Channel]
    granted: Mapped[bool]
    wording: Mapped[str]
    wording_version: Mapped[int]
    language: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]


append_only(Consent.__table__)  # type: ignore[arg-type]  # declarative tables are Tables
