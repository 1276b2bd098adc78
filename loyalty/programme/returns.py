"""What a return takes back, gives back, and does when the points are gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EarnedBack(StrEnum):
    """How much of the earned points a return takes back."""

    PRO_RATA_AMOUNT = "pro_rata_amount"
    PER_LINE = "per_line"
    WHOLE_ONCE = "whole_once"


class SpentBack(StrEnum):
    """How much of the spent points a return gives back."""

    PRO_RATA_AMOUNT = "pro_rata_amount"
    WHOLE = "whole"


class LapsedLots(StrEnum):
    """What becomes of points that go back to a lot that has lapsed meanwhile."""

    SAME_DATE = "same_date"
    NEW_DATE = "new_date"
    LOST = "lost"


class ShortBalance(StrEnum):
    """What a return does when the points to take back were already spent."""

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"
    CLAMP = "clamp"


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """The four switches of a return."""

    earned: EarnedBack = EarnedBack.PER_LINE
    spent: SpentBack = SpentBack.PRO_RATA_AMOUNT
    lapsed_lots: LapsedLots = LapsedLots.SAME_DATE
    short_balance: ShortBalance = ShortBalance.WITHIN_BALANCE
