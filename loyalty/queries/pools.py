"""Who shares a pool."""

from __future__ import annotations

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import PoolMember
from loyalty.values import MemberId


def pool_of(tx: Tx, member_id: MemberId) -> MemberId | None:
    """Return the pool that a member shares now."""
    found: MemberId | None = tx.run(
        select(PoolMember.pool_id).where(
            PoolMember.member_id == member_id, PoolMember.left_at.is_(None)
        )
    ).scalar()
    return found


def pool_members(tx: Tx, pool_id: MemberId) -> tuple[MemberId, ...]:
    """Return who shares a pool now, who joined first first."""
    rows = tx.run(
        select(PoolMember.member_id)
        .where(PoolMember.pool_id == pool_id, PoolMember.left_at.is_(None))
        .order_by(PoolMember.joined_at, PoolMember.member_id)
    )
    return tuple(rows.scalars())
