"""What members hold now, wallet by wallet, whatever the jobs have posted so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from loyalty.expiry import NEVER
from loyalty.kernel.tx import Tx
from loyalty.models import Lot, Wallet
from loyalty.programme import Programme, WalletRule, is_hidden, shadow_of
from loyalty.queries.programme import BookRules, book_rules, current_programme
from loyalty.values import MemberId

_MEMBERS: BindParameter[Any] = bindparam("member_ids", expanding=True)
_WALLETS = select(Wallet.__table__).where(Wallet.member_id.in_(_MEMBERS))
_LOTS = select(
    Lot.member_id, Lot.unit, Lot.expires_on, Lot.granted - Lot.consumed, Lot.earned_at
).where(Lot.member_id.in_(_MEMBERS), Lot.granted > Lot.consumed)


@dataclass(frozen=True, slots=True)
class WalletBalance:
    """One wallet of a member, in grains of its unit.

    ``balance`` is what she has: points that have lapsed are out from their instant and waiting
    ones are in from theirs, whether or not a job has posted it; held points are in; a debt is
    negative. ``usable`` may be spent now. ``posted`` is what the ledger says. ``lapsing`` are the
    next points to lapse; they are gone from ``lapsing_on``.
    """

    unit: str
    balance: int = 0
    held: int = 0
    usable: int = 0
    pending: int = 0
    lifetime_earned: int = 0
    lifetime_spent: int = 0
    posted: int = 0
    lapsing: int = 0
    lapsing_on: date | None = None


@dataclass(frozen=True, slots=True)
class _LotLeft:
    """A lot that holds points: when it is gone, how many, and when they were earned."""

    expires_on: date
    points: int
    earned_at: datetime | None


def balances_of(tx: Tx, member_ids: Sequence[MemberId]) -> dict[MemberId, dict[str, WalletBalance]]:
    """Return the wallets of members by name; every wallet of the programme in force is there.

    Two statements, however many members. Who is unknown has empty wallets.

    Raises:
        NoProgramme: no programme is in force.
    """
    programme, rules = current_programme(tx), book_rules(tx)
    wallets = {
        (row.member_id, row.unit): row for row in tx.run(_WALLETS, {"member_ids": list(member_ids)})
    }
    lots: dict[tuple[MemberId, str], list[_LotLeft]] = {}
    for member_id, unit, *lot in tx.run(_LOTS, {"member_ids": list(member_ids)}):
        lots.setdefault((member_id, unit), []).append(_LotLeft(*lot))
    found: dict[MemberId, dict[str, WalletBalance]] = {}
    for member_id in member_ids:
        had = {unit for owner, unit in wallets if owner == member_id and not is_hidden(unit)}
        found[member_id] = {
            unit: _balance(
                _Wallet(unit, programme, rules, tx.now),
                wallets.get((member_id, unit)),
                wallets.get((member_id, shadow_of(unit))),
                lots.get((member_id, unit), []),
                lots.get((member_id, shadow_of(unit)), []),
            )
            for unit in [*programme.wallets, *sorted(had - programme.wallets.keys())]
        }
    return found


@dataclass(frozen=True, slots=True)
class _Wallet:
    """A wallet's rules at an instant."""

    unit: str
    programme: Programme
    rules: BookRules
    now: datetime

    @property
    def rule(self) -> WalletRule:
        return self.rules.rule(self.unit)

    @property
    def today(self) -> date:
        return self.programme.local_day(self.now)

    def activated_on(self, lot: _LotLeft) -> date:
        """Return the expiry day of waiting points once they have arrived."""
        assert lot.earned_at is not None, "what waits has a lot of its own"
        return self.rule.expiry.expires_on(self.programme.local_day(lot.earned_at))


def _balance(
    wallet: _Wallet,
    row: Any,
    shadow: Any,
    lots: Sequence[_LotLeft],
    waiting: Sequence[_LotLeft],
) -> WalletBalance:
    if row is None:
        return WalletBalance(wallet.unit)
    rule, today = wallet.rule, wallet.today
    last = rule.lapse_day(today, row.active_on)
    lapsed = sum(lot.points for lot in lots if lot.expires_on <= last)
    arrived = [lot for lot in waiting if lot.expires_on <= today]
    came = sum(lot.points for lot in arrived)
    lasting = sum(lot.points for lot in arrived if wallet.activated_on(lot) > last)
    balance = row.balance - max(0, lapsed - row.held)
    # What arrived pays a debt first, even if it has lapsed since; of the rest that has, held
    # points are met.
    late = _late(wallet, arrived, last, debt=max(0, -balance))
    balance += came - max(0, min(lapsed, row.held) + late - row.held)
    idle_on = rule.idle_on(row.active_on)
    coming = _next_to_lapse(lots, last, idle_on)
    return WalletBalance(
        unit=wallet.unit,
        balance=balance,
        held=row.held,
        usable=max(0, balance - row.held),
        pending=sum(lot.points for lot in waiting) - sum(lot.points for lot in arrived),
        lifetime_earned=row.lifetime_earned + (shadow.lifetime_earned if shadow else 0),
        lifetime_spent=row.lifetime_spent,
        posted=row.balance + lasting,
        lapsing=coming[1],
        lapsing_on=coming[0],
    )


def _late(wallet: _Wallet, arrived: Sequence[_LotLeft], last: date, *, debt: int) -> int:
    """Return how many points arrived that have lapsed since, and paid no debt."""
    late = 0
    for lot in sorted(arrived, key=lambda one: one.expires_on):
        paid = min(debt, lot.points)
        debt -= paid
        if wallet.activated_on(lot) <= last:
            late += lot.points - paid
    return late


def _next_to_lapse(lots: Iterable[_LotLeft], last: date, idle_on: date) -> tuple[date | None, int]:
    """Return the next day on which points are gone, and how many."""
    days: dict[date, int] = {}
    for lot in lots:
        day = min(lot.expires_on, idle_on)
        if last < day < NEVER:
            days[day] = days.get(day, 0) + lot.points
    return min(days.items(), default=(None, 0))
