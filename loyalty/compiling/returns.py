"""What a return takes back and gives back."""

from __future__ import annotations

from loyalty.compiling.parts import Document
from loyalty.programme import (
    EarnedBack,
    LapsedLots,
    LoosePolicy,
    LooseRule,
    RefundOn,
    ReturnRule,
    ShortBalance,
    SpentBack,
    money,
)


def read_returns(rule: Document, digits: int) -> ReturnRule:
    """Return the switches of returns."""
    return ReturnRule(
        earned=EarnedBack(rule.get("earned", EarnedBack.PER_LINE)),
        spent=SpentBack(rule.get("spent", SpentBack.PRO_RATA_AMOUNT)),
        lapsed_lots=LapsedLots(rule.get("lapsed_lots", LapsedLots.SAME_DATE)),
        short_balance=ShortBalance(rule.get("short_balance", ShortBalance.WITHIN_BALANCE)),
        loose=_loose(rule.get("without_receipt", {}), digits),
    )


def _loose(given: Document | str, digits: int) -> LooseRule:
    """Return what holds without a receipt; a word alone is the policy."""
    rule: Document = {"policy": given} if isinstance(given, str) else given
    above = rule.get("manager_above")
    if above is not None:
        above = money(above, "returns.without_receipt.manager_above", digits=digits)
    return LooseRule(
        policy=LoosePolicy(rule.get("policy", LoosePolicy.TAKE_POINTS)),
        member_required=rule.get("member", "optional") == "required",
        times=rule.get("times"),
        days=rule.get("days", LooseRule().days),
        manager_above_minor=above,
        bought_within_days=rule.get("bought_within_days"),
        refund=RefundOn(rule.get("refund", RefundOn.MONEY)),
    )
