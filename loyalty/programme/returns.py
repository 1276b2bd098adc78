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


class LoosePolicy(StrEnum):
    """What a return without a receipt does to the points of who brings it."""

    TAKE_POINTS = "take_points"
    LEAVE_POINTS = "leave_points"
    MANAGER = "manager"
    REFUSED = "refused"


class RefundOn(StrEnum):
    """In what the money of a return without a receipt is handed back."""

    MONEY = "money"
    GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True)
class LooseRule:
    """What holds when articles come back and nobody has the receipt.

    A member may do so ``times`` in ``days``; from above ``manager_above_minor`` a manager agrees.
    With ``bought_within_days`` only articles come back that the member bought so lately.
    """

    policy: LoosePolicy = LoosePolicy.TAKE_POINTS
    member_required: bool = False
    times: int | None = None
    days: int = 30
    manager_above_minor: int | None = None
    bought_within_days: int | None = None
    refund: RefundOn = RefundOn.MONEY

    def needs_manager(self, refund_minor: int) -> bool:
        """Tell whether a manager has to agree before so much money is handed back."""
        above = self.manager_above_minor
        return self.policy is LoosePolicy.MANAGER or (above is not None and refund_minor > above)


@dataclass(frozen=True, slots=True)
class ReturnRule:
    """The switches of a return, and what holds without a receipt."""

    earned: EarnedBack = EarnedBack.PER_LINE
    spent: SpentBack = SpentBack.PRO_RATA_AMOUNT
    lapsed_lots: LapsedLots = LapsedLots.SAME_DATE
    short_balance: ShortBalance = ShortBalance.WITHIN_BALANCE
    loose: LooseRule = LooseRule()
