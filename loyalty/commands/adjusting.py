"""Adjustments by staff: with a reason, within the role's limits, above them by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, update

from loyalty.commands.ledger import (
    refuse_below_floor,
    request_digest,
)
from loyalty.commands.own_account import refuse_own_account
from loyalty.commands.sql import insert, insert_rows
from loyalty.commands.wallets import Journals, open_member, write_wallets
from loyalty.errors import (
    AdjustmentDecided,
    AdjustmentLimit,
    SamePerson,
    SourceReused,
    UnknownAdjustment,
)
from loyalty.journal import Cause, Journal
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.models import Adjustment, AdjustmentDay
from loyalty.programme import Programme, RoleLimits
from loyalty.queries.programme import current_programme
from loyalty.settling import settle
from loyalty.values import AdjustmentId, AdjustmentState, Fired, MemberId
from loyalty.words import Contra, PostingKind

REASON = "adjustment"
"""The rule that a posting of an adjustment names; its label is the reason."""
_POSTED = (AdjustmentState.POSTED, AdjustmentState.PROPOSED)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An adjustment as a command left it; ``seq`` is its posting, once there is one."""

    adjustment_id: AdjustmentId
    state: AdjustmentState
    points: int
    wallet: str
    balance: int
    seq: int | None = None
    replayed: bool = False


def adjust_points(
    tx: Tx,
    *,
    member_id: MemberId,
    points: int,
    reason: str,
    source: str,
    actor: str,
    role: str = "",
    wallet: str = "",
    expires_on: date | None = None,
) -> Adjusted:
    """Give a member points, or take some when negative, for a ``reason`` that she can read.

    Above the programme's ``four_eyes_above`` it is only proposed: somebody else than ``actor``
    decides. Limits of the ``role`` count what waits as well; no role, no limit. The same
    ``source`` with the same content answers with the first adjustment.

    Raises:
        AdjustmentLimit: the role may not adjust so much.
        NotEnoughPoints: taking would pass the wallet's floor.
        UnknownMember, MemberBlocked, OwnAccount, SourceReused: nothing was changed.
    """
    whole(abs(points), "points", at_least=1)
    programme = current_programme(tx)
    unit = wallet or programme.main_unit
    request_hash = request_digest("adjust", unit, points, reason, expires_on, actor)
    journals = open_member(tx, member_id, [unit])
    journal = journals[unit]
    if earlier := _replayed(tx, journal, source, request_hash):
        return earlier
    refuse_own_account(tx, actor, member_id)
    row = _proposed(tx, programme, journal, points) | {
        "reason": reason,
        "role": role,
        "requested_by": actor,
        "source": source,
        "request_hash": request_hash,
        "expires_on": expires_on,
    }
    _refuse_above_limits(tx, programme, row)
    if not row["needs_second"]:
        row |= {
            "state": AdjustmentState.POSTED,
            "posting_seq": _post(tx, programme, journals, row),
        }
    insert_rows(tx, Adjustment, [row])
    _audit(tx, row, "adjust-points" if row["posting_seq"] else "propose-adjustment")
    _count_day(tx, programme, row)
    return _adjusted(row, journal)


def decide_adjustment(
    tx: Tx,
    *,
    member_id: MemberId,
    adjustment_id: AdjustmentId,
    approve: bool,
    actor: str,
    role: str = "",
) -> Adjusted:
    """Post a proposed adjustment, or refuse it; the same decision again changes nothing.

    Raises:
        SamePerson: ``actor`` asked for it.
        OwnAccount: the membership is the ``actor``'s own.
        AdjustmentDecided: it was decided otherwise, or by somebody else.
        AdjustmentLimit: the role may not adjust so much itself.
        NotEnoughPoints: taking would pass the wallet's floor; it stays proposed.
        UnknownAdjustment, UnknownMember, MemberBlocked: nothing was changed.
    """
    programme = current_programme(tx)
    journals, row = _open(tx, member_id, adjustment_id)
    journal = journals[row["wallet"]]
    state = AdjustmentState.POSTED if approve else AdjustmentState.REFUSED
    if row["state"] is not AdjustmentState.PROPOSED:
        if (row["state"], row["decided_by"]) == (state, actor):
            return _adjusted(row, journal, replayed=True)
        raise AdjustmentDecided(adjustment_id, row["state"])
    if actor == row["requested_by"]:
        raise SamePerson
    refuse_own_account(tx, actor, member_id)
    limits = _limits(programme, role)
    if approve and limits.each is not None and abs(row["points"]) > limits.each:
        raise AdjustmentLimit("each", limits.each)
    row |= {"state": state, "decided_by": actor, "decided_at": tx.now}
    if approve:
        row["posting_seq"] = _post(tx, programme, journals, row)
    _write_decision(tx, row)
    _audit(tx, row, "approve-adjustment" if approve else "refuse-adjustment")
    return _adjusted(row, journal)


