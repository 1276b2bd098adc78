"""Versions of the programme's document."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import ProgrammeVersionId


class VersionState(StrEnum):
    """How far a version has come. A published one never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class ProgrammeVersion(Base):
    """One version of a programme; the latest ``effective_from`` that has come is in force.

    ``default_wallet`` is the one that rules pay into when they name none. It follows from the
    order in which the document names its wallets, which a stored document forgets. Empty in a
    version of before this was kept: the wallet named points.
    """

    __tablename__ = "programme_versions"
    __table_args__ = (
        UniqueConstraint("programme", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[ProgrammeVersionId] = mapped_column(Id, primary_key=True)
    programme: Mapped[str]
    number: Mapped[int]
    state: Mapped[VersionState]
    effective_from: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by: Mapped[str | None] = mapped_column(default=None)
    default_wallet: Mapped[str | None] = mapped_column(Id, default=None)
