"""What each expectation is compared with: one function per word, answered from the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admin.examples.checks.books import BOOKS
from admin.examples.checks.challenges import CHALLENGES
from admin.examples.checks.claims import CLAIMS
from admin.examples.checks.entries import ENTRIES
from admin.examples.checks.lines import LINES
from admin.examples.checks.lots import LOTS
from admin.examples.checks.members import MEMBERS
from admin.examples.checks.money import MONEY
from admin.examples.checks.offers import OFFERS
from admin.examples.checks.points import POINTS
from admin.examples.checks.taxes import TAXES
from admin.examples.stage import View

Check = Callable[[View, Any], Any]
"""The step as it came out, and what is wanted; returns what is true, to be compared."""

CHECKS: dict[str, Check] = (
    BOOKS | CHALLENGES | CLAIMS | ENTRIES | LINES | LOTS | MEMBERS | MONEY | OFFERS | POINTS | TAXES
)

NEED_MARKS = frozenset(ENTRIES)
"""The words that ask what this step posted."""