def _open(
    tx: Tx, member_id: MemberId, adjustment_id: AdjustmentId
) -> tuple[Journals, dict[str, Any]]:
    """Hold the wallet of an adjustment, then read it."""
    statement = select(Adjustment).where(
        Adjustment.member_id == member_id, Adjustment.id == adjustment_id
    )
    found = tx.run(statement).first()
    if found is None:
        raise UnknownAdjustment(adjustment_id)
    journals = open_member(tx, member_id, [found.wallet])
    return journals, tx.run(statement).one()._asdict()


def _write_decision(tx: Tx, row: dict[str, Any]) -> None:
    decided = ("state", "decided_by", "decided_at", "posting_seq")
    tx.run(
        update(Adjustment)
        .where(Adjustment.member_id == row["member_id"], Adjustment.id == row["id"])
        .values({name: row[name] for name in decided})
    )


def _proposed(tx: Tx, programme: Programme, journal: Journal, points: int) -> dict[str, Any]:
    """Return the columns of an adjustment that nobody has decided about."""
    above = programme.adjustments.four_eyes_above
    return {
        "member_id": journal.member_id,
        "id": AdjustmentId(tx.new_id("adj")),
        "state": AdjustmentState.PROPOSED,
        "wallet": journal.unit,
        "points": points,
        "needs_second": above is not None and abs(points) > above,
        "requested_at": tx.now,
        "requested_on": programme.local_day(tx.now),
        "posting_seq": None,
    }


def _replayed(tx: Tx, journal: Journal, source: str, request_hash: str) -> Adjusted | None:
    row = tx.run(
        select(Adjustment).where(
            Adjustment.member_id == journal.member_id, Adjustment.source == source
        )
    ).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise SourceReused(source)
    return _adjusted(row._asdict(), journal, replayed=True)


def _refuse_above_limits(tx: Tx, programme: Programme, row: dict[str, Any]) -> None:
    """Refuse what the role may not adjust of one member; her wallet is held."""
    limits, amount = _limits(programme, row["role"]), abs(row["points"])
    if limits.each is not None and amount > limits.each:
        raise AdjustmentLimit("each", limits.each)
    most = limits.per_member_per_month
    if most is None:
        return
    first: date = row["requested_on"].replace(day=1)
    before = tx.run(
        select(func.coalesce(func.sum(func.abs(Adjustment.points)), 0)).where(
            Adjustment.member_id == row["member_id"],
            Adjustment.role == row["role"],
            Adjustment.state.in_(_POSTED),
            Adjustment.requested_on >= first,
        )
    ).scalar_one()
    if int(before) + amount > most:
        raise AdjustmentLimit("per_member_per_month", most)


def _limits(programme: Programme, role: str) -> RoleLimits:
    """Return what a role may adjust: one that the programme does not name has no limit.

    Whether somebody may adjust at all is for who lets her in to say.
    """
    return programme.adjustments.roles.get(role, RoleLimits())


def _count_day(tx: Tx, programme: Programme, row: dict[str, Any]) -> None:
    """Count what the actor adjusts today, and refuse what passes the day's limit.

    It is the last row touched: whoever adjusts other members at the same time waits here.
    """
    most = _limits(programme, row["role"]).per_day
    amount = abs(row["points"])
    counted = {"actor": row["requested_by"], "adjusted_on": row["requested_on"], "used": amount}
    used = AdjustmentDay.used + amount
    statement = insert(tx.dialect, AdjustmentDay).on_conflict_do_update(
        index_elements=["actor", "adjusted_on"],
        set_={"used": used},
        where=None if most is None else used <= most,
    )
    done = tx.run(statement.returning(AdjustmentDay.used), counted).first()
    if most is not None and (done is None or amount > most):
        raise AdjustmentLimit("per_day", most)


def _post(tx: Tx, programme: Programme, journals: Journals, row: dict[str, Any]) -> int:
    """Post an adjustment to an open wallet and write it; return the posting's number."""
    points, journal = row["points"], journals[row["wallet"]]
    settle(journals, programme, tx.now)
    cause = Cause(
        source=f"adjust:{row['id']}",
        request_hash=row["request_hash"],
        programme_version_id=programme.version_id,
        occurred_at=tx.now,
        posted_at=tx.now,
        reasons=(Fired(REASON, points, 0, label=row["reason"]),),
    )
    if points > 0:
        day = row["expires_on"] or journal.rule.expiry.expires_on(programme.local_day(tx.now))
        posted = journal.grant(PostingKind.ADJUSTMENT, Contra.ADJUSTED, [(day, points)], cause)
    else:
        refuse_below_floor(journal, -points)
        posted = journal.take(PostingKind.ADJUSTMENT, Contra.ADJUSTED, -points, cause)
    write_wallets(tx, journals.values())
    return int(posted["seq"])


def _audit(tx: Tx, row: dict[str, Any], action: str) -> None:
    details = {"member": row["member_id"], "points": row["points"], "wallet": row["wallet"]}
    record_audit(tx, action=action, subject=row["id"], details=details)


def _adjusted(row: dict[str, Any], journal: Journal, *, replayed: bool = False) -> Adjusted:
    return Adjusted(
        adjustment_id=row["id"],
        state=row["state"],
        points=row["points"],
        wallet=row["wallet"],
        balance=journal.balance,
        seq=row["posting_seq"],
        replayed=replayed,
    )
