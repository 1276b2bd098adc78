"""Addresses that are not written to, whoever they belong to now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from campaigns.values import Channel, SuppressionReason
from loyalty.kernel.db import Base, Id


class Suppression(Base):
    """One address on one channel, by its keyed hash: the list itself names nobody.

    It outlives the member: an address that said STOP and is imported again stays silent. That is
    why its key crosses members. ``lifted_at`` ends it.
    """

    __tablename__ = "suppressions"

    channel: Mapped[Channel] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(Id, primary_key=True)
    reason: Mapped[SuppressionReason]
    source: Mapped[str]
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
