"""What somebody should look at: work that failed or stands still, campaigns that missed their time.

Nothing here is an alarm of its own: each notice is true now, and gone once it is no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from admin.pages.blueprint import may
from admin.queries import Machinery, machinery
from campaigns.queries import CampaignRow, campaign_detail, list_campaigns, uncertain_messages
from campaigns.values import CampaignId, CampaignState, OccurrenceState
from loyalty.kernel.i18n import format_instant, gettext, ngettext
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import language, runtime
from loyalty.queries import adjustments_waiting

STILL = timedelta(minutes=10)
"""After so long without a finished job the worker is taken to be away; some ring each second."""
RECENT = timedelta(days=7)
"""How long a missed campaign is pointed out."""
_MOST_CAMPAIGNS = 10


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at. ``kind`` is ``warn`` or ``bad``; ``url`` leads to where to act."""

    kind: str
    text: str
    url: str = ""
    link: str = ""


def notices(tx: Tx) -> tuple[Notice, ...]:
    """Return what needs somebody now, the gravest first."""
    work = machinery(tx)
    found = [
        *_worker(tx, work),
        *_jobs(work),
        *_events(tx, work),
        *_messages(tx),
        *_missed(tx),
        *_approvals(tx),
    ]
    return tuple(sorted(found, key=lambda one: one.kind != "bad"))


def _worker(tx: Tx, work: Machinery) -> list[Notice]:
    """Say when nobody does the work behind the scenes."""
    if work.worked_at is None:
        said = N_(
            "The worker has not run yet: nothing is sent, no points expire. It is started with "
            "“loyalty worker”."
        )
        return [Notice("bad", gettext(language(), said), *_to_books())]
    if work.worked_at < tx.now - STILL:
        said = N_(
            "The worker has stood still since {time}: nothing is sent, no points expire. It is "
            "started with “loyalty worker”."
        )
        text = gettext(language(), said, time=_wall(work.worked_at))
        return [Notice("bad", text, *_to_books())]
    return []


def _jobs(work: Machinery) -> list[Notice]:
    said = N_("The job {name} failed at {time}. It is tried again by itself.")
    return [
        Notice(
            "warn",
            gettext(language(), said, name=job.name, time=_wall(job.at) if job.at else "–"),
            *_to_books(),
        )
        for job in work.failed_jobs
    ]


def _events(tx: Tx, work: Machinery) -> list[Notice]:
    found = []
    if work.given_up:
        text = ngettext(
            language(),
            "{count} event could not be passed on after eight tries. The log says why.",
            "{count} events could not be passed on after eight tries. The log says why.",
            work.given_up,
        )
        found.append(Notice("bad", text))
    if work.waiting_since is not None and work.waiting_since < tx.now - STILL:
        said = N_("Events have been waiting to be passed on since {time}.")
        found.append(Notice("warn", gettext(language(), said, time=_wall(work.waiting_since))))
    return found


def _messages(tx: Tx) -> list[Notice]:
    doubtful = len(uncertain_messages(tx))
    if not doubtful:
        return []
    text = ngettext(
        language(),
        "{count} message may or may not have left: the other side is being asked.",
        "{count} messages may or may not have left: the other side is being asked.",
        doubtful,
    )
    return [Notice("warn", text)]


def _missed(tx: Tx) -> list[Notice]:
    """Name the campaigns whose run was missed in the last days."""
    found = []
    for row in list_campaigns(tx, state=CampaignState.FINISHED, limit=_MOST_CAMPAIGNS).items:
        recent = row.due_at is not None and row.due_at > tx.now - RECENT
        if recent and _was_missed(tx, row.campaign_id):
            found.append(_missed_notice(row))
    return found


def _approvals(tx: Tx) -> list[Notice]:
    """Say how many corrections of points wait, to those who may decide about them."""
    if not may("admin.decide", "POST"):
        return []
    waiting = len(adjustments_waiting(tx))
    if not waiting:
        return []
    text = ngettext(
        language(),
        "{count} correction of points waits for a second person.",
        "{count} corrections of points wait for a second person.",
        waiting,
    )
    return [Notice("warn", text, url_for("admin.approvals"), gettext(language(), "Decide"))]


def _was_missed(tx: Tx, campaign_id: CampaignId) -> bool:
    return campaign_detail(tx, campaign_id).occurrences[0].state is OccurrenceState.MISSED


def _missed_notice(row: CampaignRow) -> Notice:
    said = N_("The campaign “{name}” missed its time: nothing was there to start it.")
    text = gettext(language(), said, name=row.name)
    if not may("campaigns_admin.show"):
        return Notice("warn", text)
    url = url_for("campaigns_admin.show", campaign_id=row.campaign_id)
    return Notice("warn", text, url, gettext(language(), "Show the campaign"))


def _to_books() -> tuple[str, str]:
    """Return where the jobs are listed, for those who may read them."""
    if not may("admin.books"):
        return "", ""
    return url_for("admin.books") + "#jobs", gettext(language(), "Show the jobs")


def _wall(instant: datetime) -> str:
    return format_instant(language(), instant, runtime().settings.zone, style="short")
