"""Taking spend off what earns vouchers when nobody knows which purchase it was."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from loyalty.commands.credits import add_progress
from loyalty.commands.vouchers import cancel_newest
from loyalty.kernel.tx import Tx
from loyalty.models import VoucherProgress
from loyalty.programme import Programme
from loyalty.values import MemberId, VoucherId
from loyalty.vouchers import counted_spend, vouchers_due


@dataclass(frozen=True, slots=True)
class SpendTaken:
    """What went off the spend that earns vouchers, and the vouchers that went with it."""

    spend_minor: int = 0
    cancelled: tuple[VoucherId, ...] = ()


def take_voucher_spend(
    tx: Tx, programme: Programme, member_id: MemberId, basis_minor: int
) -> SpendTaken:
    """Take spend off what earns vouchers, never below zero; her wallet is held.

    Unused vouchers that the rest no longer earns are cancelled.
    """
    rule = programme.vouchers
    if rule is None:
        return SpendTaken()
    there = tx.run(
        select(VoucherProgress.spend_minor).where(VoucherProgress.member_id == member_id)
    ).scalar()
    spend = min(max(0, there or 0), counted_spend(rule, basis_minor))
    if not spend:
        return SpendTaken()
    progress = add_progress(tx, member_id, spend_minor=-spend)
    due = vouchers_due(rule, spend_minor=progress.spend_minor, issued=progress.issued)
    return SpendTaken(spend, cancel_newest(tx, member_id=member_id, count=-due))
