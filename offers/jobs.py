"""Work that returns: ending what is over, and ranking everybody's list anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from loyalty.kernel.jobs import Job
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries import audience_members
from loyalty.values import MemberId
from offers.commands import end_past_offers, rank_offers, refresh_affinities
from offers.commands.progress import note_progress
from offers.models import OfferProgress

RANKING = "rank-offers"
_BATCH = 50
_BATCHES_PER_RUN = 10
_ROUND_EVERY = timedelta(hours=20)
"""A finished round is not begun again before: lists decay by the day, not by the minute."""


def end_past(runtime: Runtime) -> str:
    """End the live offers whose last day has passed."""
    with runtime.database.begin(actor="job:end-offers") as tx:
        ended = end_past_offers(tx)
    return f"{ended} offers ended"


def rank_some(runtime: Runtime, *, batches: int = _BATCHES_PER_RUN) -> str:
    """Rank the lists of the next members, and go on from there at the next run."""
    done = 0
    for _ in range(batches):
        ranked, finished = _rank_batch(runtime)
        done += ranked
        if finished:
            break
    return f"{done} members' offers ranked"


def rank_everybody(runtime: Runtime, *, progress: Callable[[int], None]) -> int:
    """Rank every member's list now, batch by batch; ``progress`` hears how many were done."""
    after: str | None = None
    done = 0
    while True:
        with runtime.database.begin(actor="cli:rank-offers") as tx:
            after, ranked = _rank_after(tx, after)
        done += ranked
        progress(done)
        if after is None:
            return done


def _rank_batch(runtime: Runtime) -> tuple[int, bool]:
    """Rank one batch; tell how many, and whether the round is finished."""
    with runtime.database.begin(actor=f"job:{RANKING}") as tx:
        place = tx.run(
            select(OfferProgress.after, OfferProgress.finished_at).where(
                OfferProgress.job == RANKING
            )
        ).first()
        if place and place.finished_at and place.finished_at > tx.now - _ROUND_EVERY:
            return 0, True
        resumed = place.after if place and not place.finished_at else None
        after, ranked = _rank_after(tx, resumed or None)
        note_progress(tx, job=RANKING, after=after)
    return ranked, after is None


def _rank_after(tx: Tx, after: str | None) -> tuple[str | None, int]:
    """Rank the members after one; return where to go on, ``None`` at the end."""
    page = audience_members(tx, after=after, limit=_BATCH)
    for member in page.items:
        member_id = MemberId(member.member_id)
        refresh_affinities(tx, member_id=member_id)
        rank_offers(tx, member_id=member_id)
    return page.after, len(page.items)


JOBS = (
    Job("end-offers", 3600, end_past, "Ends the live offers whose last day has passed."),
    Job(RANKING, 600, rank_some, "Ranks members' offers anew, everybody once a day."),
)
