"""Reads of the campaigns package: they return frozen values, never rows."""

from __future__ import annotations

from campaigns.queries.audience import AudienceCount, count_audience, sample_audience
from campaigns.queries.campaign import (
    CampaignDetail,
    CampaignRow,
    OccurrenceRow,
    campaign_detail,
    campaign_results,
    list_campaigns,
    version_document,
)
from campaigns.queries.message import subscription_of
from campaigns.queries.preview import Preview, Terms, preview_campaign
from campaigns.queries.recipients import (
    AttemptRow,
    Recipient,
    RecipientPage,
    attempts_of,
    messages_of,
    recipients,
)
from campaigns.queries.standing import Rules
from campaigns.queries.work import (
    due_occurrences,
    due_work,
    leases_ended,
    plan_is_open,
    uncertain_messages,
)

__all__ = [
    "AttemptRow",
    "AudienceCount",
    "CampaignDetail",
    "CampaignRow",
    "OccurrenceRow",
    "Preview",
    "Recipient",
    "RecipientPage",
    "Rules",
    "Terms",
    "attempts_of",
    "campaign_detail",
    "campaign_results",
    "count_audience",
    "due_occurrences",
    "due_work",
    "leases_ended",
    "list_campaigns",
    "messages_of",
    "plan_is_open",
    "preview_campaign",
    "recipients",
    "sample_audience",
    "subscription_of",
    "uncertain_messages",
    "version_document",
]
