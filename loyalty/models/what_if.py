"""Purchases replayed under a draft of the programme: what was asked, how far it is, what came."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import DraftId, ProgrammeVersionId


class WhatIfRun(Base):
    """One replay. ``document`` is the draft as it was then, ``version_id`` the rules in force.

    ``cursor`` is the last member who was replayed and ``tally`` what everybody so far came to, so
    that a run goes on where it was stopped. ``outcome`` is there once it has finished.
    """

    __tablename__ = "what_if_runs"
    __table_args__ = (CheckConstraint("first_on <= last_on", name="first_before_last"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    version_id: Mapped[ProgrammeVersionId] = mapped_column(Id)
    first_on: Mapped[date]
    last_on: Mapped[date]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    draft_id: Mapped[DraftId | None] = mapped_column(Id, default=None)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    worked_ms: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[str] = mapped_column(default="")
    tally: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
