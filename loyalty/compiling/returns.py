"""What a return takes back and gives back."""

from __future__ import annotations

from loyalty.compiling.parts import Document, only
from loyalty.programme import ReturnRule, ShortBalance


def read_returns(rule: Document) -> ReturnRule:
    """Return the switches of returns."""
    only(rule, "returns", "earned", "pro_rata_amount")
    return ReturnRule(short_balance=ShortBalance(rule.get("short_balance", "within_balance")))
