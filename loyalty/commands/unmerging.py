"""Undoing a merge: what moved goes back, as far as it is still there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import null, or_, select, update

from loyalty.commands.merged_books import Books, Pair, part_books, return_things
from loyalty.commands.merging import open_both, refuse_holds, who
from loyalty.commands.transfers import Moving, move_points
from loyalty.commands.wallets import Journals, write_wallets
from loyalty.errors import NotMerged
from loyalty.events import MembersParted
from loyalty.journal import Journal
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.lots import LotKey
from loyalty.models import Give, Member, Merge, Posting, Transfer
from loyalty.programme import Programme, is_hidden
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import MemberId, MemberState, MergeId
from loyalty.words import TransferKind


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A merge that was undone: what went back by wallet, and what was spent meanwhile."""

    merge_id: MergeId
    points: dict[str, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)
    replayed: bool = False


def unmerge_members(tx: Tx, *, merge_id: MergeId, source: str = "") -> Unmerged:
    """Part two memberships again: what moved goes back, as far as it is still there.

    Points that were spent meanwhile are charged to the survivor's own first. Purchases since the
    merge stay with the survivor. Undoing it again changes nothing.

    Raises:
        NotMerged: there is no such merge, or it was undone by another request.
        HoldOpen: points of the survivor are held; nothing was moved.
    """
    programme = current_programme(tx)
    found = tx.run(select(Merge).where(Merge.id == merge_id)).first()
    if found is None:
        raise NotMerged(merge_id)
    opened = open_both(tx, found.member_id, found.other_id)
    row = tx.run(select(Merge).where(Merge.id == merge_id)).one()
    undone_by = source or tx.actor
    if row.undone_at is not None:
        if row.undone_by == undone_by:
            return Unmerged(merge_id, replayed=True)
        raise NotMerged(merge_id)
    _refuse_later_merge(tx, row)
    refuse_holds(opened)
    for journals in opened.values():
        settle(journals, programme, tx.now)
    moved, short = _move_back(tx, programme, opened, row)
    write_wallets(tx, [journal for both in opened.values() for journal in both.values()])
    pair = Pair(merge_id, row.member_id, row.other_id)
    return_things(tx, pair)
    tx.run(update(Member).where(Member.id == row.other_id).values(state=MemberState.ACTIVE))
    part_books(tx, programme, pair, Books.read(row.before))
    tx.run(
        update(Merge)
        .where(Merge.member_id == row.member_id, Merge.id == merge_id)
        .values(undone_at=tx.now, undone_by=undone_by)
    )
    record_audit(tx, action="unmerge-members", subject=merge_id, details=who(row._asdict()))
    tx.announce(MembersParted(merge_id=merge_id, member_id=row.member_id, other_id=row.other_id))
    return Unmerged(merge_id, moved, short)


def _refuse_later_merge(tx: Tx, row: Any) -> None:
    """Refuse to undo a merge on which another one stands: the last is undone first."""
    later = tx.run(
        select(Merge.id).where(
            or_(Merge.member_id == row.member_id, Merge.other_id == row.member_id),
            Merge.undone_at.is_(None),
            Merge.at > row.at,
        )
    ).first()
    if later is not None:
        raise NotMerged(row.id)


def _move_back(
    tx: Tx, programme: Programme, opened: dict[MemberId, Journals], row: Any
) -> tuple[dict[str, int], dict[str, int]]:
    """Give back what moved, lot by lot, as far as each still holds it."""
    moved: dict[str, int] = {}
    short: dict[str, int] = {}
    for transfer in tx.run(
        select(Transfer)
        .where(Transfer.cause_id == row.id, Transfer.kind == TransferKind.MERGE)
        .order_by(Transfer.unit)
    ).all():
        unit = transfer.unit
        stays, goes = opened[row.member_id][unit], opened[row.other_id][unit]
        if transfer.member_id == row.member_id:
            goes.floor = None
            moving = Moving(TransferKind.UNMERGE, f"un{row.id}:{unit}", row.id, cause_id=row.id)
            points = transfer.points
            move_points(tx, programme, goes, stays, points=points, moving=moving)
            moved[unit] = -points
            continue
        back = _back_by_lot(tx, programme, stays, goes, transfer)
        moved[unit] = back
        if back < transfer.points:
            short[unit] = transfer.points - back
    shown = {unit: points for unit, points in moved.items() if not is_hidden(unit)}
    return shown, {unit: points for unit, points in short.items() if not is_hidden(unit)}


def _back_by_lot(tx: Tx, programme: Programme, stays: Journal, goes: Journal, transfer: Any) -> int:
    """Take what a merge granted out of its lots again, as far as they hold it."""
    back = number = 0
    for (key, earned_at), points in _granted(tx, transfer).items():
        missing = points
        for one in _lots_of(stays, key, earned_at):
            part = min(missing, stays.lots[one].left)
            if not part:
                continue
            moving = Moving(
                TransferKind.UNMERGE,
                f"un{transfer.cause_id}:{transfer.unit}:{number}",
                transfer.cause_id,
                cause_id=transfer.cause_id,
            )
            move_points(tx, programme, stays, goes, points=part, moving=moving, first=[one])
            missing -= part
            number += 1
        back += points - missing
    return back


def _lots_of(journal: Journal, key: LotKey, earned_at: datetime | None) -> list[LotKey]:
    """Return the lot that was granted, and those in which its points are since another merge."""
    found = [key] if key in journal.lots else []
    if key.lot_no and earned_at is not None:
        alike = [one for one in journal.lots.values() if one.earned_at == earned_at]
        found += [one.key for one in alike if one.expires_on == key.expires_on and one.key != key]
    return found


def _granted(tx: Tx, transfer: Any) -> dict[tuple[LotKey, datetime | None], int]:
    """Return how much of each lot of the survivor a merge's transfer granted."""
    mine = (
        Give.member_id == transfer.to_member_id,
        Give.unit == transfer.unit,
        Give.seq == transfer.seq_in,
    )
    gives = tx.run(
        select(Give.expires_on, Give.lot_no, Give.earned_at, Give.hi - Give.lo).where(*mine)
    ).all()
    if not gives:
        gives = tx.run(
            select(Posting.lot_on, Posting.lot_no, null(), Posting.points).where(
                Posting.member_id == transfer.to_member_id,
                Posting.unit == transfer.unit,
                Posting.seq == transfer.seq_in,
            )
        ).all()
    found: dict[tuple[LotKey, datetime | None], int] = {}
    for expires_on, lot_no, earned_at, points in gives:
        lot = (LotKey(expires_on, lot_no or 0), earned_at)
        found[lot] = found.get(lot, 0) + points
    return found
