"""Steps of challenges that members have reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import MemberId


class ChallengeAward(Base):
    """A step of a challenge that was reached in a window, and what was given for it.

    It may be lost by a return and reached again: ``turns`` counts how often, ``stands`` tells
    whether it does now.
    """

    __tablename__ = "challenge_awards"
    __table_args__ = (CheckConstraint("turns > 0", name="turns_positive"),)

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    challenge: Mapped[str] = mapped_column(Id, primary_key=True)
    period: Mapped[str] = mapped_column(Id, primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    nth: Mapped[int] = mapped_column(primary_key=True)
    stands: Mapped[bool]
    turns: Mapped[int]
    points: Mapped[int]
    wallet: Mapped[str] = mapped_column(Id)
    badge: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]
