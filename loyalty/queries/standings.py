"""What is remembered of members' levels, and what decides them, read from the tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func, select

from loyalty.kernel.tx import Tx
from loyalty.models import TierCredit, TierStanding
from loyalty.programme import Metric, Programme, TierRule
from loyalty.queries.balances import WalletBalance, balances_of
from loyalty.tiers import Event, Facts, State, is_plain, rebase, settle
from loyalty.values import MemberId

STATE_FACTS = tuple(field.name for field in fields(State))
"""The columns of a standing that are remembered from one settling to the next."""
_FACTS_OF = attrgetter(*STATE_FACTS)

MEASURES = {
    Metric.SPEND: TierCredit.spend_minor,
    Metric.EARNED: TierCredit.earned,
    Metric.VISITS: TierCredit.visits,
    Metric.ACTIVE_BALANCE: TierCredit.earned,
}


@dataclass(frozen=True, slots=True)
class Stood:
    """A member's standing as it was written, as it is now, and what decides it."""

    row: Any
    state: State
    facts: Facts


def state_of(row: Any) -> State:
    """Return what a row of the standings remembers."""
    return State(*_FACTS_OF(row))


def settled(rule: TierRule, row: Any, facts: Facts, day: date, event: Event = Event.TOUCH) -> State:
    """Return where the member of a row stands on ``day``, under a rule that may have changed."""
    return settle(rule, based(rule, row, day), facts, day, event)


def based(rule: TierRule, row: Any, day: date) -> State:
    """Return what a row remembers, for a rule whose windows may not be those it was written by."""
    state = state_of(row)
    if row.rule_key.partition(":")[0] != rule.key.partition(":")[0]:
        state = rebase(rule, state, day)
    return state


def standings_of(
    tx: Tx, programme: Programme, member_ids: Collection[MemberId]
) -> dict[MemberId, Stood]:
    """Return where members stand now, whether or not anything has been written down since.

    Unknown members are left out.
    """
    today = programme.local_day(tx.now)
    facts = facts_of(tx, programme, member_ids)
    rows = tx.run(_ROWS, {"member_ids": list(member_ids)})
    return {
        row.member_id: Stood(
            row,
            settled(programme.tiers, row, facts[row.member_id], today),
            facts[row.member_id],
        )
        for row in rows
    }


def facts_of(
    tx: Tx, programme: Programme, member_ids: Collection[MemberId]
) -> dict[MemberId, Facts]:
    """Return what decides the level of each member now."""
    rule, keys = programme.tiers, {"member_ids": list(member_ids)}
    if rule.metric is Metric.ACTIVE_BALANCE:
        unit, empty = programme.tier_wallet, WalletBalance("")
        return {
            member_id: Facts(balance=wallets.get(unit, empty).balance)
            for member_id, wallets in balances_of(tx, keys["member_ids"]).items()
        }
    credits_: dict[MemberId, dict[str, int]] = {member_id: {} for member_id in member_ids}
    for member_id, period, amount in tx.run(_credits(rule.metric), keys):
        credits_[member_id][period] = amount
    return {member_id: Facts(found) for member_id, found in credits_.items()}


def two_years(day: date) -> dict[str, str]:
    """Return the bounds of the two calendar years that decide under a plain rule.

    Credits by day, left by a rule that needed them, lie within the bounds of their year.
    """
    this, before = f"{day.year:04d}", f"{day.year - 1:04d}"
    return {
        "this": this,
        "this_last": f"{this}-12-31",
        "before": before,
        "before_last": f"{before}-12-31",
    }


def plain_facts(rule: TierRule, day: date, this: int | None, before: int | None) -> Facts:
    """Return the facts of a plain rule from the sums of two calendar years."""
    assert is_plain(rule), "other rules read every credit"
    years = {f"{day.year:04d}": this or 0, f"{day.year - 1:04d}": before or 0}
    return Facts({year: int(amount) for year, amount in years.items()})


def sum_of(metric: Metric, first: str, last: str) -> Any:
    """Return a select of what a member was credited in the periods between two parameters."""
    return select(func.sum(MEASURES[metric])).where(
        TierCredit.period >= bindparam(first), TierCredit.period <= bindparam(last)
    )


@cache
def _credits(metric: Metric) -> Any:
    return select(TierCredit.member_id, TierCredit.period, MEASURES[metric]).where(
        TierCredit.member_id.in_(bindparam("member_ids", expanding=True))
    )


_ROWS = select(TierStanding).where(
    TierStanding.member_id.in_(bindparam("member_ids", expanding=True))
)
