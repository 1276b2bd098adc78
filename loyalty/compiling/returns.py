"""What a return takes back and gives back."""

from __future__ import annotations

from loyalty.compiling.parts import Document
from loyalty.programme import EarnedBack, LapsedLots, ReturnRule, ShortBalance, SpentBack


def read_returns(rule: Document) -> ReturnRule:
    """Return the switches of returns."""
    return ReturnRule(
        earned=EarnedBack(rule.get("earned", EarnedBack.PER_LINE)),
        spent=SpentBack(rule.get("spent", SpentBack.PRO_RATA_AMOUNT)),
        lapsed_lots=LapsedLots(rule.get("lapsed_lots", LapsedLots.SAME_DATE)),
        short_balance=ShortBalance(rule.get("short_balance", ShortBalance.WITHIN_BALANCE)),
    )
