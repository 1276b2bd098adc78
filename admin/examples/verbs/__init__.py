"""What each verb of a story does: one function per verb, through the real commands."""

from __future__ import annotations

from collections.abc import Callable

from admin.examples.stage import Answer, Stage
from admin.examples.story import Step
from admin.examples.verbs.claims import claim
from admin.examples.verbs.jobs import run
from admin.examples.verbs.members import card, enrol, erase, event, merge, message, unmerge
from admin.examples.verbs.offers import allocate, offer
from admin.examples.verbs.office import adjust, approve, assign_tier, publish, transfer
from admin.examples.verbs.pools import pool
from admin.examples.verbs.returns import reinstate, take_back, void
from admin.examples.verbs.sales import purchase, quote, resume
from admin.examples.verbs.spending import redeem, release

Act = Callable[[Stage, Step, int], Answer]
"""The stage, the step, and which of several simultaneous requests this is, from 0."""

VERBS: dict[str, Act] = {
    "adjust": adjust,
    "allocate": allocate,
    "approve": approve,
    "assign_tier": assign_tier,
    "card": card,
    "claim": claim,
    "enrol": enrol,
    "erase": erase,
    "event": event,
    "merge": merge,
    "message": message,
    "offer": offer,
    "pool": pool,
    "publish": publish,
    "purchase": purchase,
    "quote": quote,
    "redeem": redeem,
    "reinstate": reinstate,
    "release": release,
    "resume": resume,
    "return": take_back,
    "run": run,
    "transfer": transfer,
    "unmerge": unmerge,
    "void": void,
}
