"""Points that a member gave, and points that reached her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from loyalty.kernel.tx import Tx
from loyalty.models import Transfer
from loyalty.programme import is_hidden
from loyalty.values import MemberId, TransferId
from loyalty.words import TransferKind


@dataclass(frozen=True, slots=True)
class TransferRow:
    """Points between two members; ``points`` are grains of ``wallet``, negative when she gave."""

    transfer_id: TransferId
    kind: TransferKind
    other_id: MemberId
    wallet: str
    points: int
    reason: str
    at: datetime


def transfers_of(tx: Tx, member_id: MemberId, *, limit: int = 50) -> tuple[TransferRow, ...]:
    """Return what moved between a member and others, newest first; merges and pools as well."""
    rows = tx.run(
        select(Transfer)
        .where(or_(Transfer.member_id == member_id, Transfer.to_member_id == member_id))
        .order_by(Transfer.at.desc(), Transfer.id.desc())
        .limit(limit)
    )
    return tuple(
        TransferRow(
            transfer_id=row.id,
            kind=row.kind,
            other_id=row.to_member_id if row.member_id == member_id else row.member_id,
            wallet=row.unit,
            points=-row.points if row.member_id == member_id else row.points,
            reason=row.reason,
            at=row.at,
        )
        for row in rows
        if not is_hidden(row.unit)
    )
