"""Campaigns, what exactly was scheduled, and the runs that were planned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.values import CampaignId, CampaignState, OccurrenceId, OccurrenceState
from loyalty.kernel.db import Base, Id, append_only


class Campaign(Base):
    """A campaign. ``document`` is the draft; what is sent is a version, which never changes.

    ``revision`` grows with each change: an editor that started from an older one is refused.
    """

    __tablename__ = "campaigns"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("revision > 0", name="revision_positive"),
        CheckConstraint("version >= 0", name="version_not_negative"),
        Index("ix_campaigns_state", "state", "id"),
    )

    id: Mapped[CampaignId] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    state: Mapped[CampaignState] = mapped_column(default=CampaignState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=0)
    """The version that is sent; 0 while nothing was scheduled."""


class CampaignVersion(Base):
    """What was scheduled, word for word. ``digest`` is the SHA-256 of the canonical document."""

    __tablename__ = "campaign_versions"

    campaign_id: Mapped[CampaignId] = mapped_column(
        Id, ForeignKey("campaigns.id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    digest: Mapped[str]
    scheduled_at: Mapped[datetime]
    scheduled_by: Mapped[str]


append_only(CampaignVersion.__table__)  # type: ignore[arg-type]  # declarative tables are Tables


class Occurrence(Base):
    """One planned run of a campaign. ``slot`` is its local wall time: it can be planned once.

    The audience is frozen in batches of members in the order of their ids; ``frozen_through`` is
    the last one taken, so that a run that was interrupted goes on where it stopped.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        UniqueConstraint("campaign_id", "slot"),
        ForeignKeyConstraint(
            ["campaign_id", "version"],
            ["campaign_versions.campaign_id", "campaign_versions.number"],
        ),
        Index("ix_occurrences_state", "state", "due_at"),
    )

    id: Mapped[OccurrenceId] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(Id, ForeignKey("campaigns.id"))
    slot: Mapped[str]
    version: Mapped[int]
    zone: Mapped[str]
    due_at: Mapped[datetime]
    latest_start_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[OccurrenceState] = mapped_column(default=OccurrenceState.PLANNED)
    frozen_through: Mapped[str] = mapped_column(Id, default="")
    audience: Mapped[int] = mapped_column(default=0)
    """Members taken into the audience so far; final once the state is past ``freezing``."""
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
