"""``run``: the jobs of the house, until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature

from admin.examples.stage import Answer, Stage, command, instant_of
from admin.examples.story import Step
from loyalty import commands

JOBS: dict[str, tuple[str, ...]] = {
    "expiry": ("expire_lots", "expire_vouchers"),
    "tier_review": ("review_tiers",),
    "pending_release": ("release_pending", "settle_referrals"),
    "retention": ("retain_members",),
    "hold_sweep": ("expire_holds", "end_held_redemptions"),
    "birthdays": ("birthdays",),
    "referrals": ("settle_referrals",),
    "vouchers": ("expire_vouchers",),
}
"""The commands behind each job of the vocabulary."""
MOST_ROUNDS = 10_000


def run(stage: Stage, step: Step, nth: int) -> Answer:
    """Run one job or several, as of the step's instant or of the day that the step names."""
    del nth
    asked = step.asked if isinstance(step.asked, Mapping) else {"job": step.asked}
    jobs = asked.get("jobs") or [asked.get("job")]
    clock = stage.scratch.clock
    before = clock()
    if asked.get("as_of"):
        clock.move(to=instant_of(stage, asked["as_of"]))
    try:
        for name in jobs:
            first, *others = JOBS.get(str(name), (str(name),))
            _until_done(stage, str(name), command(first))
            for other in others:
                if hasattr(commands, other):
                    _until_done(stage, str(name), command(other))
    finally:
        clock.move(to=max(before, clock()))
    return Answer()


def _until_done(stage: Stage, name: str, job: Callable[..., int]) -> None:
    """Run a job until it finds nothing more to do."""
    more = {"on_request": True} if name == "tier_review" and _asks(job) else {}
    for _ in range(MOST_ROUNDS):
        with stage.begin(f"job:{name}") as tx:
            if not job(tx, **more):
                return


def _asks(job: Callable[..., int]) -> bool:
    return "on_request" in signature(job).parameters
