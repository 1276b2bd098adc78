"""Writes of the campaigns package: one function per verb."""

from __future__ import annotations

from campaigns.commands.campaign import (
    CampaignSaved,
    CampaignScheduled,
    cancel_campaign,
    copy_campaign,
    draft_campaign,
    pause_campaign,
    resume_campaign,
    schedule_campaign,
    update_campaign,
)
from campaigns.commands.claim import Claim, Claimed, claim_messages, still_allowed
from campaigns.commands.letters import plan_letter
from campaigns.commands.occurrence import (
    Frozen,
    close_occurrences,
    freeze_audience,
    miss_late_occurrences,
    plan_occurrences,
    sweep_cancelled,
)
from campaigns.commands.outcomes import acknowledge, recover_leases, settle_message
from campaigns.commands.silence import (
    StopReceipt,
    Unsubscribed,
    lift_suppression,
    record_stop,
    suppress_address,
    unsubscribe_member,
)

__all__ = [
    "CampaignSaved",
    "CampaignScheduled",
    "Claim",
    "Claimed",
    "Frozen",
    "StopReceipt",
    "Unsubscribed",
    "acknowledge",
    "cancel_campaign",
    "claim_messages",
    "close_occurrences",
    "copy_campaign",
    "draft_campaign",
    "freeze_audience",
    "lift_suppression",
    "miss_late_occurrences",
    "pause_campaign",
    "plan_letter",
    "plan_occurrences",
    "record_stop",
    "recover_leases",
    "resume_campaign",
    "schedule_campaign",
    "settle_message",
    "still_allowed",
    "suppress_address",
    "sweep_cancelled",
    "unsubscribe_member",
    "update_campaign",
]
