"""Surveys, and what members answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import MemberId


class Survey(Base):
    """A survey as it was published; its questions never change. ``ends_on`` is included."""

    __tablename__ = "surveys"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    document: Mapped[dict[str, Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class SurveyAnswer(Base):
    """What a member answered, once. Erasing her empties ``answers`` but keeps the ``score``."""

    __tablename__ = "survey_answers"
    __table_args__ = (
        Index("ix_survey_answers_survey", "survey_id", "at"),
        CheckConstraint("score BETWEEN 0 AND 10", name="score_on_scale"),
    )

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    survey_id: Mapped[str] = mapped_column(Id, ForeignKey("surveys.id"), primary_key=True)
    answers: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    score: Mapped[int | None] = mapped_column(default=None)
