"""One member's purchases, replayed in order under one programme: points, level, vouchers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from loyalty.earning import Earning, Visit, earn, points_of
from loyalty.programme import Metric, Programme
from loyalty.returning import Back, Goods, SoldLine
from loyalty.sales import counting_basis
from loyalty.tiers import (
    Facts,
    State,
    begin,
    credit_key,
    is_plain,
    level_for,
    next_check,
    settle,
)
from loyalty.values import PointsEffect, SaleLine
from loyalty.vouchers import counted_spend

NO_BACK = Back({})


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase as it was, and all that has come back of it since."""

    at: datetime
    lines: tuple[SaleLine, ...]
    effects: tuple[PointsEffect, ...] = ()
    back: Back = NO_BACK


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a programme made of a member's purchases.

    ``points`` of the default wallet and ``vouchers`` count what was bought since the first day
    of the period, less what came back; ``level`` is where she stands at the end.
    """

    purchases: int
    spend_minor: int
    points: int
    vouchers: int
    level: str


@dataclass(slots=True)
class _Way:
    """Where a member is on her way through her purchases.

    ``check_on`` is the first day on which time alone may move her; empty, it is never known.
    """

    state: State
    credits: dict[str, int] = field(default_factory=dict)
    balance: int = 0
    voucher_spend: int = 0
    check_on: date | None = None

    @property
    def facts(self) -> Facts:
        """Return what decides her level now."""
        return Facts(self.credits, self.balance)


def replay(
    programme: Programme, bought: Iterable[Bought], *, joined_on: date, since: date, until: date
) -> Outcome:
    """Return what ``programme`` makes of purchases in order of time; ``until`` is the last day.

    Purchases before ``since`` only prepare the level and the spend that vouchers carry over.
    """
    way: _Way | None = None
    purchases = spend = points = vouchers = 0
    for one in bought:
        here = one.at.astimezone(programme.zone)
        day, is_first = here.date(), way is None
        if way is None:
            start = min(joined_on, day)
            way = _Way(begin(programme.tiers, joined_on=start, day=start))
        _settle(programme, way, day)
        visit = Visit(tier=way.state.level, first_purchase=is_first, at=here.time())
        gained, basis = _gained(programme, one, day, visit)
        _credit(programme, way, day, gained, basis)
        fresh = _vouchers(programme, way, basis)
        if day >= since:
            purchases, spend = purchases + 1, spend + basis
            points, vouchers = points + gained, vouchers + fresh
    if way is None:
        way = _Way(begin(programme.tiers, joined_on=joined_on, day=joined_on))
    level = settle(programme.tiers, way.state, way.facts, until).level
    return Outcome(purchases, spend, points, vouchers, level)


def _settle(programme: Programme, way: _Way, day: date) -> None:
    """Settle her level on a day; under a plain rule only from the day on which it may change."""
    if way.check_on is not None and day < way.check_on:
        return
    rule = programme.tiers
    way.state = settle(rule, way.state, way.facts, day)
    way.check_on = next_check(rule, way.state, way.facts, day) if is_plain(rule) else None


def _gained(programme: Programme, one: Bought, day: date, visit: Visit) -> tuple[int, int]:
    """Return a purchase's points and its qualifying spend, less what came back."""
    counting = counting_basis(programme, one.lines)
    if one.back.is_empty:
        points = points_of(programme, one.lines, on=day, effects=one.effects, visit=visit)
        return points, sum(counting.values())
    earning = earn(programme, one.lines, on=day, effects=one.effects, visit=visit)
    goods = _goods(programme, one, earning, counting)
    return goods.points_kept(one.back), sum(counting.values()) - goods.basis(one.back)


def _credit(programme: Programme, way: _Way, day: date, points: int, basis: int) -> None:
    """Let a purchase count, and settle where that may lift or lower her.

    Under a plain rule only the level that the year deserves decides.
    """
    rule, key = programme.tiers, credit_key(programme.tiers, day)
    before = way.credits.get(key, 0)
    way.credits[key] = before + _metric(programme, points, basis)
    way.balance += points
    if is_plain(rule) and level_for(rule, before) == level_for(rule, way.credits[key]):
        return
    way.check_on = None
    _settle(programme, way, day)


def _metric(programme: Programme, points: int, basis: int) -> int:
    """Return what a purchase adds to the metric of the stairs."""
    metric = programme.tiers.metric
    if metric is Metric.SPEND:
        return basis
    return 1 if metric is Metric.VISITS else points


def _vouchers(programme: Programme, way: _Way, basis: int) -> int:
    """Return how many vouchers a purchase fills."""
    rule = programme.vouchers
    if rule is None:
        return 0
    before = way.voucher_spend // rule.per_spend_minor
    way.voucher_spend += counted_spend(rule, basis)
    return way.voucher_spend // rule.per_spend_minor - before


def _goods(programme: Programme, one: Bought, earning: Earning, counting: dict[int, int]) -> Goods:
    lines = {
        line.line_no: SoldLine(
            line_no=line.line_no,
            quantity_milli=line.quantity_milli,
            gross_minor=line.gross_minor,
            paid_minor=line.paid_minor,
            basis_minor=counting.get(line.line_no, 0),
            shares=line.shares,
            fee_minor=line.fee_minor,
        )
        for line in one.lines
    }
    return Goods(lines, earning.lines, programme)
