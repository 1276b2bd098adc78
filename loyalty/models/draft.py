"""A programme while it is being written, before it becomes a version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import DraftId, ProgrammeVersionId


class ProgrammeDraft(Base):
    """The text as somebody wrote it, comments and worked examples included.

    ``text_hash`` is its digest. What was proven, approved and published names the digest of the
    text that it was said of, so that a later change takes it back by itself.
    """

    __tablename__ = "programme_drafts"
    __table_args__ = (
        CheckConstraint("proven_failed >= 0 AND proven_passed >= 0", name="counts_not_negative"),
    )

    id: Mapped[DraftId] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    text: Mapped[str]
    text_hash: Mapped[str]
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    proven_hash: Mapped[str] = mapped_column(default="")
    proven_passed: Mapped[int] = mapped_column(default=0)
    proven_failed: Mapped[int] = mapped_column(default=0)
    approved_hash: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    version_id: Mapped[ProgrammeVersionId | None] = mapped_column(Id, default=None)
