"""What each verb of a story does: one function per verb, through the real commands."""

from __future__ import annotations

from collections.abc import Callable

from admin.examples.stage import Answer, Stage
from admin.examples.story import Step
from admin.examples.verbs.jobs import run
from admin.examples.verbs.returns import take_back
from admin.examples.verbs.sales import purchase, quote

Act = Callable[[Stage, Step, int], Answer]
"""The stage, the step, and which of several simultaneous requests this is, from 0."""

VERBS: dict[str, Act] = {
    "purchase": purchase,
    "quote": quote,
    "return": take_back,
    "run": run,
}
