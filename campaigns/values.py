"""Words of the campaigns package that others may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

CampaignId = NewType("CampaignId", str)
OccurrenceId = NewType("OccurrenceId", str)
MessageId = NewType("MessageId", str)

MARKETING_WEEK_DAYS = 7
"""The rolling window, in days, in which weekly caps are counted."""


class Channel(StrEnum):
    """By which way a message leaves the building."""

    EMAIL = "email"
    SMS = "sms"


class Lane(StrEnum):
    """Why a message leaves. Marketing is governed; transactional is what the member asked for."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class CampaignState(StrEnum):
    """The life of a campaign."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class OccurrenceState(StrEnum):
    """The life of one planned run of a campaign.

    ``MISSED``: its latest start passed while nobody was there to start it; a person decides.
    """

    PLANNED = "planned"
    FREEZING = "freezing"
    SENDING = "sending"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


class MessageState(StrEnum):
    """Where one message to one member stands.

    ``UNCERTAIN``: it was being handed over when the process died or the line went silent, and
    sending it again blindly would be wrong.
    """

    PLANNED = "planned"
    LEASED = "leased"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a message was not sent, or not yet."""

    NONE = ""
    MEMBER_GONE = "member-gone"
    MEMBER_BLOCKED = "member-blocked"
    NO_ADDRESS = "no-address"
    NO_CONSENT = "no-consent"
    SUPPRESSED = "suppressed"
    WEEKLY_CAP = "weekly-cap"
    QUIET_HOURS = "quiet-hours"
    TOO_LATE = "too-late"
    CAMPAIGN_STOPPED = "campaign-stopped"
    REFUSED = "refused"
    GAVE_UP = "gave-up"
    UNREADABLE = "unreadable"


class SuppressionReason(StrEnum):
    """Why an address is not written to."""

    STOP = "stop"
    COMPLAINT = "complaint"
    HARD_BOUNCE = "hard-bounce"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Results:
    """What became of an audience on one channel: the four counts add up to ``audience``.

    ``skipped_by`` and ``failed_by`` say why, reason by reason; ``pending`` is everything that
    has no end yet: planned, leased, or uncertain (``uncertain`` of them).
    """

    channel: Channel
    audience: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    pending: int = 0
    uncertain: int = 0
    skipped_by: dict[Reason, int] = field(default_factory=dict)
    failed_by: dict[Reason, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Work:
    """Messages of one campaign (or transactional letter) on one channel."""

    campaign_id: str
    channel: Channel
    lane: Lane


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: the transport's answer, or why it was not asked.

    ``state`` is where the message goes; ``PLANNED`` asks for another try at ``retry_at``.
    ``attempt`` numbers the try, from 1; 0 when the transport was not asked. ``code`` and ``detail``
    are the other side's words, without addresses.
    """

    message_id: MessageId
    member_id: str
    state: MessageState
    reason: Reason = Reason.NONE
    attempt: int = 0
    code: str = ""
    detail: str = ""
    provider_ref: str = ""
    retry_at: datetime | None = None
