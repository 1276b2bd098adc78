"""``run``: the jobs of the house, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from admin.examples.stage import Answer, NotHonouredYet, Stage, instant_of
from admin.examples.story import Step
from loyalty.commands import (
    birthdays,
    end_held_redemptions,
    expire_holds,
    expire_lots,
    expire_vouchers,
    release_pending,
    retain_members,
    review_tiers,
    settle_referrals,
)
from loyalty.kernel.tx import Tx

Job = Callable[[Tx], int]

JOBS: dict[str, tuple[Job, ...]] = {
    "expiry": (expire_lots, expire_vouchers),
    "tier_review": (partial(review_tiers, on_request=True),),
    "pending_release": (release_pending, settle_referrals),
    "retention": (retain_members,),
    "hold_sweep": (expire_holds, end_held_redemptions),
    "birthdays": (birthdays,),
    "referrals": (settle_referrals,),
    "vouchers": (expire_vouchers,),
}
"""The commands behind each job of the vocabulary."""
MOST_ROUNDS = 10_000


def run(stage: Stage, step: Step, nth: int) -> Answer:
    """Run one job or several, as of the step's instant or of the day that the step names."""
    del nth
    asked = step.asked if isinstance(step.asked, Mapping) else {"job": step.asked}
    clock = stage.scratch.clock
    before = clock()
    if asked.get("as_of"):
        clock.move(to=instant_of(stage, asked["as_of"]))
    try:
        for name in asked.get("jobs") or [asked.get("job")]:
            if name not in JOBS:
                raise NotHonouredYet(f"run: {name}")
            for job in JOBS[name]:
                _until_done(stage, name, job)
    finally:
        clock.move(to=max(before, clock()))
    return Answer()


def _until_done(stage: Stage, name: str, job: Job) -> None:
    """Run a job until it finds nothing more to do."""
    for _ in range(MOST_ROUNDS):
        with stage.begin(f"job:{name}") as tx:
            if not job(tx):
                return
