"""What became of every voucher of a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loyalty.cards import CodeKind
from loyalty.codes import code_of
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher
from loyalty.programme import Programme, RewardKind
from loyalty.queries.programme import current_programme
from loyalty.values import (
    IssuedVoucher,
    MemberId,
    PurchaseId,
    VoucherId,
    VoucherOrigin,
    VoucherState,
)


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A voucher with its story. ``origin`` is ``None`` for one that cumulated spend gave."""

    voucher: IssuedVoucher
    origin: VoucherOrigin | None
    issued_at: datetime
    issued_for: str
    used_for: PurchaseId | None
    rest_of: VoucherId | None
    ended_at: datetime | None


def voucher_story(
    tx: Tx, member_id: MemberId, *, keys: Keys, limit: int = 200
) -> tuple[VoucherLine, ...]:
    """Return a member's vouchers, the newest first; a lapsed one shows so, job or no job."""
    today = current_programme(tx).local_day(tx.now)
    rows = tx.run(
        select(Voucher)
        .where(Voucher.member_id == member_id)
        .order_by(Voucher.issued_at.desc(), Voucher.id.desc())
        .limit(limit)
    )
    found = []
    for row in rows:
        lapsed = row.state is VoucherState.ISSUED and row.expires_on <= today
        voucher = IssuedVoucher(
            voucher_id=row.id,
            code=code_of(keys, CodeKind.VOUCHER, row.id).letters,
            value_minor=row.value_minor,
            state=VoucherState.EXPIRED if lapsed else row.state,
            expires_on=row.expires_on,
        )
        found.append(
            VoucherLine(
                voucher=voucher,
                origin=row.origin,
                issued_at=row.issued_at,
                issued_for=row.issued_for,
                used_for=row.used_for,
                rest_of=row.rest_of,
                ended_at=row.ended_at,
            )
        )
    return tuple(found)


def voucher_values(programme: Programme) -> tuple[int, ...]:
    """Return what a voucher that staff give may be worth, in minor units, the least first.

    Only what the programme itself hands out: for cumulated spend, or for points.
    """
    values = {rule.amount_minor for rule in programme.rewards if rule.kind is RewardKind.VOUCHER}
    if programme.vouchers is not None:
        values.add(programme.vouchers.value_minor)
    return tuple(sorted(values))
