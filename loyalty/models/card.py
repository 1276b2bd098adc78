"""Cards. No code is stored: it is derived from the card's id with a key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import CardId, CardState, MemberId


class Card(Base):
    """A card of a member.

    ``lookup`` is the keyed hash of the code's letters: a stolen database prints no card. It is
    unique across members because a code names one card.
    """

    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("lookup"), UniqueConstraint("source"))

    member_id: Mapped[MemberId] = mapped_column(Id, ForeignKey("members.id"), primary_key=True)
    id: Mapped[CardId] = mapped_column(Id, primary_key=True)
    lookup: Mapped[str] = mapped_column(Id)
    issued_at: Mapped[datetime]
    state: Mapped[CardState] = mapped_column(default=CardState.ACTIVE)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    replaces_id: Mapped[CardId | None] = mapped_column(Id, default=None)
    source: Mapped[str | None] = mapped_column(default=None)
