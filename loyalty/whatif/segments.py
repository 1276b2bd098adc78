"""By what members are told apart when a change of the rules is weighed: level, store, spend."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum

BANDS = (0, 100, 300, 1000, 3000)
"""Where the bands of spend begin, in whole units of the currency."""


class By(StrEnum):
    """A way of telling members apart."""

    LEVEL = "level"
    STORE = "store"
    SPEND = "spend"


@dataclass(slots=True)
class Segment:
    """Members who are alike: how many gain points by the change, and lose."""

    members: int = 0
    winners: int = 0
    losers: int = 0
    points_before: int = 0
    points_after: int = 0

    def add(self, other: Segment) -> None:
        """Count other members in."""
        self.members += other.members
        self.winners += other.winners
        self.losers += other.losers
        self.points_before += other.points_before
        self.points_after += other.points_after


def band_of(spend_minor: int, digits: int) -> str:
    """Return the band of a spend in minor units: where it begins, in whole units."""
    return str(BANDS[max(0, bisect_right(BANDS, spend_minor // 10**digits) - 1)])
