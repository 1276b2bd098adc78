"""Giving, using, cancelling and expiring vouchers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from loyalty.cards import CodeKind
from loyalty.codes import code_of, lookup_of
from loyalty.commands.credits import add_progress, take_vouchers_off
from loyalty.commands.sql import insert_rows
from loyalty.errors import UnknownVoucher, VoucherNotUsable
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher
from loyalty.programme import VoucherRule
from loyalty.queries.programme import current_programme
from loyalty.values import IssuedVoucher, MemberId, PurchaseId, VoucherId, VoucherState


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
        .where(Voucher.member_id == member_id, Voucher.state == VoucherState.ISSUED)
        .order_by(Voucher.issued_at.desc(), Voucher.id.desc())
        .limit(count)
        .with_for_update()
    )
    ids = tuple(tx.run(newest).scalars())
    if ids:
        tx.run(
            update(Voucher)
            .where(Voucher.member_id == member_id, Voucher.id.in_(ids))
            .values(state=VoucherState.CANCELLED, ended_at=tx.now)
        )
        take_vouchers_off(tx, member_id, count=len(ids))
    return ids


def restore_vouchers(
    tx: Tx, *, member_id: MemberId, voucher_ids: Sequence[VoucherId]
) -> tuple[VoucherId, ...]:
    """Give vouchers back that had paid for what was returned; their last day stays."""
    if voucher_ids:
        tx.run(
            update(Voucher)
            .where(Voucher.member_id == member_id, Voucher.id.in_(voucher_ids))
            .values(state=VoucherState.ISSUED, used_for=None, ended_at=None)
        )
    return tuple(voucher_ids)


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
