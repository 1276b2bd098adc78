"""Making two memberships of one person one, and undoing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.ledger import request_digest
from loyalty.commands.merged_books import (
    Pair,
    books_before,
    join_books,
    move_things,
)
from loyalty.commands.sql import insert_rows
from loyalty.commands.transfers import Moving, move_points
from loyalty.commands.waking import wake
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import (
    AlreadyMerged,
    HoldOpen,
    MemberBlocked,
    SourceReused,
    UnknownMember,
)
from loyalty.events import MembersMerged
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import Member, Merge, Transfer, Wallet
from loyalty.programme import Programme, is_hidden
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import MemberId, MemberState, MergeId
from loyalty.words import TransferKind


@dataclass(frozen=True, slots=True)
class Merged:
    """Two memberships that became one; ``points`` are what moved, by wallet, in grains."""

    merge_id: MergeId
    survivor_id: MemberId
    other_id: MemberId
    points: dict[str, int] = field(default_factory=dict)
    replayed: bool = False


def merge_members(tx: Tx, *, survivor_id: MemberId, other_id: MemberId, source: str) -> Merged:
    """Move everything of ``other_id`` to ``survivor_id``: points, debts, cards, credits, vouchers.

    Lots keep the day on which they lapse. The other's own data stay with her membership, which
    neither earns nor spends until ``unmerge_members``. The same ``source`` answers with the first
    merge.

    Raises:
        AlreadyMerged: both are one, or one was merged before, or is a pool.
        HoldOpen: points of one of them are held; nothing was moved.
        UnknownMember, MemberBlocked, SourceReused: nothing was moved.
    """
    programme = current_programme(tx)
    request_hash = request_digest("merge", other_id)
    opened = open_both(tx, survivor_id, other_id)
    if earlier := _replayed(tx, survivor_id, source, request_hash):
        return earlier
    _refuse_states(tx, survivor_id, other_id)
    merge_id = MergeId(tx.new_id("mrg"))
    pair = Pair(merge_id, survivor_id, other_id)
    books = books_before(tx, survivor_id, other_id)
    row = {
        "member_id": survivor_id,
        "id": merge_id,
        "other_id": other_id,
        "source": source,
        "request_hash": request_hash,
        "at": tx.now,
        "actor": tx.actor,
        "before": books.document(),
    }
    insert_rows(tx, Merge, [row])
    refuse_holds(opened)
    for journals in opened.values():
        settle(journals, programme, tx.now)
    moved = {
        unit: _move_all(tx, programme, opened, unit=unit, pair=pair) for unit in opened[other_id]
    }
    write_wallets(tx, [journal for both in opened.values() for journal in both.values()])
    move_things(tx, pair)
    join_books(tx, programme, pair, books)
    tx.run(update(Member).where(Member.id == other_id).values(state=MemberState.MERGED))
    wake(tx, [other_id])
    record_audit(tx, action="merge-members", subject=merge_id, details=who(row))
    tx.announce(MembersMerged(merge_id=merge_id, member_id=survivor_id, other_id=other_id))
    shown = {unit: points for unit, points in moved.items() if points and not is_hidden(unit)}
    return Merged(merge_id, survivor_id, other_id, shown)


def open_both(tx: Tx, survivor_id: MemberId, other_id: MemberId) -> dict[MemberId, Journals]:
    """Hold every wallet of both, those that wait too, in the order that everybody keeps."""
    units = tx.run(
        select(Wallet.unit).where(Wallet.member_id.in_([survivor_id, other_id])).distinct()
    ).scalars()
    opened = open_members(tx, [survivor_id, other_id], sorted(units))
    for member_id in (survivor_id, other_id):
        if member_id not in opened:
            raise UnknownMember(member_id)
    return opened


def _refuse_states(tx: Tx, survivor_id: MemberId, other_id: MemberId) -> None:
    if survivor_id == other_id:
        raise AlreadyMerged(other_id)
    rows = tx.run(select(Member.id, Member.state).where(Member.id.in_([survivor_id, other_id])))
    for member_id, state in rows:
        if state is MemberState.BLOCKED:
            raise MemberBlocked(member_id)
        if state is not MemberState.ACTIVE:
            raise AlreadyMerged(member_id)


def refuse_holds(opened: dict[MemberId, Journals]) -> None:
    """Refuse to move wallets of which something is held.

    Raises:
        HoldOpen: with the member.
    """
    for member_id, journals in opened.items():
        if any(journal.held for journal in journals.values()):
            raise HoldOpen(member_id)


def _replayed(tx: Tx, survivor_id: MemberId, source: str, request_hash: str) -> Merged | None:
    row = tx.run(
        select(Merge).where(Merge.member_id == survivor_id, Merge.source == source)
    ).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise SourceReused(source)
    moved = {
        unit: points
        for unit, points in _net(tx, row.id, survivor_id).items()
        if not is_hidden(unit)
    }
    return Merged(row.id, survivor_id, row.other_id, moved, replayed=True)


def _move_all(
    tx: Tx,
    programme: Programme,
    opened: dict[MemberId, Journals],
    *,
    unit: str,
    pair: Pair,
) -> int:
    """Move one wallet of the other to the survivor; a debt moves the other way round."""
    stays, goes = opened[pair.survivor_id][unit], opened[pair.other_id][unit]
    balance = goes.balance
    moving = Moving(
        TransferKind.MERGE, f"{pair.merge_id}:{unit}", pair.merge_id, cause_id=pair.merge_id
    )
    if balance > 0:
        move_points(tx, programme, goes, stays, points=balance, moving=moving)
    elif balance < 0:
        stays.floor = None
        move_points(tx, programme, stays, goes, points=-balance, moving=moving)
    return balance


def _net(tx: Tx, merge_id: MergeId, survivor_id: MemberId) -> dict[str, int]:
    rows = tx.run(
        select(Transfer).where(Transfer.cause_id == merge_id, Transfer.kind == TransferKind.MERGE)
    )
    return {
        row.unit: row.points if row.to_member_id == survivor_id else -row.points for row in rows
    }


def who(row: dict[str, Any]) -> dict[str, Any]:
    """Return the two members of a merge, for the audit."""
    return {"survivor": row["member_id"], "other": row["other_id"]}
