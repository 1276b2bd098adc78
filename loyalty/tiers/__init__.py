"""The stairs: which level a member deserves, until when it is certain, and what is missing.

Where a member stands is a fold over her days: ``settle`` takes what is remembered of her and what
counts now, and returns what to remember. A calendar year's spend that deserves a level for that
year and the next needs nothing remembered; other windows and gentler falls do.
"""

from loyalty.tiers.many import Settler
from loyalty.tiers.progress import next_check, progress_of
from loyalty.tiers.settling import begin, open_at, rebase, settle
from loyalty.tiers.state import Event, Facts, State, level_for
from loyalty.tiers.windows import (
    Window,
    complete_by,
    credit_key,
    has_ends,
    is_plain,
    window_at,
)

__all__ = [
    "Event",
    "Facts",
    "Settler",
    "State",
    "Window",
    "begin",
    "complete_by",
    "credit_key",
    "has_ends",
    "is_plain",
    "level_for",
    "next_check",
    "open_at",
    "progress_of",
    "rebase",
    "settle",
    "window_at",
]
