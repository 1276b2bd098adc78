"""Keeping the plan: runs are planned, started when due, and closed when nothing is left."""

from __future__ import annotations

from campaigns.commands import (
    close_occurrences,
    freeze_audience,
    miss_late_occurrences,
    plan_occurrences,
    sweep_cancelled,
)
from campaigns.queries import due_occurrences, plan_is_open
from loyalty.kernel.clock import monotonic
from loyalty.kernel.runtime import Runtime

ACTOR = "job:campaigns.plan"
RUN_SECONDS = 30.0


def plan_and_freeze(runtime: Runtime) -> str:
    """Do what the plan asks for now; say how much it was.

    Each step is a transaction of its own and does nothing twice, so two schedulers, or one that
    was killed, leave the same rows as one that ran through.
    """
    database = runtime.database
    with database.look(actor=ACTOR) as tx:
        if not plan_is_open(tx):
            return "nothing planned"
    with database.begin(actor=ACTOR) as tx:
        planned = plan_occurrences(tx, zone=runtime.settings.zone)
        missed = miss_late_occurrences(tx)
    with database.look(actor=ACTOR) as tx:
        due = due_occurrences(tx)
    ends = monotonic() + RUN_SECONDS
    members = 0
    for occurrence_id in due:
        done = False
        while not done and monotonic() < ends:
            with database.begin(actor=ACTOR) as tx:
                frozen = freeze_audience(tx, occurrence_id=occurrence_id)
            members, done = members + frozen.members, frozen.done
    with database.begin(actor=ACTOR) as tx:
        swept = sweep_cancelled(tx)
        ended = close_occurrences(tx)
    return (
        f"{planned} planned, {missed} missed, {members} members frozen, "
        f"{swept} cancelled, {ended} ended"
    )
