"""What the home page says of the month: sales, tiers, the account of points."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.queries import LiveFigures, Programme, SalesOfDay

_WEEK = 7
_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Sales:
    """The sales of the last days, tax included, oldest first; the last one is today, unfinished.

    ``change_bp`` compares yesterday with the same weekday before; ``None`` when that day had none.
    ``average_minor`` is the average basket, rounded down.
    """

    days: tuple[SalesOfDay, ...]
    today: SalesOfDay
    yesterday: SalesOfDay
    change_bp: int | None
    sales: int
    total_minor: int
    average_minor: int


@dataclass(frozen=True, slots=True)
class Step:
    """A tier with its members; ``share_bp`` of all of them."""

    level: str
    name: str
    members: int
    share_bp: int


@dataclass(frozen=True, slots=True)
class Account:
    """The programme's account of points: given - spent - expired + other = outstanding.

    ``other`` are corrections by hand and points brought along from elsewhere.
    """

    given: int
    spent: int
    expired: int
    other: int
    outstanding: int
    worth_minor: int


def sales_of(figures: LiveFigures) -> Sales:
    """Return the sales of the days in ``figures``."""
    days = figures.sales_by_day
    yesterday, before = days[-2], days[-2 - _WEEK]
    sales = sum(day.sales for day in days)
    total = sum(day.total_minor for day in days)
    return Sales(
        days=days,
        today=days[-1],
        yesterday=yesterday,
        change_bp=_change_bp(before.total_minor, yesterday.total_minor),
        sales=sales,
        total_minor=total,
        average_minor=total // sales if sales else 0,
    )


def steps_of(figures: LiveFigures, programme: Programme, language: str) -> tuple[Step, ...]:
    """Return the tiers, lowest first, with their members."""
    return tuple(
        Step(
            level=level,
            name=programme.level_name(level, language),
            members=members,
            share_bp=members * _WHOLE_BP // figures.members if figures.members else 0,
        )
        for level, members in figures.levels.items()
    )


def account_of(figures: LiveFigures) -> Account:
    """Return the account of points since the programme began."""
    known = figures.points_issued - figures.points_spent - figures.points_expired
    return Account(
        given=figures.points_issued,
        spent=figures.points_spent,
        expired=figures.points_expired,
        other=figures.points_outstanding - known,
        outstanding=figures.points_outstanding,
        worth_minor=figures.liability_minor,
    )


def _change_bp(before: int, after: int) -> int | None:
    """Return the change in basis points, towards zero; ``None`` when there was nothing before."""
    if before <= 0:
        return None
    change = (abs(after - before)) * _WHOLE_BP // before
    return change if after >= before else -change
