"""Crediting a sale: tier window, cumulated spend and the facts that decide the level.

One statement on PostgreSQL, three on SQLite where a round trip costs nothing, as long as two
calendar years decide the level; other stairs read every credit. The member's wallet is held by
then, so what the statement reads is what every earlier sale has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, text, update

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
from loyalty.models import TierStanding
from loyalty.programme import Metric, Programme
from loyalty.queries.standings import STATE_FACTS, plain_facts, two_years
from loyalty.tiers import credit_key, is_plain
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class Credit:
    """What a sale adds: qualifying spend on a local day, points issued, spend towards vouchers.

    ``earned`` are grains issued into the wallet of the stairs.
    """

    on: date
    spend_minor: int
    voucher_spend_minor: int
    cause: str
    earned: int = 0
    visits: int = 1


def credit_sale(
    tx: Tx, member_id: MemberId, programme: Programme, credit: Credit
) -> tuple[Moved, Progress | None]:
    """Add a sale to a member's credits and settle her level; her wallet is held.

    The progress towards vouchers is ``None`` when the sale adds nothing to it.
    """
    if tx.dialect == "postgresql" and is_plain(programme.tiers):
        return _in_one_statement(tx, member_id, programme, credit)
    if programme.tiers.current_purchase_counts:
        _add(tx, member_id, programme, credit)
        moved = settle_level(tx, member_id, programme, cause=credit.cause)
    else:
        moved = settle_level(tx, member_id, programme, cause=credit.cause)
        _add(tx, member_id, programme, credit)
        _look_again(tx, member_id, programme.local_day(tx.now))
    if not credit.voucher_spend_minor:
        return moved, None
    return moved, add_progress(tx, member_id, spend_minor=credit.voucher_spend_minor)


def _add(tx: Tx, member_id: MemberId, programme: Programme, credit: Credit) -> None:
    add_credit(
        tx,
        member_id,
        programme,
        on=credit.on,
        spend_minor=credit.spend_minor,
        earned=credit.earned,
        visits=credit.visits,
    )


def _look_again(tx: Tx, member_id: MemberId, today: date) -> None:
    """Have the next review look at a member whose purchase does not count for itself."""
    standing = TierStanding.member_id == member_id
    tx.run(update(TierStanding).where(standing).values(next_check_on=today))


def _in_one_statement(
    tx: Tx, member_id: MemberId, programme: Programme, credit: Credit
) -> tuple[Moved, Progress | None]:
    rule, today = programme.tiers, programme.local_day(tx.now)
    credited, years = credit_key(rule, credit.on), two_years(today)
    facts = {
        "member_id": member_id,
        "credited": credited,
        "spend_minor": credit.spend_minor,
        "earned": credit.earned,
        "visits": credit.visits,
        "counted": credit.voucher_spend_minor,
        "on": credit.on,
    }
    row = tx.run(_credit(rule.metric), facts | years).one()
    this, before = row.this_year or 0, row.year_before or 0
    if credited == years["this"]:
        this += row.credited
    elif credited == years["before"]:
        before += row.credited
    found = plain_facts(rule, today, this, before)
    moved = settle_with(tx, member_id, programme, row, found, cause=credit.cause)
    if not credit.voucher_spend_minor:
        return moved, None
    return moved, Progress(row.progress_minor, row.issued)


_MEASURES = {Metric.SPEND: "spend_minor", Metric.EARNED: "earned", Metric.VISITS: "visits"}


@cache
def _credit(metric: Metric) -> Any:
    """Return the statement that credits a sale and reads what the two years come to then.

    The years are read without the credit that is being changed: the statement cannot see it yet.
    """
    measure = _MEASURES[metric]
    remembered = ", ".join(f"s.{name}" for name in STATE_FACTS)
    return text(
        f"""
    WITH credit AS (
        INSERT INTO tier_credits (member_id, period, spend_minor, earned, visits, last_on)
        VALUES (:member_id, :credited, :spend_minor, :earned, :visits, :on)
        ON CONFLICT (member_id, period) DO UPDATE
        SET spend_minor = tier_credits.spend_minor + excluded.spend_minor,
            earned = tier_credits.earned + excluded.earned,
            visits = tier_credits.visits + excluded.visits,
            last_on = GREATEST(tier_credits.last_on, excluded.last_on)
        RETURNING {measure} AS credited
    ), progress AS (
        INSERT INTO voucher_progress (member_id, spend_minor, issued)
        SELECT :member_id, :counted, 0 WHERE CAST(:counted AS bigint) > 0
        ON CONFLICT (member_id) DO UPDATE
        SET spend_minor = voucher_progress.spend_minor + excluded.spend_minor
        RETURNING spend_minor, issued
    )
    SELECT {remembered}, s.rule_key, s.next_check_on, credit.credited,
           (SELECT SUM(t.{measure}) FROM tier_credits t
            WHERE t.member_id = s.member_id AND t.period BETWEEN :this AND :this_last
              AND t.period <> :credited) AS this_year,
           (SELECT SUM(t.{measure}) FROM tier_credits t
            WHERE t.member_id = s.member_id AND t.period BETWEEN :before AND :before_last
              AND t.period <> :credited) AS year_before,
           progress.spend_minor AS progress_minor, progress.issued
    FROM tier_standings s CROSS JOIN credit LEFT JOIN progress ON true
    WHERE s.member_id = :member_id
    """  # noqa: S608 - names of columns, none from outside
    ).bindparams(bindparam("on", type_=LocalDate()))
