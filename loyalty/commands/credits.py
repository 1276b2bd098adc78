"""What a sale or return changes besides points: tier credit, voucher progress, the level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, literal, select, update

from loyalty.commands.sql import insert, table_of
from loyalty.events import TierReached
from loyalty.kernel.tx import Tx
from loyalty.models import TierChange, TierCredit, TierStanding, VoucherProgress
from loyalty.programme import Programme
from loyalty.tiers import Spend, period_of, previous_period, progress_on, standing_on
from loyalty.values import MemberId, TierProgress


@dataclass(frozen=True, slots=True)
class Progress:
    """A member's cumulated spend towards vouchers, after a change."""

    spend_minor: int
    issued: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a member stood before a change of her credits, and where she stands now."""

    before: str
    tier: TierProgress


def add_credit(tx: Tx, member_id: MemberId, *, on: date, spend_minor: int, visits: int = 0) -> None:
    """Add to what counts in the window of ``on``; a return adds a negative amount and no visit."""
    row = {
        "member_id": member_id,
        "period": period_of(on),
        "spend_minor": spend_minor,
        "visits": visits,
        "last_on": on,
    }
    tx.run(_add_credit(tx.dialect), row)


def add_progress(tx: Tx, member_id: MemberId, *, spend_minor: int, issued: int = 0) -> Progress:
    """Add to the spend that earns vouchers and to the vouchers that stand against it."""
    row = {"member_id": member_id, "spend_minor": spend_minor, "issued": issued}
    found = tx.run(_add_progress(tx.dialect), row).one()
    return Progress(found.spend_minor, found.issued)


def take_vouchers_off(tx: Tx, member_id: MemberId, *, count: int) -> None:
    """Let ``count`` vouchers no longer stand against the member's spend: they were cancelled."""
    tx.run(
        update(VoucherProgress)
        .where(VoucherProgress.member_id == member_id)
        .values(issued=VoucherProgress.issued - count)
    )


def settle_level(tx: Tx, member_id: MemberId, programme: Programme, *, cause: str) -> Moved:
    """Work out a member's level anew and write down what changed; her wallet is held.

    A change is kept in her history with its ``cause`` and announced as ``TierReached``.
    """
    period = period_of(programme.local_day(tx.now))
    key = {"member_id": member_id, "period": period, "before": previous_period(period)}
    row = tx.run(_STANDING, key).one()
    spend = Spend(row.this or 0, row.previous or 0, row.assigned_level, row.assigned_until)
    return settle_with(tx, member_id, programme, row, spend, cause=cause)


def settle_with(
    tx: Tx, member_id: MemberId, programme: Programme, row: Any, spend: Spend, *, cause: str
) -> Moved:
    """Settle the level of a member whose standing was read with what decides it."""
    today = programme.local_day(tx.now)
    standing = standing_on(programme.tiers, today, spend)
    wanted: dict[str, Any] = {
        "level": standing.level,
        "kept_level": standing.kept_level,
        "kept_until": standing.kept_until,
        "reviewed_period": period_of(today),
    }
    if any(getattr(row, name) != value for name, value in wanted.items()):
        if row.level != standing.level:
            wanted["since_at"] = tx.now
            note_change(tx, member_id, row.level, standing.level, cause=cause, at=tx.now)
            tx.announce(TierReached(member_id=member_id, level=standing.level, previous=row.level))
        tx.run(update(TierStanding).where(TierStanding.member_id == member_id).values(**wanted))
    return Moved(row.level, progress_on(programme.tiers, today, spend))


def note_change(
    tx: Tx, member_id: MemberId, from_level: str, to_level: str, *, cause: str, at: datetime
) -> None:
    """Append a step to the member's history."""
    table = table_of(TierChange)
    last = select(func.coalesce(func.max(TierChange.seq), 0) + 1).where(
        TierChange.member_id == member_id
    )
    tx.run(
        table.insert().from_select(
            ["member_id", "seq", "from_level", "to_level", "cause", "at"],
            select(
                literal(member_id),
                last.scalar_subquery(),
                literal(from_level),
                literal(to_level),
                literal(cause),
                literal(at, table.c.at.type),
            ),
        )
    )


@cache
def _add_credit(dialect: str) -> Any:
    statement = insert(dialect, TierCredit)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["member_id", "period"],
        set_={
            "spend_minor": TierCredit.spend_minor + new.spend_minor,
            "visits": TierCredit.visits + new.visits,
            "last_on": case(
                (new.last_on > TierCredit.last_on, new.last_on), else_=TierCredit.last_on
            ),
        },
    )


@cache
def _add_progress(dialect: str) -> Any:
    statement = insert(dialect, VoucherProgress)
    return statement.on_conflict_do_update(
        index_elements=["member_id"],
        set_={
            "spend_minor": VoucherProgress.spend_minor + statement.excluded.spend_minor,
            "issued": VoucherProgress.issued + statement.excluded.issued,
        },
    ).returning(VoucherProgress.spend_minor, VoucherProgress.issued)


_CREDIT = select(TierCredit.spend_minor).where(TierCredit.member_id == bindparam("member_id"))
_STANDING = select(
    TierStanding.level,
    TierStanding.kept_level,
    TierStanding.kept_until,
    TierStanding.reviewed_period,
    TierStanding.assigned_level,
    TierStanding.assigned_until,
    _CREDIT.where(TierCredit.period == bindparam("period")).scalar_subquery().label("this"),
    _CREDIT.where(TierCredit.period == bindparam("before")).scalar_subquery().label("previous"),
).where(TierStanding.member_id == bindparam("member_id"))
