"""Vouchers that are used outside a sale, and what a purchase leaves on one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from loyalty.cards import CodeKind
from loyalty.codes import code_of
from loyalty.commands.auditing import audit_staff
from loyalty.commands.ledger import request_digest
from loyalty.commands.sql import insert_rows
from loyalty.commands.vouchers import use_vouchers, voucher_row
from loyalty.commands.wallets import open_wallet
from loyalty.errors import SourceReused
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Redemption, Voucher
from loyalty.programme import Programme
from loyalty.values import (
    IssuedVoucher,
    MemberId,
    PurchaseId,
    RedemptionId,
    RedemptionState,
    VoucherId,
    VoucherOrigin,
    VoucherState,
)
from loyalty.words import RedemptionKind


@dataclass(frozen=True, slots=True)
class VoucherUsed:
    """A voucher that was used outside a sale, and what it was worth, in minor units."""

    redemption_id: RedemptionId
    voucher_id: VoucherId
    value_minor: int
    replayed: bool = False


def use_voucher(tx: Tx, *, member_id: MemberId, voucher_id: VoucherId, source: str) -> VoucherUsed:
    """Use up a voucher outside a sale; the same ``source`` answers with the first use.

    Raises:
        UnknownVoucher: it is not hers.
        VoucherNotUsable: it was used or cancelled, or has expired.
        UnknownMember, MemberBlocked, SourceReused: nothing was used.
    """
    wallet = open_wallet(tx, member_id).unit
    request_hash = request_digest("use-voucher", voucher_id)
    found = tx.run(
        select(Redemption).where(Redemption.member_id == member_id, Redemption.source == source)
    ).first()
    if found is not None:
        if found.request_hash != request_hash:
            raise SourceReused(source)
        return VoucherUsed(found.id, voucher_id, found.value_minor, replayed=True)
    redemption_id = RedemptionId(tx.new_id("rdm"))
    used_for = PurchaseId(redemption_id)
    worth = use_vouchers(tx, member_id=member_id, voucher_ids=[voucher_id], purchase_id=used_for)
    row = {
        "member_id": member_id,
        "id": redemption_id,
        "kind": RedemptionKind.VOUCHER,
        "state": RedemptionState.DONE,
        "wallet": wallet,
        "points": 0,
        "value_minor": worth,
        "claims": 0,
        "source": source,
        "request_hash": request_hash,
        "at": tx.now,
    }
    insert_rows(tx, Redemption, [row])
    facts = {"member": member_id, "value_minor": worth}
    audit_staff(tx, action="use-voucher", subject=voucher_id, details=facts)
    return VoucherUsed(redemption_id, voucher_id, worth)


def keep_rest(
    tx: Tx,
    *,
    keys: Keys,
    programme: Programme,
    member_id: MemberId,
    purchase_id: PurchaseId,
    rest_minor: int,
) -> IssuedVoucher | None:
    """Leave what a purchase did not need of its vouchers on a new one, if the programme does so.

    It lasts as long as the voucher of which it is the rest.
    """
    rule = programme.vouchers
    if rest_minor <= 0 or rule is None or not rule.keeps_leftover:
        return None
    last = tx.run(
        select(Voucher.id, Voucher.expires_on)
        .where(Voucher.member_id == member_id, Voucher.used_for == purchase_id)
        .order_by(Voucher.id.desc())
    ).first()
    assert last is not None, "a purchase that needed less has used a voucher"
    rest_id = VoucherId(tx.new_id("vch"))
    rest = IssuedVoucher(
        voucher_id=rest_id,
        code=code_of(keys, CodeKind.VOUCHER, rest_id).letters,
        value_minor=rest_minor,
        state=VoucherState.ISSUED,
        expires_on=last.expires_on,
    )
    row = voucher_row(keys, member_id, rest, issued_at=tx.now, purchase_id=purchase_id)
    insert_rows(tx, Voucher, [row | {"origin": VoucherOrigin.REST, "rest_of": last.id}])
    return rest
