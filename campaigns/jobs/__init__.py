"""Work that returns: planning, sending, recovering."""

from __future__ import annotations

from campaigns.jobs.dispatch import dispatch_due
from campaigns.jobs.planning import plan_and_freeze
from campaigns.jobs.recovery import recover
from loyalty.kernel.jobs import Job

__all__ = ["JOBS", "dispatch_due", "plan_and_freeze", "recover"]

JOBS = (
    Job(
        name="campaigns.plan",
        every_seconds=5,
        run=plan_and_freeze,
        doc="Plans runs, freezes the audience of those that are due, closes those that are done.",
    ),
    Job(
        name="campaigns.dispatch",
        every_seconds=2,
        run=dispatch_due,
        doc="Sends what is due: letters that members asked for first, then campaigns.",
        lease_seconds=180,
    ),
    Job(
        name="campaigns.recover",
        every_seconds=30,
        run=recover,
        doc="Frees messages of workers that died and settles SMS whose fate is uncertain.",
    ),
)
