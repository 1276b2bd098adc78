"""The stairs of a programme."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Metric(StrEnum):
    """What lifts a member."""

    SPEND = "spend"
    EARNED = "earned"
    VISITS = "visits"
    ACTIVE_BALANCE = "active_balance"


class WindowKind(StrEnum):
    """How long what she did counts."""

    CALENDAR_YEAR = "calendar_year"
    ROLLING = "rolling_months"
    MEMBERSHIP_ANNIVERSARY = "membership_anniversary"
    TIER_ANNIVERSARY = "tier_anniversary"
    LIFETIME = "lifetime"


class Downgrade(StrEnum):
    """How far a member falls who no longer deserves her level."""

    ONE_STEP = "one_step"
    REQUALIFY = "requalify"
    NEVER = "never"


class Manual(StrEnum):
    """What a level that staff assigned does."""

    FLOOR = "floor"
    FIXED = "fixed"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Level:
    """One stair: reached when the metric comes to ``from_minor``, that amount included.

    ``from_minor`` is minor units of spend, grains of the metric's wallet, or visits.
    """

    id: str
    from_minor: int
    names: Mapping[str, str] = field(default_factory=dict)
    benefits: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Return the level's name in ``language``, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id


@dataclass(frozen=True, slots=True)
class TierRule:
    """The stairs, lowest first, and how members climb and fall.

    ``key`` is the name under which standings say by which stairs they were settled: what comes
    before the colon changes with the windows, the rest with any switch or threshold.
    ``review_on`` is the month and day of the yearly review; ``wallet`` the metric's, empty for the
    programme's default one.
    """

    levels: tuple[Level, ...] = ()
    metric: Metric = Metric.SPEND
    window: WindowKind = WindowKind.CALENDAR_YEAR
    rolling_months: int = 12
    current_purchase_counts: bool = True
    downgrade: Downgrade = Downgrade.REQUALIFY
    only_at_review: bool = False
    review_on: tuple[int, int] | None = None
    grace_days: int = 0
    reset_after_review: bool = False
    manual: Manual = Manual.FLOOR
    wallet: str = ""
    key: str = field(init=False, repr=False, compare=False)
    ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what is asked for at every settling."""
        windows = f"{self.metric}-{self.window}-{self.rolling_months}-{self.reset_after_review}"
        object.__setattr__(self, "key", f"{_short(windows)}:{_short(repr(self))}")
        ranks = {level.id: place for place, level in enumerate(self.levels, start=1)}
        object.__setattr__(self, "ranks", ranks)

    def level(self, level_id: str) -> Level | None:
        """Return the level called ``level_id``."""
        return next((level for level in self.levels if level.id == level_id), None)

    def rank(self, level_id: str) -> int:
        """Return how high a level stands: 0 for none, 1 for the lowest."""
        return self.ranks.get(level_id, 0)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
