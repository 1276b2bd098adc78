"""Campaigns as lists and pages show them, and what became of their audiences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from campaigns.document import CampaignDocument, read_campaign
from campaigns.errors import UnknownCampaign
from campaigns.models import Campaign, CampaignVersion, Message, Occurrence
from campaigns.values import (
    CampaignId,
    CampaignState,
    Channel,
    MessageState,
    OccurrenceId,
    OccurrenceState,
    Reason,
    Results,
)
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page

SENT = (MessageState.HANDED_OVER, MessageState.DELIVERED, MessageState.BOUNCED)
PENDING = (MessageState.PLANNED, MessageState.LEASED, MessageState.UNCERTAIN)
SKIPPED = (MessageState.SKIPPED, MessageState.CANCELLED)
GROUPS = {
    "sent": SENT,
    "pending": PENDING,
    "skipped": SKIPPED,
    "failed": (MessageState.FAILED,),
}
"""The four ends that add up to an audience, and the states behind each."""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in a list. ``due_at`` is the start of its latest run."""

    campaign_id: CampaignId
    name: str
    state: CampaignState
    channels: tuple[Channel, ...]
    changed_at: datetime
    due_at: datetime | None
    audience: int


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    """One planned run of a campaign."""

    occurrence_id: OccurrenceId
    slot: str
    zone: str
    due_at: datetime
    state: OccurrenceState
    audience: int
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignDetail:
    """A campaign as its page shows it. ``document`` is what is sent, or the draft before that."""

    campaign_id: CampaignId
    name: str
    state: CampaignState
    revision: int
    version: int
    document: CampaignDocument
    created_at: datetime
    changed_at: datetime
    occurrences: tuple[OccurrenceRow, ...]


def list_campaigns(
    tx: Tx,
    *,
    state: CampaignState | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Page[CampaignRow]:
    """Return campaigns, newest first; ``after`` is the last id of the page before."""
    statement = _listed().order_by(Campaign.id.desc()).limit(limit + 1)
    if state is not None:
        statement = statement.where(Campaign.state == state)
    if after is not None:
        statement = statement.where(Campaign.id < after)
    rows = tx.run(statement).all()
    items = tuple(_row(row) for row in rows[:limit])
    return Page(items, items[-1].campaign_id if len(rows) > limit else None)


def campaign_detail(tx: Tx, campaign_id: CampaignId) -> CampaignDetail:
    """Return a campaign with its runs.

    Raises:
        UnknownCampaign: there is none with this id.
    """
    campaign = tx.session.get(Campaign, campaign_id)
    if campaign is None:
        raise UnknownCampaign(campaign_id)
    raw = campaign.document
    if campaign.version:
        raw = version_document(tx, campaign_id, campaign.version)
    runs = tx.run(
        select(
            Occurrence.id,
            Occurrence.slot,
            Occurrence.zone,
            Occurrence.due_at,
            Occurrence.state,
            Occurrence.audience,
            Occurrence.started_at,
            Occurrence.finished_at,
        )
        .where(Occurrence.campaign_id == campaign_id)
        .order_by(Occurrence.due_at.desc())
    )
    return CampaignDetail(
        campaign_id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        revision=campaign.revision,
        version=campaign.version,
        document=read_campaign(raw).document,
        created_at=campaign.created_at,
        changed_at=campaign.changed_at,
        occurrences=tuple(OccurrenceRow(*row) for row in runs),
    )


def version_document(tx: Tx, campaign_id: str, number: int) -> dict[str, Any]:
    """Return what was scheduled as version ``number``, word for word."""
    document: dict[str, Any] = tx.run(
        select(CampaignVersion.document).where(
            CampaignVersion.campaign_id == campaign_id, CampaignVersion.number == number
        )
    ).scalar_one()
    return document


def campaign_results(tx: Tx, campaign_id: CampaignId) -> tuple[Results, ...]:
    """Return what became of every message of a campaign, channel by channel.

    At every moment audience = sent + skipped + failed + pending, because all five are counted in
    one look at the same rows.
    """
    rows = tx.run(
        select(Message.channel, Message.state, Message.reason, func.count().label("many"))
        .where(Message.campaign_id == campaign_id)
        .where(Message.occurrence_id.in_(_runs(campaign_id)))
        .group_by(Message.channel, Message.state, Message.reason)
    ).all()
    channels = sorted({row.channel for row in rows})
    return tuple(
        _results(channel, [r for r in rows if r.channel is channel]) for channel in channels
    )


def _runs(campaign_id: CampaignId) -> Select[OccurrenceId]:
    return select(Occurrence.id).where(Occurrence.campaign_id == campaign_id)


def _results(channel: Channel, rows: Iterable[Any]) -> Results:
    """Add up the counts of one channel."""
    sent = skipped = failed = pending = uncertain = 0
    skipped_by: dict[Reason, int] = {}
    failed_by: dict[Reason, int] = {}
    for row in rows:
        if row.state in SENT:
            sent += row.many
        elif row.state in SKIPPED:
            skipped += row.many
            skipped_by[row.reason] = skipped_by.get(row.reason, 0) + row.many
        elif row.state is MessageState.FAILED:
            failed += row.many
            failed_by[row.reason] = failed_by.get(row.reason, 0) + row.many
        else:
            pending += row.many
            uncertain += row.many if row.state is MessageState.UNCERTAIN else 0
    audience = sent + skipped + failed + pending
    return Results(
        channel, audience, sent, skipped, failed, pending, uncertain, skipped_by, failed_by
    )


def _listed() -> Select[Any]:
    latest = (
        select(func.max(Occurrence.due_at))
        .where(Occurrence.campaign_id == Campaign.id)
        .correlate(Campaign)
        .scalar_subquery()
    )
    audience = (
        select(func.coalesce(func.sum(Occurrence.audience), 0))
        .where(Occurrence.campaign_id == Campaign.id)
        .correlate(Campaign)
        .scalar_subquery()
    )
    return select(
        Campaign.id,
        Campaign.name,
        Campaign.state,
        Campaign.document,
        Campaign.changed_at,
        latest.label("due_at"),
        audience.label("audience"),
    )


def _row(row: Any) -> CampaignRow:
    return CampaignRow(
        campaign_id=row.id,
        name=row.name,
        state=row.state,
        channels=tuple(sorted(read_campaign(row.document).document.channels)),
        changed_at=row.changed_at,
        due_at=row.due_at,
        audience=int(row.audience),
    )
