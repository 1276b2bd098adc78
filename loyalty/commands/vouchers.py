"""Giving, using, cancelling and expiring vouchers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from loyalty.cards import CodeKind
from loyalty.codes import code_of, lookup_of
from loyalty.commands.credits import add_progress, take_vouchers_off
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import open_wallet
from loyalty.errors import UnknownVoucher, VoucherNotUsable
from loyalty.kernel.audit import record_audit
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher
from loyalty.programme import RewardRule, VoucherRule
from loyalty.queries.programme import current_programme
from loyalty.values import (
    IssuedVoucher,
    MemberId,
    PurchaseId,
    VoucherId,
    VoucherOrigin,
    VoucherState,
)


def issue_vouchers(
    tx: Tx,
    *,
    keys: Keys,
    member_id: MemberId,
    rule: VoucherRule,
    earned_on: date,
    purchase_id: PurchaseId,
    count: int,
) -> tuple[IssuedVoucher, ...]:
    """Give a member ``count`` vouchers for a purchase; her wallet is held."""
    issued = [new_voucher(keys, rule, earned_on, tx.new_id("vch")) for _ in range(count)]
    insert_rows(
        tx,
        Voucher,
        [
            voucher_row(keys, member_id, voucher, issued_at=tx.now, purchase_id=purchase_id)
            for voucher in issued
        ],
    )
    if issued:
        add_progress(tx, member_id, spend_minor=0, issued=count)
    return tuple(issued)


def give_reward_vouchers(
    tx: Tx, *, keys: Keys, member_id: MemberId, rule: RewardRule, row: Mapping[str, Any], on: date
) -> tuple[IssuedVoucher, ...]:
    """Give the vouchers of a reward, one a claim; they count towards no cumulated spend."""
    worth = VoucherRule(per_spend_minor=0, value_minor=rule.amount_minor, expiry=rule.expiry)
    issued = [new_voucher(keys, worth, on, tx.new_id("vch")) for _ in range(row["claims"])]
    rows = [
        voucher_row(keys, member_id, one, issued_at=tx.now, purchase_id=row["id"]) for one in issued
    ]
    insert_rows(tx, Voucher, [one | {"origin": VoucherOrigin.REWARD} for one in rows])
    return tuple(issued)


def new_voucher(keys: Keys, rule: VoucherRule, earned_on: date, id_: str) -> IssuedVoucher:
    """Return a voucher that ``rule`` gives on a local day."""
    return IssuedVoucher(
        voucher_id=VoucherId(id_),
        code=code_of(keys, CodeKind.VOUCHER, id_).letters,
        value_minor=rule.value_minor,
        state=VoucherState.ISSUED,
        expires_on=rule.expiry.expires_on(earned_on),
    )


def voucher_row(
    keys: Keys, member_id: MemberId, voucher: IssuedVoucher, *, issued_at: Any, purchase_id: str
) -> dict[str, Any]:
    """Return the columns of a voucher that was just given."""
    code = code_of(keys, CodeKind.VOUCHER, voucher.voucher_id)
    return {
        "member_id": member_id,
        "id": voucher.voucher_id,
        "lookup": lookup_of(keys, code),
        "value_minor": voucher.value_minor,
        "state": voucher.state,
        "issued_at": issued_at,
        "expires_on": voucher.expires_on,
        "issued_for": purchase_id,
    }


def use_vouchers(
    tx: Tx, *, member_id: MemberId, voucher_ids: Sequence[VoucherId], purchase_id: PurchaseId
) -> int:
    """Use up vouchers for a purchase; return what they are worth. Her wallet is held.

    Raises:
        UnknownVoucher: one is not hers.
        VoucherNotUsable: one was used, cancelled, or has expired. None is used then.
    """
    if not voucher_ids:
        return 0
    today = current_programme(tx).local_day(tx.now)
    used = tx.run(
        update(Voucher)
        .where(
            Voucher.member_id == member_id,
            Voucher.id.in_(voucher_ids),
            Voucher.state == VoucherState.ISSUED,
            Voucher.expires_on > today,
        )
        .values(state=VoucherState.USED, used_for=purchase_id, ended_at=tx.now)
        .returning(Voucher.id, Voucher.value_minor)
    ).all()
    if len(used) < len(voucher_ids):
        _refuse(tx, member_id, [one for one in voucher_ids if one not in {row.id for row in used}])
    return sum(row.value_minor for row in used)


def cancel_newest(tx: Tx, *, member_id: MemberId, count: int) -> tuple[VoucherId, ...]:
    """Cancel up to ``count`` unused vouchers, the newest first; her wallet is held.

    Fewer are cancelled when fewer are left: the rest stays a debt that later spend pays.
    """
    if count <= 0:
        return ()
    newest = (
        select(Voucher.id)
        .where(
            Voucher.member_id == member_id,
            Voucher.state == VoucherState.ISSUED,
            Voucher.origin.is_(None),
        )
        .order_by(Voucher.issued_at.desc(), Voucher.id.desc())
        .limit(count)
        .with_for_update()
    )
    ids = tuple(tx.run(newest).scalars())
    if ids:
        _end(tx, member_id, ids, VoucherState.CANCELLED)
        take_vouchers_off(tx, member_id, count=len(ids))
    return ids


def cancel_given(tx: Tx, *, member_id: MemberId, issued_for: str) -> tuple[VoucherId, ...]:
    """Cancel the vouchers that a redemption gave; her wallet is held.

    Raises:
        VoucherNotUsable: one of them was used already; none is cancelled.
    """
    rows = tx.run(
        select(Voucher.id, Voucher.state).where(
            Voucher.member_id == member_id, Voucher.issued_for == issued_for
        )
    ).all()
    for row in rows:
        if row.state is VoucherState.USED:
            raise VoucherNotUsable(row.id, row.state)
    ids = tuple(row.id for row in rows if row.state is VoucherState.ISSUED)
    _end(tx, member_id, ids, VoucherState.CANCELLED)
    return ids


def withdraw_given(tx: Tx, *, member_id: MemberId, issued_for: str) -> None:
    """Cancel those vouchers of a redemption that nobody has used; her wallet is held."""
    ids = tx.run(
        select(Voucher.id).where(
            Voucher.member_id == member_id,
            Voucher.issued_for == issued_for,
            Voucher.state == VoucherState.ISSUED,
        )
    ).scalars()
    _end(tx, member_id, tuple(ids), VoucherState.CANCELLED)


def cancel_voucher(tx: Tx, *, member_id: MemberId, voucher_id: VoucherId) -> None:
    """Take an unused voucher away for good; taking it away again changes nothing.

    It still counts as given, so that the next purchase does not print it anew.

    Raises:
        UnknownVoucher: the member has no such voucher.
        VoucherNotUsable: it was used or cancelled, or has expired.
        UnknownMember, MemberBlocked: nothing was changed.
    """
    open_wallet(tx, member_id)
    state = tx.run(
        select(Voucher.state).where(Voucher.member_id == member_id, Voucher.id == voucher_id)
    ).scalar()
    if state is None:
        raise UnknownVoucher
    if state is VoucherState.WITHDRAWN:
        return
    if state is not VoucherState.ISSUED:
        raise VoucherNotUsable(voucher_id, state)
    _end(tx, member_id, (voucher_id,), VoucherState.WITHDRAWN)
    record_audit(tx, action="cancel-voucher", subject=voucher_id, details={"member": member_id})


def _end(tx: Tx, member_id: MemberId, ids: tuple[VoucherId, ...], state: VoucherState) -> None:
    if ids:
        tx.run(
            update(Voucher)
            .where(Voucher.member_id == member_id, Voucher.id.in_(ids))
            .values(state=state, ended_at=tx.now)
        )


def restore_vouchers(
    tx: Tx, *, member_id: MemberId, voucher_ids: Sequence[VoucherId]
) -> tuple[VoucherId, ...]:
    """Give vouchers back that had paid for what was returned; their last day stays.

    A rest that one of them left goes with it; one that was used since is not given twice.
    """
    if voucher_ids:
        _take_rests_back(tx, member_id, voucher_ids)
        tx.run(
            update(Voucher)
            .where(Voucher.member_id == member_id, Voucher.id.in_(voucher_ids))
            .values(state=VoucherState.ISSUED, used_for=None, ended_at=None)
        )
    return tuple(voucher_ids)


def _take_rests_back(tx: Tx, member_id: MemberId, voucher_ids: Sequence[VoucherId]) -> None:
    """End what is left of vouchers that come back; what was used of it lowers their value."""
    rests = tx.run(
        select(Voucher.id, Voucher.state, Voucher.rest_of, Voucher.value_minor).where(
            Voucher.member_id == member_id,
            Voucher.rest_of.in_(voucher_ids),
            Voucher.state.in_([VoucherState.ISSUED, VoucherState.USED]),
        )
    ).all()
    unused = tuple(row.id for row in rests if row.state is VoucherState.ISSUED)
    _end(tx, member_id, unused, VoucherState.CANCELLED)
    for row in rests:
        if row.state is VoucherState.USED:
            tx.run(
                update(Voucher)
                .where(Voucher.member_id == member_id, Voucher.id == row.rest_of)
                .values(value_minor=Voucher.value_minor - row.value_minor)
            )


def expire_vouchers(tx: Tx, *, limit: int = 2000) -> int:
    """End up to ``limit`` vouchers whose last day is over; return how many."""
    today = current_programme(tx).local_day(tx.now)
    due = (
        select(Voucher.id)
        .where(Voucher.state == VoucherState.ISSUED, Voucher.expires_on <= today)
        .order_by(Voucher.expires_on)
        .limit(limit)
    )
    done = tx.run(
        update(Voucher)
        .where(Voucher.id.in_(due), Voucher.state == VoucherState.ISSUED)
        .values(state=VoucherState.EXPIRED, ended_at=tx.now)
    )
    return int(done.rowcount)


def _refuse(tx: Tx, member_id: MemberId, missing: Sequence[VoucherId]) -> None:
    """Say what is wrong with the first voucher that could not be used."""
    state = tx.run(
        select(Voucher.state).where(Voucher.member_id == member_id, Voucher.id == missing[0])
    ).scalar()
    if state is None:
        raise UnknownVoucher
    raise VoucherNotUsable(
        missing[0], VoucherState.EXPIRED if state is VoucherState.ISSUED else state
    )
