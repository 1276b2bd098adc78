"""What a return takes from a member: points, tier credit, vouchers; and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from loyalty.commands.credits import Moved, add_credit, add_progress, settle_level
from loyalty.commands.ledger import expire_lapsed, lapse_day_of
from loyalty.commands.vouchers import cancel_newest, restore_vouchers
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import MAX_WHOLE
from loyalty.lots import LotKey
from loyalty.models import Voucher
from loyalty.programme import Programme, ShortBalance
from loyalty.queries.programme import current_programme
from loyalty.queries.returning import Totals
from loyalty.returning import Back, Goods
from loyalty.values import MemberId, Returned, ReturnId, VoucherId
from loyalty.vouchers import counted_spend, vouchers_due
from loyalty.words import Contra, PostingKind


@dataclass(frozen=True, slots=True)
class Coming:
    """A return while it is being worked out.

    ``had_back`` is what had come back before, ``back`` what has with this return; ``before`` are
    the sums over the earlier returns. ``programme`` is the purchase's.
    """

    return_id: ReturnId
    returned: Returned
    purchase: Any
    programme: Programme
    goods: Goods
    before: Totals
    had_back: Back
    back: Back

    @property
    def basis_minor(self) -> int:
        """Return the qualifying spend that goes back with this return."""
        return self.goods.basis(self.back) - self.before.basis_minor

    @property
    def points_due(self) -> int:
        """Return the points that should leave with this return, whatever the balance."""
        earned: int = self.purchase.points
        return earned - self.goods.points_kept(self.back) - self.before.points


def take_back_points(tx: Tx, coming: Coming, journal: Journal) -> int:
    """Post what is due out of the wallet, as far as the policy lets it; return how many points.

    They come from the lot that the purchase filled, then from the others. When they were spent
    already, ``unlimited`` lets the balance fall below zero, ``clamp`` down to the wallet's floor,
    and ``within_balance`` takes what may be spent and forgives the rest.
    """
    programme = current_programme(tx)
    expire_lapsed(journal, programme, tx.now)
    taken = min(coming.points_due, _most(journal, programme, tx.now))
    if taken <= 0:
        return 0
    cause = Cause(
        source=f"return:{coming.return_id}",
        request_hash=coming.returned.request_hash,
        programme_version_id=programme.version_id,
        occurred_at=coming.returned.occurred_at,
        posted_at=tx.now,
        purchase_id=coming.purchase.id,
    )
    day = coming.programme.local_day(coming.purchase.occurred_at)
    filled = coming.programme.wallets[journal.unit].expiry.expires_on(day)
    journal.take(PostingKind.RETURN, Contra.ISSUED, taken, cause, first=[LotKey(filled)])
    return taken


def lower_credit(tx: Tx, coming: Coming) -> Moved:
    """Take the spend from the window in which the purchase counted, and settle the level."""
    member_id = MemberId(coming.purchase.member_id)
    day = coming.programme.local_day(coming.purchase.occurred_at)
    programme = current_programme(tx)
    if coming.basis_minor or coming.points_due:
        add_credit(
            tx,
            member_id,
            programme,
            on=day,
            spend_minor=-coming.basis_minor,
            earned=-coming.points_due,
        )
    return settle_level(tx, member_id, programme, cause=f"return:{coming.return_id}")


def uncounted_spend(coming: Coming) -> int:
    """Return how much of the spend that earns vouchers goes back with this return."""
    rule = coming.programme.vouchers
    if rule is None:
        return 0
    counted: int = coming.purchase.voucher_spend_minor
    kept = counted_spend(rule, coming.purchase.basis_minor - coming.goods.basis(coming.back))
    return counted - kept - coming.before.voucher_spend_minor


def cancel_vouchers(tx: Tx, coming: Coming) -> tuple[VoucherId, ...]:
    """Cancel the vouchers that the remaining spend no longer earns, as far as they are unused."""
    rule, spend = coming.programme.vouchers, uncounted_spend(coming)
    if rule is None or not spend:
        return ()
    member_id = MemberId(coming.purchase.member_id)
    progress = add_progress(tx, member_id, spend_minor=-spend)
    due = vouchers_due(rule, spend_minor=progress.spend_minor, issued=progress.issued)
    return cancel_newest(tx, member_id=member_id, count=-due)


def give_vouchers_back(tx: Tx, coming: Coming) -> tuple[VoucherId, ...]:
    """Give back the vouchers that paid for what came back beyond the money, whole ones only.

    When everything has come back, every voucher has.
    """
    member_id = MemberId(coming.purchase.member_id)
    value = coming.goods.value(coming.back)
    everything = value == coming.purchase.total_minor
    left = value - coming.purchase.due_minor - _restored_before(tx, coming, member_id)
    if left <= 0 and not everything:
        return ()
    used = tx.run(
        select(Voucher.id, Voucher.value_minor)
        .where(Voucher.member_id == member_id, Voucher.used_for == coming.purchase.id)
        .order_by(Voucher.id)
    ).all()
    chosen: list[VoucherId] = []
    for voucher in used:
        if everything or voucher.value_minor <= left:
            chosen.append(voucher.id)
            left -= voucher.value_minor
    return restore_vouchers(tx, member_id=member_id, voucher_ids=chosen)


def _most(journal: Journal, programme: Programme, now: datetime) -> int:
    """Return how many points a return may take at most."""
    if programme.returns.short_balance is ShortBalance.WITHIN_BALANCE:
        return journal.usable(lapse_day=lapse_day_of(journal, programme, now))
    floor = journal.rule.floor
    if floor is None or programme.returns.short_balance is ShortBalance.UNLIMITED:
        return MAX_WHOLE
    return max(0, journal.balance - journal.held - floor)


def _restored_before(tx: Tx, coming: Coming, member_id: MemberId) -> int:
    """Return the value of the vouchers that earlier returns of this purchase gave back."""
    ids = coming.before.restored_vouchers
    if not ids:
        return 0
    values = tx.run(
        select(Voucher.value_minor).where(Voucher.member_id == member_id, Voucher.id.in_(ids))
    ).scalars()
    return sum(values)
