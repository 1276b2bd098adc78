"""The facts about a member's visit that earning rules ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select

from loyalty.earning import Visit, earn, same_code
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeVersion, Purchase, PurchaseEarning, TierOpening
from loyalty.programme import Metric, Programme
from loyalty.queries.tiers import rated_level, tier_progress
from loyalty.values import MemberId, PurchaseId, Sale


def visit_of(tx: Tx, sale: Sale, programme: Programme, purchase_id: PurchaseId) -> Visit:
    """Return the facts that rules ask for; the member's wallet is held.

    Where a purchase counts for itself, its rules look at the level that it lifts to.
    """
    asks_tier = any(rule.tiers for rule in programme.earn)
    asks_first = any(rule.first_purchase for rule in programme.earn)
    member_id = sale.beneficiary_id or sale.member_id
    visit = Visit(
        first_purchase=asks_first and _is_first(tx, member_id, purchase_id),
        at=sale.occurred_at.astimezone(programme.zone).time(),
        codes=frozenset(same_code(code) for code in sale.codes),
        extension=sale.extension,
        room=_room(tx, programme, member_id, programme.local_day(sale.occurred_at)),
    )
    if not asks_tier or member_id is None:
        return visit
    return replace(visit, tier=_rated(tx, sale, programme, member_id, visit))


def _rated(tx: Tx, sale: Sale, programme: Programme, member_id: MemberId, visit: Visit) -> str:
    """Return the level by which a sale is rated."""
    tier, points = tier_progress(tx, member_id), 0
    if programme.tiers.metric in {Metric.EARNED, Metric.ACTIVE_BALANCE}:
        day = programme.local_day(sale.occurred_at)
        before = replace(visit, tier=tier.level)
        earning = earn(programme, sale.lines, on=day, effects=sale.points_effects, visit=before)
        points = earning.by_unit.get(programme.tier_wallet, 0)
    return rated_level(tx, tier, sale.lines, points=points)


def _is_first(tx: Tx, member_id: MemberId | None, purchase_id: PurchaseId) -> bool:
    """Tell whether a member has no other purchase, here or where she was brought in from."""
    other = exists().where(Purchase.member_id == member_id, Purchase.id != purchase_id)
    brought = exists().where(TierOpening.member_id == member_id, TierOpening.purchases > 0)
    return not tx.run(select(or_(other, brought))).scalar()


def _room(tx: Tx, programme: Programme, member_id: MemberId | None, day: date) -> dict[str, int]:
    """Return how many grains each limited rule may still give, by its tightest limit.

    What earlier purchases were given counts, even where a return took it back.
    """
    room: dict[str, int] = {}
    for rule in programme.earn:
        limits = rule.limits
        if not limits.are_counted:
            continue
        of_day = _between(programme, day, day + timedelta(days=1))
        of_year = _between(programme, date(day.year, 1, 1), date(day.year + 1, 1, 1))
        scopes = (
            (limits.day, (member_id == _OWNER, *of_day)),
            (limits.year, (member_id == _OWNER, *of_year)),
            (limits.member, (member_id == _OWNER,)),
            (limits.programme, ()),
        )
        if limits.programme is not None:
            _queue(tx, programme)
        left = [most - _given(tx, rule.id, where) for most, where in scopes if most is not None]
        room[rule.id] = max(0, min(left))
    return room


_OWNER = func.coalesce(Purchase.earner_id, Purchase.member_id)


def _between(programme: Programme, first: date, end: date) -> tuple[Any, ...]:
    """Return the conditions for purchases of local days from ``first`` until before ``end``."""
    begins, ends = (datetime.combine(on, time(0), programme.zone) for on in (first, end))
    return Purchase.occurred_at >= begins, Purchase.occurred_at < ends


def _given(tx: Tx, rule: str, where: tuple[Any, ...]) -> int:
    """Return what a rule has given in all purchases that meet ``where``."""
    statement = (
        select(func.coalesce(func.sum(PurchaseEarning.points), 0))
        .join(Purchase, Purchase.id == PurchaseEarning.purchase_id)
        .where(PurchaseEarning.rule == rule, *where)
    )
    return int(tx.run(statement).scalar_one())


def _queue(tx: Tx, programme: Programme) -> None:
    """Let sales that draw on one budget of the whole programme go one after the other."""
    version = ProgrammeVersion.id == programme.version_id
    tx.run(select(ProgrammeVersion.id).where(version).with_for_update())
