"""Crediting a sale: tier window, cumulated spend and the facts that decide the level.

One statement on PostgreSQL, three on SQLite where a round trip costs nothing. The member's wallet
is held by then, so what the statement reads is what every earlier sale has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text

from loyalty.commands.credits import (
    Moved,
    Progress,
    add_credit,
    add_progress,
    settle_level,
    settle_with,
)
from loyalty.kernel.db import LocalDate
from loyalty.kernel.tx import Tx
from loyalty.programme import Programme
from loyalty.tiers import Spend, period_of, previous_period
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class Credit:
    """What a sale adds: qualifying spend on a local day, and spend towards vouchers."""

    on: date
    spend_minor: int
    voucher_spend_minor: int
    cause: str


def credit_sale(
    tx: Tx, member_id: MemberId, programme: Programme, credit: Credit
) -> tuple[Moved, Progress | None]:
    """Add a sale to a member's credits and settle her level; her wallet is held.

    The progress towards vouchers is ``None`` when the sale adds nothing to it.
    """
    if tx.dialect == "postgresql":
        return _in_one_statement(tx, member_id, programme, credit)
    add_credit(tx, member_id, on=credit.on, spend_minor=credit.spend_minor, visits=1)
    moved = settle_level(tx, member_id, programme, cause=credit.cause)
    if not credit.voucher_spend_minor:
        return moved, None
    return moved, add_progress(tx, member_id, spend_minor=credit.voucher_spend_minor)


def _in_one_statement(
    tx: Tx, member_id: MemberId, programme: Programme, credit: Credit
) -> tuple[Moved, Progress | None]:
    today = programme.local_day(tx.now)
    period, credited = period_of(today), period_of(credit.on)
    facts = {
        "member_id": member_id,
        "credited": credited,
        "spend_minor": credit.spend_minor,
        "counted": credit.voucher_spend_minor,
        "on": credit.on,
        "this": period,
        "before": previous_period(period),
    }
    row = tx.run(_CREDIT, facts).one()
    spends = {period: row.this, previous_period(period): row.previous} | {credited: row.credited}
    spend = Spend(
        spends[period] or 0,
        spends[previous_period(period)] or 0,
        row.assigned_level,
        row.assigned_until,
    )
    moved = settle_with(tx, member_id, programme, row, spend, cause=credit.cause)
    if not credit.voucher_spend_minor:
        return moved, None
    return moved, Progress(row.progress_minor, row.issued)


_CREDIT: Any = text(
    """
    WITH credit AS (
        INSERT INTO tier_credits (member_id, period, spend_minor, visits, last_on)
        VALUES (:member_id, :credited, :spend_minor, 1, :on)
        ON CONFLICT (member_id, period) DO UPDATE
        SET spend_minor = tier_credits.spend_minor + excluded.spend_minor,
            visits = tier_credits.visits + 1,
            last_on = GREATEST(tier_credits.last_on, excluded.last_on)
        RETURNING spend_minor
    ), progress AS (
        INSERT INTO voucher_progress (member_id, spend_minor, issued)
        SELECT :member_id, :counted, 0 WHERE CAST(:counted AS bigint) > 0
        ON CONFLICT (member_id) DO UPDATE
        SET spend_minor = voucher_progress.spend_minor + excluded.spend_minor
        RETURNING spend_minor, issued
    )
    SELECT s.level, s.kept_level, s.kept_until, s.reviewed_period,
           s.assigned_level, s.assigned_until,
           credit.spend_minor AS credited,
           (SELECT t.spend_minor FROM tier_credits t
            WHERE t.member_id = s.member_id AND t.period = :this) AS this,
           (SELECT t.spend_minor FROM tier_credits t
            WHERE t.member_id = s.member_id AND t.period = :before) AS previous,
           progress.spend_minor AS progress_minor, progress.issued
    FROM tier_standings s CROSS JOIN credit LEFT JOIN progress ON true
    WHERE s.member_id = :member_id
    """
).bindparams(bindparam("on", type_=LocalDate()))
