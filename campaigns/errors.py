"""Refusals of the campaigns package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.values import CampaignId, CampaignState
from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class UnknownCampaign(Problem):
    """There is no campaign with this id."""

    campaign_id: CampaignId

    kind = Kind.NOT_FOUND
    slug = "unknown-campaign"
    title = N_("Unknown campaign")
    template = N_("There is no campaign {campaign_id}. Look for it in the list.")


@dataclass(eq=False)
class CampaignNameTaken(Problem):
    """Another campaign has this name; nothing was saved. Names are how people find campaigns."""

    name: str

    kind = Kind.CONFLICT
    slug = "campaign-name-taken"
    title = N_("This name is taken")
    template = N_("Another campaign is called “{name}”. Choose another name.")


@dataclass(eq=False)
class CampaignRefused(Problem):
    """The campaign cannot be saved or scheduled as it is; nothing was changed.

    ``faults`` lists each mistake with its ``path`` (``content.fr.body``), its ``slug``, line and
    column, what was found and what to write instead.
    """

    faults: list[dict[str, Any]]

    kind = Kind.INVALID
    slug = "campaign-refused"
    title = N_("This campaign is not ready")
    template = N_("Correct what is marked, then save again.")


@dataclass(eq=False)
class CampaignStale(Problem):
    """Somebody else changed the campaign since it was opened; nothing was overwritten."""

    campaign_id: CampaignId
    revision: int

    kind = Kind.CONFLICT
    slug = "campaign-stale"
    title = N_("Changed by somebody else")
    template = N_(
        "The campaign is at revision {revision} now. Open it again, then repeat the change."
    )


@dataclass(eq=False)
class CampaignNotOpen(Problem):
    """The campaign is in a state in which this cannot be done; nothing was changed."""

    campaign_id: CampaignId
    state: CampaignState

    kind = Kind.CONFLICT
    slug = "campaign-not-open"
    title = N_("Not possible any more")
    template = N_("Its state does not allow this. Make a copy to send something else.")


@dataclass(eq=False)
class ScheduleTooEarly(Problem):
    """The local time that was chosen has passed; nothing was scheduled."""

    due_at: datetime

    kind = Kind.INVALID
    slug = "schedule-too-early"
    title = N_("This time has passed")
    template = N_("The time that was chosen has passed. Choose one in the future.")
