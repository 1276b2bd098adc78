"""Pools: members who collect together. Points move in, are drawn out, and are shared at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update

from loyalty.commands.ledger import refuse_short, request_digest
from loyalty.commands.sql import insert_rows
from loyalty.commands.transfers import Moving, Transferred, move_points, replayed_transfer
from loyalty.commands.wallets import Journals, open_members, refuse_inactive, write_wallets
from loyalty.errors import InAPool, NotInAPool, SourceReused
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.models import Member, PoolMember, Transfer
from loyalty.programme import HouseholdExit, Programme
from loyalty.queries.pools import pool_of
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import Channel, MemberId, MemberState, TransferId
from loyalty.words import TransferKind


@dataclass(frozen=True, slots=True)
class PoolJoined:
    """A member who shares a pool now."""

    pool_id: MemberId
    member_id: MemberId
    owner: bool
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class PoolLeft:
    """A member who left a pool, and what she took along, by wallet, in grains."""

    pool_id: MemberId
    member_id: MemberId
    points: dict[str, int] = field(default_factory=dict)


def form_pool(tx: Tx, *, owner_id: MemberId, source: str) -> PoolJoined:
    """Open a pool that ``owner_id`` owns; the same ``source`` answers with the first pool.

    Raises:
        InAPool: she shares one already.
        UnknownMember, MemberBlocked, SourceReused: nothing was opened.
    """
    programme = current_programme(tx)
    refuse_inactive(tx, owner_id)
    open_members(tx, [owner_id])
    key, request_hash = f"pool:{owner_id}:{source}", request_digest("form-pool", owner_id)
    row = tx.run(select(Member.id, Member.request_hash).where(Member.source == key)).first()
    if row is not None:
        if row.request_hash != request_hash:
            raise SourceReused(source)
        return PoolJoined(row.id, owner_id, owner=True, replayed=True)
    _refuse_in_a_pool(tx, owner_id)
    pool_id = MemberId(tx.new_id("mbr"))
    pool: dict[str, Any] = {
        "id": pool_id,
        "state": MemberState.POOL,
        "language": "en",
        "joined_at": tx.now,
        "joined_on": programme.local_day(tx.now),
        "channel": Channel.STORE,
        "home_store_id": None,
        "last_contact_at": tx.now,
        "source": key,
        "request_hash": request_hash,
    }
    insert_rows(tx, Member, [pool])
    return _join(tx, pool_id, owner_id, owner=True)


def join_pool(tx: Tx, *, pool_id: MemberId, member_id: MemberId, source: str = "") -> PoolJoined:
    """Let a member share a pool. Joining again changes nothing.

    Raises:
        InAPool: she shares another one.
        NotInAPool: there is no such pool, or everybody has left it.
        UnknownMember, MemberBlocked: nothing was changed.
    """
    del source
    refuse_inactive(tx, member_id)
    open_members(tx, [pool_id, member_id])
    if not _members(tx, pool_id):
        raise NotInAPool
    if pool_of(tx, member_id) == pool_id:
        return PoolJoined(pool_id, member_id, owner=False, replayed=True)
    _refuse_in_a_pool(tx, member_id)
    return _join(tx, pool_id, member_id, owner=False)


def pool_points(
    tx: Tx, *, member_id: MemberId, points: int | None, source: str, wallet: str = ""
) -> Transferred:
    """Move a member's points into her pool; ``None``: all that she may spend.

    The same ``source`` with the same content answers with the first move.

    Raises:
        NotInAPool: she shares none.
        NotEnoughPoints: she may not spend so many; nothing was moved.
        UnknownMember, MemberBlocked, SourceReused: nothing was moved.
    """
    pool_id = _her_pool(tx, member_id)
    return _move(tx, (member_id, pool_id), points, source, wallet)


def draw_points(
    tx: Tx, *, member_id: MemberId, points: int | None, source: str, wallet: str = ""
) -> Transferred:
    """Move points of her pool to a member, who can then spend them; ``None``: all there are.

    The same ``source`` with the same content answers with the first move.

    Raises:
        NotInAPool: she shares none.
        NotEnoughPoints: the pool holds fewer; nothing was moved.
        UnknownMember, MemberBlocked, SourceReused: nothing was moved.
    """
    pool_id = _her_pool(tx, member_id)
    return _move(tx, (pool_id, member_id), points, f"{member_id}:{source}", wallet)


def leave_pool(tx: Tx, *, member_id: MemberId, source: str) -> PoolLeft:
    """Take a member out of her pool, with the share that the programme's ``household`` gives.

    The last one takes what is left. An owner's place goes to who joined next.

    Raises:
        NotInAPool: she shares none.
        UnknownMember, MemberBlocked: nothing was changed.
    """
    return take_out(tx, pool_id=_her_pool(tx, member_id), member_id=member_id, source=source)


def take_out(tx: Tx, *, pool_id: MemberId, member_id: MemberId, source: str) -> PoolLeft:
    """Take a member out of her pool, whatever the state of her membership.

    Raises:
        NotInAPool: she has left it meanwhile.
    """
    programme = current_programme(tx)
    opened = open_members(tx, [member_id, pool_id], list(programme.wallets))
    members = _members(tx, pool_id)
    if member_id not in members:
        raise NotInAPool
    for journals in opened.values():
        settle(journals, programme, tx.now)
    taken = {}
    for unit in programme.wallets:
        share = _share(tx, programme, opened[pool_id], unit, member_id=member_id, members=members)
        if share:
            cause = Moving(
                TransferKind.EXIT, f"leave:{member_id}:{source}:{unit}", source, cause_id=pool_id
            )
            giver, taker = opened[pool_id][unit], opened[member_id][unit]
            move_points(tx, programme, giver, taker, points=share, moving=cause)
            taken[unit] = share
    write_wallets(tx, [one for journals in opened.values() for one in journals.values()])
    here = (PoolMember.pool_id == pool_id, PoolMember.left_at.is_(None))
    tx.run(
        update(PoolMember)
        .where(*here, PoolMember.member_id == member_id)
        .values(left_at=tx.now, owner=False)
    )
    heirs = [one for one in members if one != member_id]
    if members[member_id] and heirs:
        tx.run(update(PoolMember).where(*here, PoolMember.member_id == heirs[0]).values(owner=True))
    record_audit(tx, action="leave-pool", subject=pool_id, details={"member": member_id})
    return PoolLeft(pool_id, member_id, taken)


def _move(
    tx: Tx, from_and_to: tuple[MemberId, MemberId], points: int | None, source: str, wallet: str
) -> Transferred:
    """Move points between a member and her pool."""
    giver_id, taker_id = from_and_to
    programme = current_programme(tx)
    unit = wallet or programme.main_unit
    request_hash = request_digest("pool", taker_id, unit, points)
    opened = open_members(tx, [giver_id, taker_id], [unit])
    giver, taker = opened[giver_id][unit], opened[taker_id][unit]
    if earlier := replayed_transfer(tx, giver, taker, source, request_hash):
        return earlier
    for journals in opened.values():
        settle(journals, programme, tx.now)
    lapse_day = giver.lapse_day(programme.local_day(tx.now))
    amount = giver.usable(lapse_day=lapse_day) if points is None else points
    whole(amount, "points", at_least=0 if points is None else 1)
    refuse_short(giver, programme, tx.now, amount)
    if not amount:
        return Transferred(TransferId(""), 0, unit, giver.balance, taker.balance)
    pool_id = taker_id if pool_of(tx, giver_id) == taker_id else giver_id
    kind = TransferKind.POOL if pool_id == taker_id else TransferKind.EXIT
    moving = Moving(kind, source, request_hash, cause_id=pool_id)
    row = move_points(tx, programme, giver, taker, points=amount, moving=moving)
    write_wallets(tx, [one for journals in opened.values() for one in journals.values()])
    return Transferred(row["id"], amount, unit, giver.balance, taker.balance)


def _share(
    tx: Tx,
    programme: Programme,
    pool: Journals,
    unit: str,
    *,
    member_id: MemberId,
    members: dict[MemberId, bool],
) -> int:
    """Return what a member takes along: by what she brought, in equal parts, or nothing."""
    journal = pool[unit]
    there = journal.usable(lapse_day=journal.lapse_day(programme.local_day(tx.now)))
    if len(members) == 1:
        return there
    rule = programme.household.exit
    if rule is HouseholdExit.NOTHING:
        return 0
    if rule is HouseholdExit.EQUAL:
        return there // len(members)
    brought = _brought(tx, journal.member_id, unit)
    total = sum(brought.get(one, 0) for one in members)
    return there * brought.get(member_id, 0) // total if total else 0


def _brought(tx: Tx, pool_id: MemberId, unit: str) -> dict[MemberId, int]:
    """Return what each member brought into the pool, less what she drew."""
    came = tx.run(
        select(Transfer.member_id, func.sum(Transfer.points))
        .where(Transfer.to_member_id == pool_id, Transfer.unit == unit)
        .group_by(Transfer.member_id)
    ).all()
    went = tx.run(
        select(Transfer.to_member_id, func.sum(Transfer.points))
        .where(Transfer.member_id == pool_id, Transfer.unit == unit)
        .group_by(Transfer.to_member_id)
    ).all()
    drawn = {row[0]: int(row[1]) for row in went}
    return {row[0]: max(0, int(row[1]) - drawn.get(row[0], 0)) for row in came}


def _join(tx: Tx, pool_id: MemberId, member_id: MemberId, *, owner: bool) -> PoolJoined:
    row = {"member_id": member_id, "pool_id": pool_id, "joined_at": tx.now, "owner": owner}
    insert_rows(tx, PoolMember, [row])
    record_audit(tx, action="join-pool", subject=pool_id, details={"member": member_id})
    return PoolJoined(pool_id, member_id, owner)


def _members(tx: Tx, pool_id: MemberId) -> dict[MemberId, bool]:
    """Return who shares a pool now, who joined first first, and who owns it."""
    rows = tx.run(
        select(PoolMember.member_id, PoolMember.owner)
        .where(PoolMember.pool_id == pool_id, PoolMember.left_at.is_(None))
        .order_by(PoolMember.joined_at, PoolMember.member_id)
    )
    return {row.member_id: row.owner for row in rows}


def _her_pool(tx: Tx, member_id: MemberId) -> MemberId:
    refuse_inactive(tx, member_id)
    pool_id = pool_of(tx, member_id)
    if pool_id is None:
        raise NotInAPool
    return pool_id


def _refuse_in_a_pool(tx: Tx, member_id: MemberId) -> None:
    pool_id = pool_of(tx, member_id)
    if pool_id is not None:
        raise InAPool(pool_id)
