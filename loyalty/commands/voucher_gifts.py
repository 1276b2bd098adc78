"""Vouchers that staff give: what the programme hands out anyway, for one of a few causes."""

from __future__ import annotations

from sqlalchemy import select

from loyalty.cards import CodeKind
from loyalty.codes import code_of
from loyalty.commands.sql import insert_rows
from loyalty.commands.vouchers import new_voucher, voucher_row
from loyalty.commands.wallets import open_wallet
from loyalty.errors import SourceReused, VoucherValueUnknown
from loyalty.kernel.audit import record_audit
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher
from loyalty.programme import Programme, RewardKind, VoucherRule
from loyalty.queries.programme import current_programme
from loyalty.values import IssuedVoucher, MemberId, VoucherCause, VoucherOrigin


def give_voucher(
    tx: Tx,
    *,
    keys: Keys,
    member_id: MemberId,
    value_minor: int,
    cause: VoucherCause,
    source: str,
) -> IssuedVoucher:
    """Give a member one voucher of a value that the programme hands out, and lasting as long.

    It counts towards no cumulated spend. The same ``source`` answers with the first voucher.

    Raises:
        VoucherValueUnknown: the programme hands out none of this value; nothing was given.
        UnknownMember, MemberBlocked, SourceReused: nothing was given.
    """
    programme = current_programme(tx)
    open_wallet(tx, member_id)
    issued_for = f"staff:{source}"
    if earlier := _earlier(tx, keys, member_id, issued_for):
        if earlier.value_minor != value_minor:
            raise SourceReused(source)
        return earlier
    rule = _rule(programme, value_minor)
    voucher = new_voucher(keys, rule, programme.local_day(tx.now), tx.new_id("vch"))
    row = voucher_row(keys, member_id, voucher, issued_at=tx.now, purchase_id=issued_for)
    insert_rows(tx, Voucher, [row | {"origin": VoucherOrigin.STAFF}])
    details = {"member": member_id, "value_minor": value_minor, "cause": cause.value}
    record_audit(tx, action="give-voucher", subject=voucher.voucher_id, details=details)
    return voucher


def _earlier(tx: Tx, keys: Keys, member_id: MemberId, issued_for: str) -> IssuedVoucher | None:
    row = tx.run(
        select(Voucher.id, Voucher.value_minor, Voucher.state, Voucher.expires_on).where(
            Voucher.member_id == member_id, Voucher.issued_for == issued_for
        )
    ).first()
    if row is None:
        return None
    code = code_of(keys, CodeKind.VOUCHER, row.id).letters
    return IssuedVoucher(row.id, code, row.value_minor, row.state, row.expires_on)


def _rule(programme: Programme, value_minor: int) -> VoucherRule:
    """Return how a voucher of this value behaves that the programme hands out."""
    cumulated = programme.vouchers
    if cumulated is not None and cumulated.value_minor == value_minor:
        return cumulated
    for rule in programme.rewards:
        if rule.kind is RewardKind.VOUCHER and rule.amount_minor == value_minor:
            return VoucherRule(per_spend_minor=0, value_minor=value_minor, expiry=rule.expiry)
    raise VoucherValueUnknown(value_minor)
