"""Tables of the campaigns package."""

from __future__ import annotations

from campaigns.models.campaign import Campaign, CampaignVersion, Occurrence
from campaigns.models.message import (
    IS_LEASED,
    IS_PLANNED,
    ContactTurn,
    Message,
    MessageAttempt,
)
from campaigns.models.suppression import Suppression

__all__ = [
    "IS_LEASED",
    "IS_PLANNED",
    "Campaign",
    "CampaignVersion",
    "ContactTurn",
    "Message",
    "MessageAttempt",
    "Occurrence",
    "Suppression",
]
