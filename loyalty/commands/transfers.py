"""Points that move between members: lot by lot, each with the day on which it lapses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from loyalty.commands.auditing import audit_staff
from loyalty.commands.ledger import refuse_short, request_digest
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import open_members, refuse_inactive, write_wallets
from loyalty.errors import SourceReused, TransferLimit, TransferToSelf
from loyalty.events import PointsTransferred
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.lots import Into, LotKey, pooled
from loyalty.models import Transfer
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import MemberId, TransferId
from loyalty.words import Contra, PostingKind, TransferKind

_POSTED_AS: Mapping[TransferKind, tuple[PostingKind, Contra]] = {
    TransferKind.GIFT: (PostingKind.TRANSFER, Contra.TRANSFERRED),
    TransferKind.POOL: (PostingKind.TRANSFER, Contra.POOLED),
    TransferKind.EXIT: (PostingKind.TRANSFER, Contra.POOLED),
    TransferKind.MERGE: (PostingKind.MERGE, Contra.MERGED),
    TransferKind.UNMERGE: (PostingKind.MERGE, Contra.MERGED),
}


@dataclass(frozen=True, slots=True)
class Transferred:
    """Points that have moved, and what both wallets hold now."""

    transfer_id: TransferId
    points: int
    wallet: str
    balance: int
    to_balance: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Moving:
    """Why points move; ``source`` is unique within the member who gives."""

    kind: TransferKind
    source: str
    request_hash: str
    reason: str = ""
    cause_id: str = ""


def transfer_points(
    tx: Tx,
    *,
    member_id: MemberId,
    to_member_id: MemberId,
    points: int,
    source: str,
    wallet: str = "",
    reason: str = "",
) -> Transferred:
    """Give points of one member to another; they lapse on the days on which they would have.

    They count as earned for nobody. The same ``source`` with the same content answers with the
    first transfer.

    Raises:
        NotEnoughPoints: the giver may not spend so many; nothing was moved.
        TransferToSelf, TransferLimit: nothing was moved.
        UnknownMember, MemberBlocked: of either of the two; nothing was moved.
        SourceReused: the source stands for another transfer.
    """
    whole(points, "points", at_least=1)
    if member_id == to_member_id:
        raise TransferToSelf(member_id)
    programme = current_programme(tx)
    unit = wallet or programme.main_unit
    request_hash = request_digest("transfer", to_member_id, unit, points, reason)
    opened = open_members(tx, [member_id, to_member_id], [unit])
    for one in (member_id, to_member_id):
        refuse_inactive(tx, one)
    giver, taker = opened[member_id][unit], opened[to_member_id][unit]
    if earlier := replayed_transfer(tx, giver, taker, source, request_hash):
        return earlier
    for journals in opened.values():
        settle(journals, programme, tx.now)
    refuse_short(giver, programme, tx.now, points)
    _refuse_above_limit(tx, programme, member_id, points)
    moving = Moving(TransferKind.GIFT, source, request_hash, reason)
    row = move_points(tx, programme, giver, taker, points=points, moving=moving)
    write_wallets(tx, [one for journals in opened.values() for one in journals.values()])
    tx.announce(
        PointsTransferred(
            transfer_id=row["id"], member_id=member_id, to_member_id=to_member_id, points=points
        )
    )
    return Transferred(row["id"], points, unit, giver.balance, taker.balance)


def move_points(
    tx: Tx,
    programme: Programme,
    giver: Journal,
    taker: Journal,
    *,
    points: int,
    moving: Moving,
    first: Collection[LotKey] = (),
) -> dict[str, Any]:
    """Post points out of one open wallet into another and write down that they moved.

    Each lot keeps its day and the time at which it was earned; ``first`` names lots to take from
    before the others. The caller writes the wallets.
    """
    transfer_id = TransferId(tx.new_id("trf"))
    kind, contra = _POSTED_AS[moving.kind]
    cause = Cause(
        source=f"transfer:{transfer_id}",
        request_hash=moving.request_hash,
        programme_version_id=programme.version_id,
        occurred_at=tx.now,
        posted_at=tx.now,
    )
    out = giver.take(kind, contra, points, cause, first=first)
    into = [
        Into(one.expires_on, one.points, earned_at=giver.lots[one.key].earned_at)
        for one in giver.last_taken
    ]
    uncovered = points - sum(one.points for one in into)
    if uncovered:
        day = taker.rule.expiry.expires_on(programme.local_day(tx.now))
        into.append(Into(day, uncovered))
    came = taker.grant(kind, contra, pooled(into, individual=taker.rule.individual), cause)
    row = _row(tx, programme, moving, transfer_id) | {
        "member_id": giver.member_id,
        "to_member_id": taker.member_id,
        "unit": giver.unit,
        "points": points,
        "seq_out": out["seq"],
        "seq_in": came["seq"],
    }
    insert_rows(tx, Transfer, [row])
    facts = {"from": giver.member_id, "to": taker.member_id, "wallet": giver.unit, "points": points}
    audit_staff(tx, action=f"points-{moving.kind.value}", subject=transfer_id, details=facts)
    return row


def _row(tx: Tx, programme: Programme, moving: Moving, transfer_id: TransferId) -> dict[str, Any]:
    """Return the columns of a transfer that say why it was made."""
    return {
        "id": transfer_id,
        "kind": moving.kind,
        "source": moving.source,
        "request_hash": moving.request_hash,
        "at": tx.now,
        "moved_on": programme.local_day(tx.now),
        "reason": moving.reason,
        "cause_id": moving.cause_id,
    }


def replayed_transfer(
    tx: Tx, giver: Journal, taker: Journal | None, source: str, request_hash: str
) -> Transferred | None:
    """Return the transfer that the source brought about before.

    Raises:
        SourceReused: the source stands for another transfer.
    """
    row = tx.run(
        select(Transfer).where(Transfer.member_id == giver.member_id, Transfer.source == source)
    ).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise SourceReused(source)
    held = taker.balance if taker is not None else 0
    return Transferred(row.id, row.points, row.unit, giver.balance, held, replayed=True)


def _refuse_above_limit(tx: Tx, programme: Programme, member_id: MemberId, points: int) -> None:
    most = programme.transfers.per_day
    if most is None:
        return
    today = programme.local_day(tx.now)
    before = tx.run(
        select(func.coalesce(func.sum(Transfer.points), 0)).where(
            Transfer.member_id == member_id,
            Transfer.kind == TransferKind.GIFT,
            Transfer.moved_on == today,
        )
    ).scalar_one()
    if int(before) + points > most:
        raise TransferLimit(most)
