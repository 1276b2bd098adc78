"""One member's purchases, replayed in order under one programme: points, level, vouchers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from loyalty.earning import Earning, Visit, earn
from loyalty.programme import Metric, Programme
from loyalty.returning import Back, Goods, SoldLine
from loyalty.sales import counting_basis
from loyalty.tiers import Facts, State, begin, credit_key, settle
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
    """Where a member is on her way through her purchases."""

    state: State
    facts: Facts
    voucher_spend: int = 0


def replay(
    programme: Programme, bought: Iterable[Bought], *, joined_on: date, since: date, until: date
) -> Outcome:
    """Return what ``programme`` makes of purchases in order of time; ``until`` is the last day.

    Purchases before ``since`` only prepare the level and the spend that vouchers carry over.
    """
    way: _Way | None = None
    purchases = spend = points = vouchers = 0
    for one in bought:
        day = programme.local_day(one.at)
        is_first = way is None
        if way is None:
            start = min(joined_on, day)
            way = _Way(begin(programme.tiers, joined_on=start, day=start), Facts())
        gained, basis = _purchase(programme, way, one, day, first=is_first)
        fresh = _vouchers(programme, way, basis)
        if day >= since:
            purchases, spend = purchases + 1, spend + basis
            points, vouchers = points + gained, vouchers + fresh
    if way is None:
        way = _Way(begin(programme.tiers, joined_on=joined_on, day=joined_on), Facts())
    level = settle(programme.tiers, way.state, way.facts, until).level
    return Outcome(purchases, spend, points, vouchers, level)


def _purchase(
    programme: Programme, way: _Way, one: Bought, day: date, *, first: bool
) -> tuple[int, int]:
    """Let a purchase earn and count; return its points and its qualifying spend, both kept."""
    way.state = settle(programme.tiers, way.state, way.facts, day)
    at = one.at.astimezone(programme.zone).time()
    visit = Visit(tier=way.state.level, first_purchase=first, at=at)
    earning = earn(programme, one.lines, on=day, effects=one.effects, visit=visit)
    counting = counting_basis(programme, one.lines)
    points, basis = earning.earned.points, sum(counting.values())
    if not one.back.is_empty:
        goods = _goods(programme, one, earning, counting)
        points, basis = goods.points_kept(one.back), basis - goods.basis(one.back)
    key, counted = credit_key(programme.tiers, day), _metric(programme, points, basis)
    credited = {**way.facts.credits, key: way.facts.credits.get(key, 0) + counted}
    way.facts = replace(way.facts, credits=credited, balance=way.facts.balance + points)
    way.state = settle(programme.tiers, way.state, way.facts, day)
    return points, basis


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
