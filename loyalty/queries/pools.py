"""Who shares a pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loyalty.identity import display_name
from loyalty.kernel.tx import Tx
from loyalty.models import MemberIdentity, PoolMember
from loyalty.queries.balances import WalletBalance, balances_of
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class PoolPerson:
    """Somebody who shares a pool: the name is first name and initial."""

    member_id: MemberId
    display_name: str
    owner: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool: who shares it now, its owner first, and its wallets by name."""

    pool_id: MemberId
    people: tuple[PoolPerson, ...]
    wallets: dict[str, WalletBalance]


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


def pool_story(tx: Tx, member_id: MemberId) -> Pool | None:
    """Return the pool that a member shares now, its owner first; ``None`` without one."""
    pool_id = pool_of(tx, member_id)
    if pool_id is None:
        return None
    rows = tx.run(
        select(
            PoolMember.member_id,
            PoolMember.owner,
            PoolMember.joined_at,
            MemberIdentity.given_name,
            MemberIdentity.family_name,
        )
        .outerjoin(MemberIdentity, MemberIdentity.member_id == PoolMember.member_id)
        .where(PoolMember.pool_id == pool_id, PoolMember.left_at.is_(None))
        .order_by(PoolMember.owner.desc(), PoolMember.joined_at, PoolMember.member_id)
    )
    people = tuple(
        PoolPerson(
            member_id=row.member_id,
            display_name=display_name(row.given_name or "–", row.family_name or ""),
            owner=row.owner,
            joined_at=row.joined_at,
        )
        for row in rows
    )
    return Pool(pool_id, people, balances_of(tx, [pool_id])[pool_id])
