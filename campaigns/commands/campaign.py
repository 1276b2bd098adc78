"""Drafting, scheduling, pausing and ending campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaigns.commands.occurrence import plan_occurrence
from campaigns.document import (
    CampaignDocument,
    DocumentReading,
    Fault,
    digest,
    name_faults,
    read_campaign,
)
from campaigns.errors import (
    CampaignNameTaken,
    CampaignNotOpen,
    CampaignRefused,
    CampaignStale,
    ScheduleTooEarly,
    UnknownCampaign,
)
from campaigns.models import Campaign, CampaignVersion
from campaigns.timing import to_utc
from campaigns.values import CampaignId, CampaignState, OccurrenceId
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx


@dataclass(frozen=True, slots=True)
class CampaignSaved:
    """The answer to a change: send ``revision`` with the next one."""

    campaign_id: CampaignId
    revision: int
    state: CampaignState


@dataclass(frozen=True, slots=True)
class CampaignScheduled:
    """The answer to scheduling: which version will be sent, and when it starts."""

    campaign_id: CampaignId
    revision: int
    version: int
    occurrence_id: OccurrenceId
    due_at: datetime


def draft_campaign(tx: Tx, *, name: str, document: Mapping[str, Any]) -> CampaignSaved:
    """Save a new campaign as a draft. Nothing is sent before it is scheduled.

    Raises:
        CampaignRefused: a text or the audience has mistakes; each is named.
        CampaignNameTaken: another campaign has this name.
    """
    reading = _read(name, document)
    campaign = Campaign(
        id=CampaignId(tx.new_id("cmp")),
        name=name.strip(),
        document=reading.document.document(),
        created_at=tx.now,
        created_by=tx.actor,
        changed_at=tx.now,
        changed_by=tx.actor,
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(campaign)
    except IntegrityError as error:
        raise CampaignNameTaken(name.strip()) from error
    return _saved(campaign)


def update_campaign(
    tx: Tx, *, campaign_id: CampaignId, revision: int, name: str, document: Mapping[str, Any]
) -> CampaignSaved:
    """Change a draft that was read at ``revision``.

    Raises:
        UnknownCampaign: there is none with this id.
        CampaignStale: somebody changed it since; nothing was overwritten.
        CampaignNotOpen: it is no draft any more.
        CampaignRefused: a text or the audience has mistakes.
        CampaignNameTaken: another campaign has this name.
    """
    campaign = _lock(tx, campaign_id, revision)
    _must_be(campaign, CampaignState.DRAFT)
    reading = _read(name, document)
    campaign.name = name.strip()
    campaign.document = reading.document.document()
    try:
        with tx.session.begin_nested():
            _touch(tx, campaign)
            tx.session.flush()
    except IntegrityError as error:
        raise CampaignNameTaken(name.strip()) from error
    return _saved(campaign)


def copy_campaign(tx: Tx, *, campaign_id: CampaignId, name: str) -> CampaignSaved:
    """Draft a campaign with the words and the audience of another, without its date.

    Raises:
        UnknownCampaign: there is none with this id.
        CampaignNameTaken: another campaign has this name.
    """
    campaign = tx.session.get(Campaign, campaign_id)
    if campaign is None:
        raise UnknownCampaign(campaign_id)
    return draft_campaign(tx, name=name, document={**campaign.document, "schedule": {}})


def schedule_campaign(
    tx: Tx, *, campaign_id: CampaignId, revision: int, zone: str
) -> CampaignScheduled:
    """Fix the words of a draft as a version and plan its run at its local time in ``zone``.

    Raises:
        UnknownCampaign: there is none with this id.
        CampaignStale: somebody changed it since; what you saw is not what would be sent.
        CampaignNotOpen: it is no draft any more.
        CampaignRefused: something is missing or wrong; each gap is named.
        ScheduleTooEarly: the local time has passed.
    """
    campaign = _lock(tx, campaign_id, revision)
    _must_be(campaign, CampaignState.DRAFT)
    reading = read_campaign(campaign.document)
    _refuse([*reading.faults, *reading.gaps])
    due_at = _due_at(reading.document, zone)
    if due_at <= tx.now:
        raise ScheduleTooEarly(due_at)
    campaign.version += 1
    campaign.state = CampaignState.SCHEDULED
    _touch(tx, campaign)
    tx.session.add(
        CampaignVersion(
            campaign_id=campaign.id,
            number=campaign.version,
            document=campaign.document,
            digest=digest(campaign.document),
            scheduled_at=tx.now,
            scheduled_by=tx.actor,
        )
    )
    tx.session.flush()
    occurrence_id = plan_occurrence(tx, campaign=campaign, zone=zone)
    _audit(tx, campaign, "campaign.schedule")
    return CampaignScheduled(
        campaign.id, campaign.revision, campaign.version, occurrence_id, due_at
    )


def pause_campaign(tx: Tx, *, campaign_id: CampaignId) -> CampaignSaved:
    """Stop sending until it is resumed; what is being handed over this second still leaves.

    Pausing a paused campaign changes nothing.

    Raises:
        UnknownCampaign: there is none with this id.
        CampaignNotOpen: it is a draft, or over.
    """
    return _move(tx, campaign_id, CampaignState.SCHEDULED, CampaignState.PAUSED, "pause")


def resume_campaign(tx: Tx, *, campaign_id: CampaignId) -> CampaignSaved:
    """Go on where a paused campaign stopped; nobody gets a message twice.

    Resuming a scheduled campaign changes nothing.

    Raises:
        UnknownCampaign: there is none with this id.
        CampaignNotOpen: it is a draft, or over.
    """
    return _move(tx, campaign_id, CampaignState.PAUSED, CampaignState.SCHEDULED, "resume")


def cancel_campaign(tx: Tx, *, campaign_id: CampaignId) -> CampaignSaved:
    """End a campaign for good. What was not handed over stays unsent; repeating changes nothing.

    Raises:
        UnknownCampaign: there is none with this id.
        CampaignNotOpen: it is finished: everything has been sent.
    """
    campaign = _lock(tx, campaign_id, None)
    if campaign.state is CampaignState.CANCELLED:
        return _saved(campaign)
    _must_be(campaign, CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.PAUSED)
    campaign.state = CampaignState.CANCELLED
    _touch(tx, campaign)
    _audit(tx, campaign, "campaign.cancel")
    return _saved(campaign)


def _read(name: str, document: Mapping[str, Any]) -> DocumentReading:
    """Read a document for saving.

    Raises:
        CampaignRefused: it has faults, or the name cannot be one.
    """
    reading = read_campaign(document)
    _refuse([*name_faults(name), *reading.faults])
    return reading


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise CampaignRefused([fault.facts() for fault in faults])


def _due_at(document: CampaignDocument, zone: str) -> datetime:
    starts = document.starts()
    assert starts is not None, "a document without a start has a gap"
    return to_utc(starts, zone)


def _lock(tx: Tx, campaign_id: CampaignId, revision: int | None) -> Campaign:
    """Return the campaign, held until the transaction ends, if nobody changed it meanwhile."""
    campaign = tx.session.scalars(
        select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    ).one_or_none()
    if campaign is None:
        raise UnknownCampaign(campaign_id)
    if revision is not None and campaign.revision != revision:
        raise CampaignStale(campaign_id, campaign.revision)
    return campaign


def _must_be(campaign: Campaign, *states: CampaignState) -> None:
    if campaign.state not in states:
        raise CampaignNotOpen(campaign.id, campaign.state)


def _move(
    tx: Tx, campaign_id: CampaignId, before: CampaignState, after: CampaignState, verb: str
) -> CampaignSaved:
    campaign = _lock(tx, campaign_id, None)
    if campaign.state is after:
        return _saved(campaign)
    _must_be(campaign, before)
    campaign.state = after
    _touch(tx, campaign)
    _audit(tx, campaign, f"campaign.{verb}")
    return _saved(campaign)


def _touch(tx: Tx, campaign: Campaign) -> None:
    campaign.revision += 1
    campaign.changed_at = tx.now
    campaign.changed_by = tx.actor


def _audit(tx: Tx, campaign: Campaign, action: str) -> None:
    details = {"version": campaign.version, "revision": campaign.revision}
    record_audit(tx, action=action, subject=campaign.id, details=details)


def _saved(campaign: Campaign) -> CampaignSaved:
    return CampaignSaved(campaign.id, campaign.revision, campaign.state)
