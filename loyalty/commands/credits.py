"""What a sale or return changes besides points: tier credit, voucher progress, the level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, literal, select, update

from loyalty.commands.recrediting import spread_years
from loyalty.commands.sql import insert, table_of
from loyalty.events import TierReached
from loyalty.kernel.tx import Tx
from loyalty.models import TierChange, TierCredit, TierStanding, VoucherProgress
from loyalty.programme import Metric, Programme, TierRule
from loyalty.queries.standings import (
    STATE_FACTS,
    facts_of,
    plain_facts,
    settled,
    sum_of,
    two_years,
)
from loyalty.tiers import (
    Event,
    Facts,
    State,
    credit_key,
    is_plain,
    next_check,
    progress_of,
)
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


def add_credit(
    tx: Tx,
    member_id: MemberId,
    programme: Programme,
    *,
    on: date,
    spend_minor: int = 0,
    earned: int = 0,
    visits: int = 0,
) -> None:
    """Add to what counts on a day; a return adds negative amounts and no visit, a void takes it.

    ``earned`` are grains issued into the wallet of the stairs.
    """
    row = {
        "member_id": member_id,
        "period": credit_key(programme.tiers, on),
        "spend_minor": spend_minor,
        "earned": earned,
        "visits": visits,
        "last_on": on,
    }
    credit_period(tx, row)


def credit_period(tx: Tx, row: dict[str, Any]) -> None:
    """Add the amounts of ``row`` to what a member did in its period.

    Visits are taken off apart: no row may ever say fewer than none, not even one to be added.
    """
    if row["visits"] < 0:
        tx.run(
            update(TierCredit)
            .where(TierCredit.member_id == row["member_id"], TierCredit.period == row["period"])
            .values(visits=TierCredit.visits + row["visits"])
        )
        row = row | {"visits": 0}
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


def settle_level(
    tx: Tx,
    member_id: MemberId,
    programme: Programme,
    *,
    cause: str,
    event: Event = Event.TOUCH,
) -> Moved:
    """Work out a member's level anew and write down what changed; her wallet is held.

    A change is kept in her history with its ``cause`` and announced as ``TierReached``.
    """
    rule, today = programme.tiers, programme.local_day(tx.now)
    if is_plain(rule):
        row = tx.run(_standing(rule.metric), {"member_id": member_id} | two_years(today)).one()
        facts = plain_facts(rule, today, row.this_year, row.year_before)
    else:
        row = tx.run(_ROW, {"member_id": member_id}).one()
        if row.rule_key != rule.key:
            spread_years(tx, programme, [member_id])
        facts = facts_of(tx, programme, [member_id])[member_id]
    return settle_with(tx, member_id, programme, row, facts, cause=cause, event=event)


def settle_with(
    tx: Tx,
    member_id: MemberId,
    programme: Programme,
    row: Any,
    facts: Facts,
    *,
    cause: str,
    event: Event = Event.TOUCH,
) -> Moved:
    """Settle the level of a member whose standing was read with what decides it."""
    rule, today = programme.tiers, programme.local_day(tx.now)
    state = settled(rule, row, facts, today, event)
    wanted = standing_facts(rule, state, facts, today)
    if any(getattr(row, name) != value for name, value in wanted.items()):
        if row.level != state.level:
            wanted["since_at"] = tx.now
            note_change(tx, member_id, row.level, state.level, cause=cause, at=tx.now)
            tx.announce(TierReached(member_id=member_id, level=state.level, previous=row.level))
        tx.write(_stand(tuple(wanted)), wanted | {"of_member": member_id})
    return Moved(row.level, progress_of(rule, state, facts, today))


def standing_facts(rule: TierRule, state: State, facts: Facts, today: date) -> dict[str, Any]:
    """Return the columns of a settled standing."""
    remembered = {name: getattr(state, name) for name in STATE_FACTS}
    return remembered | {
        "rule_key": rule.key,
        "next_check_on": next_check(rule, state, facts, today),
    }


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
def _stand(columns: tuple[str, ...]) -> Any:
    """Return the statement that writes these columns of a member's standing."""
    mine = TierStanding.member_id == bindparam("of_member")
    return update(TierStanding).where(mine).values({name: bindparam(name) for name in columns})


@cache
def _add_credit(dialect: str) -> Any:
    statement = insert(dialect, TierCredit)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["member_id", "period"],
        set_={
            "spend_minor": TierCredit.spend_minor + new.spend_minor,
            "earned": TierCredit.earned + new.earned,
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


_ROW = select(TierStanding).where(TierStanding.member_id == bindparam("member_id"))


@cache
def _standing(metric: Metric) -> Any:
    """Return the standing of a member with what the two years come to that decide it."""
    mine = TierCredit.member_id == TierStanding.member_id
    return select(
        TierStanding,
        sum_of(metric, "this", "this_last").where(mine).scalar_subquery().label("this_year"),
        sum_of(metric, "before", "before_last").where(mine).scalar_subquery().label("year_before"),
    ).where(TierStanding.member_id == bindparam("member_id"))
