"""What a return takes from a member: points, tier credit, vouchers; and what vouchers it frees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from loyalty.commands.credits import Moved, add_credit, add_progress, settle_level
from loyalty.commands.filled_lots import lots_filled_by
from loyalty.commands.vouchers import cancel_newest, restore_vouchers
from loyalty.commands.wallets import Journals
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.queries.returning import Totals
from loyalty.returning import Back, Goods
from loyalty.settling import take_earned_back
from loyalty.values import Fired, MemberId, Returned, ReturnId, VoucherId
from loyalty.vouchers import counted_spend, vouchers_due


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
    def earner_id(self) -> MemberId:
        """Return who got the points of the purchase."""
        return MemberId(self.purchase.earner_id or self.purchase.member_id)

    @property
    def still_hers(self) -> bool:
        """Tell whether who bought still holds the wallets: she was not merged into another."""
        return bool(self.purchase.member_id == self.purchase.buyer_id)

    @property
    def basis_minor(self) -> int:
        """Return the qualifying spend that goes back with this return."""
        return self.goods.basis(self.back) - self.before.basis_minor

    @property
    def points_due(self) -> int:
        """Return the points that should leave the default wallet, whatever its balance."""
        earned: int = self.purchase.points
        return earned - self.goods.points_kept(self.back) - self.before.points

    def due_of(self, unit: str) -> int:
        """Return the points that should leave a wallet, whatever its balance."""
        if unit == self.programme.default_wallet:
            return self.points_due
        return self.goods.points_kept(self.had_back, unit) - self.goods.points_kept(self.back, unit)

    def cause(self, programme: Programme, now: Any, what: str = "") -> Cause:
        """Return why something is posted: this return, under a name of its own."""
        return Cause(
            source=f"return:{self.return_id}" + (f":{what}" if what else ""),
            request_hash=self.returned.request_hash,
            programme_version_id=programme.version_id,
            occurred_at=self.returned.occurred_at,
            posted_at=now,
            purchase_id=self.purchase.id if self.still_hers else None,
        )


@dataclass(slots=True)
class Taken:
    """What left the wallets of a member, in grains, counted upwards."""

    points: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    forgiven: dict[str, int] = field(default_factory=dict)


def take_back_points(tx: Tx, coming: Coming, journals: Journals) -> Taken:
    """Post what is due out of each wallet, as far as the policy lets it.

    First what still waits of the purchase's points, then the lots that it filled, then the
    others, then a debt; what the policy for a short balance does not let go is forgiven.
    """
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    main = coming.programme.default_wallet
    taken = Taken()
    for unit in dict.fromkeys(one.unit for one in coming.goods.earnings):
        due = coming.due_of(unit)
        if due <= 0 or unit not in journals:
            continue
        left = take_earned_back(
            journals,
            unit=unit,
            points=due,
            filled=lots_filled_by(
                tx,
                journals,
                unit=unit,
                purchase_id=coming.purchase.id,
                earner_id=coming.purchase.first_earner_id,
            ),
            policy=programme.returns.short_balance,
            cause=coming.cause(programme, tx.now, "" if unit == main else unit),
            lapse_day=journals[unit].lapse_day(today),
        )
        taken.points[unit] = left.points
        if left.pending:
            taken.pending[unit] = left.pending
        if due > left.points:
            taken.forgiven[unit] = due - left.points
    return taken


def fired_back(coming: Coming) -> tuple[Fired, ...]:
    """Return what each rule and offer loses with this return, whatever the balance."""
    had, left = coming.goods.kept(coming.had_back), coming.goods.kept(coming.back)
    main = coming.programme.default_wallet
    lines: dict[tuple[str, str], list[int]] = {}
    for one in coming.goods.earnings:
        lines.setdefault((one.unit, one.rule), []).append(one.line_no)
    return tuple(
        Fired(
            rule=rule,
            points=left.get((unit, rule), 0) - points,
            basis_minor=0,
            line_nos=tuple(lines[unit, rule]),
            unit="" if unit == main else unit,
        )
        for (unit, rule), points in had.items()
    )


def lower_credit(tx: Tx, coming: Coming) -> Moved:
    """Take the spend from the window in which the purchase counted, and settle the level.

    A void takes the visit back too; an ordinary return leaves it.
    """
    member_id = coming.earner_id
    day = coming.programme.local_day(coming.purchase.occurred_at)
    programme = current_programme(tx)
    earned = coming.due_of(programme.tier_wallet) if programme.tier_wallet else 0
    if coming.basis_minor or earned or coming.returned.void:
        add_credit(
            tx,
            member_id,
            programme,
            on=day,
            spend_minor=-coming.basis_minor,
            earned=-earned,
            visits=-1 if coming.returned.void else 0,
        )
    cause = f"return:{coming.return_id}"
    return settle_level(tx, member_id, programme, cause=cause)


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
    progress = add_progress(tx, coming.earner_id, spend_minor=-spend)
    due = vouchers_due(rule, spend_minor=progress.spend_minor, issued=progress.issued)
    return cancel_newest(tx, member_id=coming.earner_id, count=-due)


def give_vouchers_back(tx: Tx, coming: Coming, paid_otherwise: int) -> tuple[VoucherId, ...]:
    """Give back the vouchers that paid for what came back beyond ``paid_otherwise``, whole ones.

    When everything has come back, every voucher has.
    """
    if not coming.purchase.voucher_minor:
        return ()
    member_id = MemberId(coming.purchase.member_id)
    value = coming.goods.value(coming.back)
    everything = value == coming.purchase.total_minor
    left = value - paid_otherwise - _restored_before(tx, coming, member_id)
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


def balances(journals: Mapping[str, Any], programme: Programme) -> dict[str, int]:
    """Return what the wallets hold that the programme knows."""
    return {unit: one.balance for unit, one in journals.items() if unit in programme.wallets}


def _restored_before(tx: Tx, coming: Coming, member_id: MemberId) -> int:
    """Return the value of the vouchers that earlier returns of this purchase gave back."""
    ids = coming.before.restored_vouchers
    if not ids:
        return 0
    values = tx.run(
        select(Voucher.value_minor).where(Voucher.member_id == member_id, Voucher.id.in_(ids))
    ).scalars()
    return sum(values)
