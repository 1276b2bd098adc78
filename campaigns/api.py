"""``/api/v1/campaigns``: campaigns for staff and for the retailer's own tools."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from campaigns.commands import (
    CampaignSaved,
    CampaignScheduled,
    cancel_campaign,
    draft_campaign,
    pause_campaign,
    resume_campaign,
    schedule_campaign,
    update_campaign,
)
from campaigns.errors import (
    CampaignNameTaken,
    CampaignNotOpen,
    CampaignRefused,
    CampaignStale,
    ScheduleTooEarly,
    UnknownCampaign,
)
from campaigns.queries import (
    CampaignDetail,
    campaign_detail,
    campaign_results,
    list_campaigns,
    recipients,
)
from campaigns.queries.campaign import GROUPS
from campaigns.schemas import (
    CampaignChangeIn,
    CampaignIn,
    CampaignMessageQuery,
    CampaignMessagesOut,
    CampaignOut,
    CampaignQuery,
    CampaignResultListOut,
    CampaignSavedOut,
    CampaignScheduledOut,
    CampaignScheduleIn,
    CampaignsOut,
    CampaignStateIn,
)
from campaigns.values import CampaignId
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.problems import InvalidInput
from loyalty.kernel.values import Page
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, runtime
from loyalty.kernel.web.paging import read_cursor, write_cursor

blueprint = api_blueprint(
    "campaigns",
    prefix="/campaigns",
    description="Campaigns by e-mail and SMS: drafts, schedules, results.",
)
READERS = staff(Role.MARKETER, Role.ADMIN, Role.ANALYST, Role.AUDITOR, Role.DPO)
MAKERS = staff(Role.MARKETER, Role.ADMIN)
_MOVES = {"scheduled": resume_campaign, "paused": pause_campaign, "cancelled": cancel_campaign}


@blueprint.route("", methods=["GET"])
@allow(READERS)
@blueprint.arguments(CampaignQuery, location="query")
@blueprint.response(200, CampaignsOut)
def list_all(query: dict[str, Any]) -> Page[Any]:
    """List campaigns, the newest first."""
    with database().look(actor=current_actor()) as tx:
        return list_campaigns(tx, state=query["state"], after=query["after"], limit=query["limit"])


@blueprint.route("", methods=["POST"])
@allow(MAKERS)
@blueprint.arguments(CampaignIn)
@blueprint.response(201, CampaignSavedOut)
@refuses(blueprint, CampaignRefused, CampaignNameTaken)
def create(body: dict[str, Any]) -> CampaignSaved:
    """Save a new campaign as a draft. The name is its key: the same name twice is refused."""
    with database().begin(actor=current_actor()) as tx:
        return draft_campaign(tx, name=body["name"], document=body["document"])


@blueprint.route("/<campaign_id>", methods=["GET"])
@allow(READERS)
@blueprint.response(200, CampaignOut)
@refuses(blueprint, UnknownCampaign)
def show(campaign_id: str) -> dict[str, Any]:
    """Show a campaign and its runs."""
    with database().look(actor=current_actor()) as tx:
        detail: CampaignDetail = campaign_detail(tx, CampaignId(campaign_id))
    facts = {field: getattr(detail, field) for field in _SHOWN}
    return facts | {"document": detail.document.document()}


_SHOWN = ("campaign_id", "name", "state", "revision", "version", "occurrences")


@blueprint.route("/<campaign_id>", methods=["PUT"])
@allow(MAKERS)
@blueprint.arguments(CampaignChangeIn)
@blueprint.response(200, CampaignSavedOut)
@refuses(
    blueprint, UnknownCampaign, CampaignStale, CampaignNotOpen, CampaignRefused, CampaignNameTaken
)
def change(body: dict[str, Any], campaign_id: str) -> CampaignSaved:
    """Change a draft that was read at ``revision``."""
    with database().begin(actor=current_actor()) as tx:
        return update_campaign(
            tx,
            campaign_id=CampaignId(campaign_id),
            revision=body["revision"],
            name=body["name"],
            document=body["document"],
        )


@blueprint.route("/<campaign_id>/schedule", methods=["PUT"])
@allow(MAKERS)
@blueprint.arguments(CampaignScheduleIn)
@blueprint.response(200, CampaignScheduledOut)
@refuses(
    blueprint, UnknownCampaign, CampaignStale, CampaignNotOpen, CampaignRefused, ScheduleTooEarly
)
def schedule(body: dict[str, Any], campaign_id: str) -> CampaignScheduled:
    """Fix the words of a draft and send them at its local time."""
    with database().begin(actor=current_actor()) as tx:
        return schedule_campaign(
            tx,
            campaign_id=CampaignId(campaign_id),
            revision=body["revision"],
            zone=runtime().settings.zone,
        )


@blueprint.route("/<campaign_id>/state", methods=["PUT"])
@allow(MAKERS)
@blueprint.arguments(CampaignStateIn)
@blueprint.response(200, CampaignSavedOut)
@refuses(blueprint, UnknownCampaign, CampaignNotOpen)
def move(body: dict[str, Any], campaign_id: str) -> CampaignSaved:
    """Pause, resume or cancel a campaign. The state it has already changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return _MOVES[body["state"]](tx, campaign_id=CampaignId(campaign_id))


@blueprint.route("/<campaign_id>/results", methods=["GET"])
@allow(READERS)
@blueprint.response(200, CampaignResultListOut)
@refuses(blueprint, UnknownCampaign)
def results(campaign_id: str) -> dict[str, Any]:
    """Show what became of the audience, channel by channel."""
    with database().look(actor=current_actor()) as tx:
        campaign_detail(tx, CampaignId(campaign_id))
        found = campaign_results(tx, CampaignId(campaign_id))
    return {"items": [asdict(one) for one in found]}


@blueprint.route("/<campaign_id>/messages", methods=["GET"])
@allow(READERS)
@blueprint.arguments(CampaignMessageQuery, location="query")
@blueprint.response(200, CampaignMessagesOut)
@refuses(blueprint, UnknownCampaign, InvalidInput)
def messages(query: dict[str, Any], campaign_id: str) -> dict[str, Any]:
    """List the messages of a campaign with one outcome, member by member."""
    cursor: Any = read_cursor(query["after"], parts=3)
    with database().look(actor=current_actor()) as tx:
        campaign_detail(tx, CampaignId(campaign_id))
        page = recipients(
            tx,
            CampaignId(campaign_id),
            states=GROUPS[query["outcome"]],
            after=tuple(cursor) if cursor else None,
            limit=query["limit"],
        )
    return {"items": page.items, "after": write_cursor(*page.after) if page.after else None}
