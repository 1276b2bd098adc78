"""Vouchers for cumulated spend: how many are due, or owed back after a return."""

from __future__ import annotations

from loyalty.programme import VoucherRule


def counted_spend(rule: VoucherRule, basis_minor: int) -> int:
    """Return how much of a purchase's basis cumulates.

    With carry-over all of it does; without, what does not fill a step is lost with the receipt.
    """
    if rule.carry_over:
        return basis_minor
    return basis_minor // rule.per_spend_minor * rule.per_spend_minor


def vouchers_due(rule: VoucherRule, *, spend_minor: int, issued: int) -> int:
    """Return how many vouchers ``spend_minor`` still entitles to; negative when too many stand.

    ``issued`` are the vouchers given and not cancelled, whether or not they were used: a used
    voucher that a return un-earns is a debt, which later spend pays before it earns another.
    """
    return spend_minor // rule.per_spend_minor - issued
