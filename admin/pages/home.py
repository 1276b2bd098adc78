"""The home of the back office: how the programme is doing, now."""

from __future__ import annotations

from flask import Response

from admin.pages.blueprint import blueprint
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.jobs import job_outcomes
from loyalty.kernel.web.context import database, language
from loyalty.kernel.web.pages import render_page
from loyalty.queries import current_programme, live_figures
from offers.queries import live_offers


@blueprint.get("/")
@allow(staff())
def home() -> Response:
    """Show the live figures; each says since when it counts."""
    with database().look() as tx:
        figures = live_figures(tx)
        programme = current_programme(tx)
        running = live_offers(tx, language=language(), limit=6)
        failed = [
            name
            for name, row in job_outcomes(tx).items()
            if row.outcome and row.outcome.startswith("failed")
        ]
        now = tx.now
    return render_page(
        "admin/home.html",
        figures=figures,
        programme=programme,
        offers=running,
        failed_jobs=failed,
        now=now,
    )
