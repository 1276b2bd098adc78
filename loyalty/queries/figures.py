"""How the programme is doing, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select

from loyalty.kernel.tx import Tx
from loyalty.models import Member, Posting, Purchase, TierStanding, Wallet
from loyalty.queries.programme import current_programme
from loyalty.values import NO_TIER, MemberState
from loyalty.words import Contra

DAYS = 30
WEEK = timedelta(days=7)
_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class SalesOfDay:
    """The sales of one business day: how many, for how much, tax included."""

    on: date
    sales: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The programme at a glance.

    ``card_share_bp`` is the share of sales with a card over the last ``DAYS`` days. Points are
    counted since the programme began; ``liability_minor`` is what those outstanding would buy.
    ``levels`` counts members by tier, lowest first.
    """

    members: int
    new_this_week: int
    card_share_bp: int
    points_issued: int
    points_spent: int
    points_expired: int
    points_outstanding: int
    liability_minor: int
    levels: dict[str, int]
    sales_by_day: tuple[SalesOfDay, ...]


def live_figures(tx: Tx) -> LiveFigures:
    """Return the figures as of ``tx.now``; every one is computed from the books, none is kept."""
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    members, fresh = _members(tx)
    unit = programme.main_unit
    issued, spent, expired = _points(tx, unit)
    outstanding = tx.run(
        select(func.coalesce(func.sum(Wallet.balance), 0)).where(Wallet.unit == unit)
    ).scalar_one()
    with_card, sales = _card_share(tx, today)
    value = programme.redemption.value_of(int(outstanding)) if programme.redemption else 0
    return LiveFigures(
        members=members,
        new_this_week=fresh,
        card_share_bp=with_card * _WHOLE_BP // sales if sales else 0,
        points_issued=issued,
        points_spent=spent,
        points_expired=expired,
        points_outstanding=int(outstanding),
        liability_minor=value,
        levels=_levels(tx, [level.id for level in programme.tiers.levels], members),
        sales_by_day=_sales_by_day(tx, today),
    )


def _members(tx: Tx) -> tuple[int, int]:
    """Return how many members there are, and how many came in the last seven days."""
    fresh = func.sum(case((Member.joined_at > tx.now - WEEK, 1), else_=0))
    row = tx.run(
        select(func.count(), func.coalesce(fresh, 0)).where(Member.state != MemberState.ERASED)
    ).one()
    return int(row[0]), int(row[1])


def _points(tx: Tx, unit: str) -> tuple[int, int, int]:
    """Return the points issued, spent and expired, each net of what was reversed."""
    rows = tx.run(
        select(Posting.contra, func.sum(Posting.points))
        .where(Posting.unit == unit)
        .group_by(Posting.contra)
    )
    moved = {row[0]: int(row[1]) for row in rows}
    return (
        moved.get(Contra.ISSUED, 0),
        -moved.get(Contra.REDEEMED, 0),
        -moved.get(Contra.EXPIRED, 0),
    )


def _card_share(tx: Tx, today: date) -> tuple[int, int]:
    """Return the sales with a card and all sales of the last ``DAYS`` days."""
    row = tx.run(
        select(func.count(Purchase.member_id), func.count()).where(
            Purchase.business_on > today - timedelta(days=DAYS)
        )
    ).one()
    return int(row[0]), int(row[1])


def _levels(tx: Tx, order: list[str], members: int) -> dict[str, int]:
    """Return the members by level, lowest first; who has no standing yet is on the lowest."""
    rows = tx.run(select(TierStanding.level, func.count()).group_by(TierStanding.level))
    counted = {row[0]: int(row[1]) for row in rows}
    lowest = order[0] if order else NO_TIER
    counted[lowest] = counted.get(lowest, 0) + max(0, members - sum(counted.values()))
    return {level: counted.get(level, 0) for level in order}


def _sales_by_day(tx: Tx, today: date) -> tuple[SalesOfDay, ...]:
    """Return the last ``DAYS`` days, oldest first, days without sales included."""
    first = today - timedelta(days=DAYS - 1)
    rows = tx.run(
        select(Purchase.business_on, func.count(), func.sum(Purchase.total_minor))
        .where(Purchase.business_on >= first, Purchase.business_on <= today)
        .group_by(Purchase.business_on)
    )
    found = {row[0]: SalesOfDay(row[0], int(row[1]), int(row[2])) for row in rows}
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return tuple(found.get(day, SalesOfDay(day, 0, 0)) for day in days)
