"""What a merge of two memberships would move, and the merges that were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from loyalty.kernel.tx import Tx
from loyalty.models import Card, Member, Merge, Purchase, Voucher
from loyalty.queries.balances import balances_of
from loyalty.queries.membership import Membership, membership
from loyalty.queries.programme import current_programme
from loyalty.queries.tiers import tier_progress
from loyalty.values import CardState, MemberId, MemberState, MergeId, TierProgress, VoucherState


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What would move from ``other`` to the member who stays, if they were merged now.

    ``points`` go by wallet, in grains; a debt is negative and moves as well. ``vouchers_minor`` is
    what the usable vouchers are worth together. ``hinders`` says why it cannot be done: ``same``,
    ``held`` points, or a ``state`` that does not allow it; empty when it can.
    """

    other: Membership
    points: dict[str, int]
    pending: dict[str, int]
    cards: int
    vouchers: int
    vouchers_minor: int
    tier: TierProgress | None
    purchases: int
    hinders: str


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge. ``survivor`` tells whether the member in hand was the one who stayed."""

    merge_id: MergeId
    survivor_id: MemberId
    other_id: MemberId
    at: datetime
    actor: str
    undone_at: datetime | None
    survivor: bool


def merge_preview(tx: Tx, *, survivor_id: MemberId, other_id: MemberId) -> MergePreview:
    """Return what ``merge_members`` would move now; nothing is written.

    Raises:
        UnknownMember: nobody has one of these ids, or the person was erased.
    """
    other, wallets = membership(tx, other_id), balances_of(tx, [other_id])[other_id]
    membership(tx, survivor_id)
    mine = (Voucher.member_id == other_id, Voucher.state == VoucherState.ISSUED)
    today = current_programme(tx).local_day(tx.now)
    vouchers, worth = tx.run(
        select(func.count(), func.coalesce(func.sum(Voucher.value_minor), 0)).where(
            *mine, Voucher.expires_on > today
        )
    ).one()
    return MergePreview(
        other=other,
        points={unit: one.balance for unit, one in wallets.items() if one.balance},
        pending={unit: one.pending for unit, one in wallets.items() if one.pending},
        cards=_count(tx, Card.member_id == other_id, Card.state == CardState.ACTIVE),
        vouchers=int(vouchers),
        vouchers_minor=int(worth),
        tier=_tier(tx, other),
        purchases=_count(tx, Purchase.member_id == other_id),
        hinders=_hinders(tx, survivor_id, other_id),
    )


def merges_of(tx: Tx, member_id: MemberId) -> tuple[MergeRow, ...]:
    """Return the merges that a member was part of, the newest first."""
    rows = tx.run(
        select(Merge.id, Merge.member_id, Merge.other_id, Merge.at, Merge.actor, Merge.undone_at)
        .where(or_(Merge.member_id == member_id, Merge.other_id == member_id))
        .order_by(Merge.at.desc(), Merge.id.desc())
    )
    return tuple(
        MergeRow(
            merge_id=row.id,
            survivor_id=row.member_id,
            other_id=row.other_id,
            at=row.at,
            actor=row.actor,
            undone_at=row.undone_at,
            survivor=row.member_id == member_id,
        )
        for row in rows
    )


def merged_into(tx: Tx, member_id: MemberId) -> MemberId | None:
    """Return the member whose books hold those of a merged membership now."""
    found: MemberId | None = tx.run(
        select(Merge.member_id)
        .where(Merge.other_id == member_id, Merge.undone_at.is_(None))
        .order_by(Merge.at.desc())
        .limit(1)
    ).scalar()
    return found


def _tier(tx: Tx, member: Membership) -> TierProgress | None:
    """Return where she stands; the standing of a merged membership lies with the other one."""
    if member.state is MemberState.MERGED:
        return None
    return tier_progress(tx, member.member_id)


def _hinders(tx: Tx, survivor_id: MemberId, other_id: MemberId) -> str:
    if survivor_id == other_id:
        return "same"
    both = [survivor_id, other_id]
    states = tx.run(select(Member.state).where(Member.id.in_(both))).scalars().all()
    if any(state is not MemberState.ACTIVE for state in states):
        return "state"
    wallets = [one for found in balances_of(tx, both).values() for one in found.values()]
    return "held" if any(one.held for one in wallets) else ""


def _count(tx: Tx, *conditions: ColumnElement[bool]) -> int:
    return int(tx.run(select(func.count()).where(*conditions)).scalar_one())
