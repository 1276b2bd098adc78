"""Work that returns: lapsing points, holds and vouchers, and the yearly review of levels."""

from __future__ import annotations

from collections.abc import Callable

from loyalty.commands import (
    birthdays,
    end_held_redemptions,
    expire_holds,
    expire_next,
    expire_vouchers,
    lapsed_lots,
    release_pending,
    retain_next,
    review_next,
    reviews_due,
    seal_is_due,
    seal_ledger,
    settle_referrals,
    silent_members,
)
from loyalty.kernel.batches import SLICE_SECONDS, Batches, work_on
from loyalty.kernel.jobs import Job, More
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries.programme import current_programme
from loyalty.queries.verifying.books import EXPIRY_JOB
from loyalty.queries.what_if_runs import next_what_if
from loyalty.replaying import replay_more

BATCHES_PER_RUN = 40
"""A run does at most so many batches, each in a transaction of its own; the next goes on."""
BATCH = 250
WALLETS = 5000
"""Wallets and rows sealed in one batch: one statement reads them, one writes their records."""
SEALING = 4000
"""A seal is made in one run, even the first one of a large house; each batch is short."""


def expire_points(runtime: Runtime) -> str:
    """Post the points whose day has come, some lots at a time."""
    return _in_steps(runtime, EXPIRY, "postings of lapsed points", of="moved")


def release_points(runtime: Runtime) -> str:
    """Let the waiting points arrive whose day has come."""
    return f"{_in_batches(runtime, 'release-points', release_pending)} postings of arrived points"


def seal_points(runtime: Runtime) -> str:
    """Seal the books, once a day."""
    with runtime.database.begin(actor="job:seal-ledger") as tx:
        if not seal_is_due(tx):
            return "0 rows sealed, today's seal is made"
    sealed = _in_batches(runtime, "seal-ledger", seal_ledger, batch=WALLETS, most=SEALING)
    return f"{sealed} rows sealed"


def end_holds(runtime: Runtime) -> str:
    """Set free the points of holds whose time is up, and the stock of rewards they kept."""
    ended = _in_batches(runtime, "end-holds", expire_holds)
    _in_batches(runtime, "end-holds", end_held_redemptions)
    return f"{ended} holds ended"


def end_vouchers(runtime: Runtime) -> str:
    """End the vouchers whose last day is over."""
    return f"{_in_batches(runtime, 'end-vouchers', expire_vouchers)} vouchers ended"


def review_levels(runtime: Runtime) -> str:
    """Settle the levels of members whose year has ended."""
    return _in_steps(runtime, REVIEW, "levels reviewed")


def retain(runtime: Runtime) -> str:
    """Warn and then erase members who were not in touch for long."""
    return _in_steps(runtime, RETENTION, "members warned or erased")


def reward_referrals(runtime: Runtime) -> str:
    """Reward referrals whose days are over."""
    return f"{_in_batches(runtime, 'reward-referrals', settle_referrals)} referrals rewarded"


def give_birthdays(runtime: Runtime) -> str:
    """Give members what today's birthday earns them."""
    return f"{_in_batches(runtime, 'give-birthdays', birthdays)} birthdays"


def replay_purchases(runtime: Runtime) -> str:
    """Go on with what somebody wants to know of a draft of the programme."""
    if replay_more(runtime.database, seconds=SLICE_SECONDS) is None:
        return "0 replays"
    return More("a replay goes on")


def _wants_replay(runtime: Runtime) -> bool:
    with runtime.database.look(actor="job:what-if") as tx:
        return next_what_if(tx) is not None


def _in_steps(runtime: Runtime, batches: Batches, what: str, *, of: str = "done") -> str:
    """Go on with work whose progress is kept, for some seconds."""
    progress = work_on(runtime.database, batches)
    if progress is None:
        return f"0 {what}"
    if progress.finished_at is not None:
        return f"{getattr(progress, of)} {what}"
    return More(f"{getattr(progress, of)} {what}, {progress.percent} % done")


def _today(tx: Tx) -> str:
    """Return the local day: points and levels are settled once a day."""
    return current_programme(tx).local_day(tx.now).isoformat()


def _in_batches(
    runtime: Runtime,
    name: str,
    work: Callable[..., int],
    *,
    batch: int | None = None,
    most: int | None = None,
) -> int:
    """Repeat a bounded command until it finds nothing or the run has done enough."""
    total = 0
    for _ in range(most or BATCHES_PER_RUN):
        done = _once(runtime, name, work, batch or BATCH)
        total += done
        if not done:
            break
    return total


def _once(runtime: Runtime, name: str, work: Callable[..., int], batch: int) -> int:
    tx: Tx
    with runtime.database.begin(actor=f"job:{name}") as tx:
        return work(tx, limit=batch)


EXPIRY = Batches(EXPIRY_JOB, _today, lapsed_lots, expire_next)
REVIEW = Batches("review-levels", _today, reviews_due, review_next)
RETENTION = Batches("retain-members", _today, silent_members, retain_next)

JOBS = (
    Job(EXPIRY_JOB, 900, expire_points, "Posts points whose day has come as lapsed."),
    Job("release-points", 900, release_points, "Lets waiting points arrive on their day."),
    Job("seal-ledger", 3600, seal_points, "Seals the books once a day."),
    Job("end-holds", 60, end_holds, "Sets free the points of holds whose time is up."),
    Job("end-vouchers", 3600, end_vouchers, "Ends vouchers whose last day is over."),
    Job("review-levels", 900, review_levels, "Settles levels when a year has ended."),
    Job("retain-members", 86_400, retain, "Warns and then erases members who stay silent."),
    Job("reward-referrals", 900, reward_referrals, "Rewards referrals whose days are over."),
    Job(
        "what-if",
        3,
        replay_purchases,
        "Replays purchases under a draft of the programme, when somebody asks for it.",
        wanted=_wants_replay,
    ),
    Job("give-birthdays", 3600, give_birthdays, "Gives members what a birthday earns."),
)
