"""What the campaigns API takes and gives."""

from __future__ import annotations

import marshmallow as ma

from campaigns.values import CampaignState, Channel
from loyalty.kernel.web.fields import Instant, TextLine, Whole
from loyalty.kernel.web.paging import PageArgs

_DOCUMENT = (
    "The campaign's document: `audience`, `channels`, `content` by language, `schedule` "
    "(local `on` and `at`). Texts use the closed placeholder language, e.g. "
    "`{first_name|default:there}`."
)


class CampaignIn(ma.Schema):
    """A new campaign."""

    name = TextLine(required=True, metadata={"description": "Unique, 1 to 80 letters."})
    document = ma.fields.Dict(required=True, metadata={"description": _DOCUMENT})


class CampaignChangeIn(CampaignIn):
    """A change of a draft."""

    revision = Whole(
        required=True,
        at_least=1,
        metadata={"description": "The revision that was read; a newer one refuses the change."},
    )


class CampaignScheduleIn(ma.Schema):
    """What fixes a draft and sends it at its time."""

    revision = Whole(
        required=True, at_least=1, metadata={"description": "The revision that was read."}
    )


class CampaignStateIn(ma.Schema):
    """Where a campaign is to go."""

    state = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["scheduled", "paused", "cancelled"]),
        metadata={"description": "`paused`, `scheduled` (resume) or `cancelled`."},
    )


class CampaignQuery(PageArgs):
    """Which campaigns are wanted."""

    state = ma.fields.Enum(
        CampaignState,
        by_value=True,
        load_default=None,
        metadata={"description": "Only campaigns in this state."},
    )


class CampaignSavedOut(ma.Schema):
    """The answer to a change."""

    campaign_id = ma.fields.String(metadata={"description": "Id of the campaign, `cmp_...`."})
    revision = ma.fields.Integer(metadata={"description": "Send it with the next change."})
    state = ma.fields.String(metadata={"description": "Where the campaign stands."})


class CampaignScheduledOut(ma.Schema):
    """The answer to scheduling."""

    campaign_id = ma.fields.String(metadata={"description": "Id of the campaign."})
    revision = ma.fields.Integer(metadata={"description": "The revision after scheduling."})
    version = ma.fields.Integer(metadata={"description": "The fixed version that is sent."})
    occurrence_id = ma.fields.String(metadata={"description": "Id of the planned run, `occ_...`."})
    due_at = Instant(metadata={"description": "When it starts, UTC."})


class CampaignRunOut(ma.Schema):
    """One planned run of a campaign."""

    occurrence_id = ma.fields.String(metadata={"description": "Id of the run."})
    slot = ma.fields.String(metadata={"description": "Its local wall time."})
    zone = ma.fields.String(metadata={"description": "The time zone of `slot`."})
    due_at = Instant(metadata={"description": "When it starts, UTC."})
    state = ma.fields.String(metadata={"description": "Where the run stands."})
    audience = ma.fields.Integer(metadata={"description": "Members taken into the audience."})
    started_at = Instant(metadata={"description": "When the audience was frozen, UTC."})
    finished_at = Instant(metadata={"description": "When the last message had its end, UTC."})


class CampaignRowOut(ma.Schema):
    """A campaign in a list."""

    campaign_id = ma.fields.String(metadata={"description": "Id of the campaign."})
    name = ma.fields.String(metadata={"description": "Its name."})
    state = ma.fields.String(metadata={"description": "Where it stands."})
    channels = ma.fields.List(
        ma.fields.Enum(Channel, by_value=True), metadata={"description": "Channels it uses."}
    )
    changed_at = Instant(metadata={"description": "When it was last changed, UTC."})
    due_at = Instant(metadata={"description": "When its latest run starts, UTC; null without."})
    audience = ma.fields.Integer(metadata={"description": "Members in its runs so far."})


class CampaignsOut(ma.Schema):
    """A page of campaigns."""

    items = ma.fields.List(ma.fields.Nested(CampaignRowOut))
    after = ma.fields.String(metadata={"description": "Ask for the next page with it; or null."})


class CampaignOut(ma.Schema):
    """A campaign."""

    campaign_id = ma.fields.String(metadata={"description": "Id of the campaign."})
    name = ma.fields.String(metadata={"description": "Its name."})
    state = ma.fields.String(metadata={"description": "Where it stands."})
    revision = ma.fields.Integer(metadata={"description": "Send it with the next change."})
    version = ma.fields.Integer(metadata={"description": "The version that is sent; 0: none."})
    document = ma.fields.Dict(metadata={"description": _DOCUMENT})
    occurrences = ma.fields.List(ma.fields.Nested(CampaignRunOut))


class CampaignResultsOut(ma.Schema):
    """What became of an audience on one channel: the four counts add up to `audience`."""

    channel = ma.fields.String(metadata={"description": "`email` or `sms`."})
    audience = ma.fields.Integer(metadata={"description": "Messages planned."})
    sent = ma.fields.Integer(metadata={"description": "Handed over, delivered or bounced."})
    skipped = ma.fields.Integer(metadata={"description": "Not sent, for a reason."})
    failed = ma.fields.Integer(metadata={"description": "Refused, or given up after five tries."})
    pending = ma.fields.Integer(metadata={"description": "Without an end yet."})
    uncertain = ma.fields.Integer(metadata={"description": "Of the pending: fate unknown."})
    skipped_by = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "Skipped messages by reason."},
    )
    failed_by = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        metadata={"description": "Failed messages by reason."},
    )


class CampaignResultListOut(ma.Schema):
    """The results of a campaign, channel by channel."""

    items = ma.fields.List(ma.fields.Nested(CampaignResultsOut))


class CampaignMessageQuery(PageArgs):
    """Which messages of a campaign are wanted."""

    outcome = ma.fields.String(
        load_default="sent",
        validate=ma.validate.OneOf(["sent", "pending", "skipped", "failed"]),
        metadata={"description": "`sent`, `pending`, `skipped` or `failed`."},
    )


class CampaignMessageOut(ma.Schema):
    """One message to one member. No address: it is not yours to have."""

    message_id = ma.fields.String(metadata={"description": "Id of the message, `msg_...`."})
    member_id = ma.fields.String(metadata={"description": "Id of the member."})
    channel = ma.fields.String(metadata={"description": "`email` or `sms`."})
    state = ma.fields.String(metadata={"description": "Where the message stands."})
    reason = ma.fields.String(metadata={"description": "Why it was not sent; empty otherwise."})
    due_at = Instant(metadata={"description": "When it may leave, UTC."})
    handed_over_at = Instant(metadata={"description": "When it left, UTC; null before."})
    attempts = ma.fields.Integer(metadata={"description": "How often it was tried."})


class CampaignMessagesOut(ma.Schema):
    """A page of messages."""

    items = ma.fields.List(ma.fields.Nested(CampaignMessageOut))
    after = ma.fields.String(metadata={"description": "Ask for the next page with it; or null."})
