"""The home of the back office: how the programme is doing, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response

from admin.pages.attention import notices
from admin.pages.blueprint import blueprint, may
from admin.pages.morning import account_of, sales_of, steps_of
from admin.pages.words import percent
from campaigns.queries import CampaignRow, campaign_results, list_campaigns
from campaigns.values import CampaignState
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import database, language
from loyalty.kernel.web.pages import render_page
from loyalty.queries import current_programme, live_figures, programme_versions
from offers.queries import OfferResults, OfferSummary, live_offers, offer_results

MOST_OFFERS, MOST_PLANNED, MOST_SENT = 5, 4, 2


@dataclass(frozen=True, slots=True)
class RunningOffer:
    """An offer that holds today, what it has done, and the days it still has."""

    offer: OfferSummary
    results: OfferResults
    days_left: int | None


@dataclass(frozen=True, slots=True)
class PlannedCampaign:
    """A campaign to come, on its way (``running``), or sent; ``sent`` counts its messages."""

    row: CampaignRow
    running: bool
    sent: int


@blueprint.get("/")
@allow(staff())
def home() -> Response:
    """Show the live figures; each says since when it counts."""
    with database().look() as tx:
        context = _figures(tx) | _next(tx)
    return render_page("admin/home.html", percent=percent, **context)


def _figures(tx: Tx) -> dict[str, Any]:
    """Read what the programme looks like now."""
    figures, programme = live_figures(tx), current_programme(tx)
    return {
        "now": tx.now,
        "figures": figures,
        "began_at": _began_at(tx),
        "sales": sales_of(figures),
        "steps": steps_of(figures, programme, language()),
        "account": account_of(figures),
        "programme": programme,
    }


def _next(tx: Tx) -> dict[str, Any]:
    """Read what waits for somebody, and what runs and comes next."""
    today = current_programme(tx).local_day(tx.now)
    live = live_offers(tx, language=language())
    return {
        "notices": notices(tx),
        "offers": [_running(tx, offer, today) for offer in live[:MOST_OFFERS]],
        "offers_live": len(live),
        "campaigns": _campaigns(tx) if may("campaigns_admin.list_") else [],
    }


def _began_at(tx: Tx) -> datetime:
    """Return the instant from which points are counted: when the first rules came into force."""
    first = programme_versions(tx)[-1]
    return max(first.effective_from, first.published_at or first.effective_from)


def _running(tx: Tx, offer: OfferSummary, today: date) -> RunningOffer:
    left = (offer.ends_on - today).days if offer.ends_on else None
    return RunningOffer(offer, offer_results(tx, offer.offer_id), left)


def _campaigns(tx: Tx) -> list[PlannedCampaign]:
    """Return those on their way and to come, the next one first, then the last ones sent."""
    planned = [
        PlannedCampaign(row, running=row.due_at is not None and row.due_at <= tx.now, sent=0)
        for row in list_campaigns(tx, state=CampaignState.SCHEDULED).items
    ]
    planned.sort(key=lambda one: (one.row.due_at is None, one.row.due_at or one.row.changed_at))
    done = list_campaigns(tx, state=CampaignState.FINISHED, limit=MOST_SENT).items
    return planned[:MOST_PLANNED] + [
        PlannedCampaign(row, running=False, sent=_sent(tx, row)) for row in done
    ]


def _sent(tx: Tx, row: CampaignRow) -> int:
    return sum(one.sent for one in campaign_results(tx, row.campaign_id))
