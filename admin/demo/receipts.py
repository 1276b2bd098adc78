"""Eighteen months of receipts, ending the day before "today".

``plan_visits`` decides who comes when; ``settle`` turns each visit into a ``Sale`` as a till would
have handed it over. Both depend on nothing but their arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from admin.demo.basket import Picked, fill_basket
from admin.demo.catalogue import DemoStore, load_shop
from admin.demo.dice import Dice
from admin.demo.habits import DAILY_CHANCE, Habits, habits_of, stranger
from admin.demo.people import Persona
from admin.demo.seasons import (
    ORDINARY,
    SUNDAY,
    WEEKDAY_TRAFFIC,
    months_before,
    traffic_percent,
)
from loyalty.values import (
    CardId,
    Channel,
    LineKind,
    MemberId,
    Sale,
    SaleKey,
    SaleLine,
    StoreId,
    Tender,
)

HISTORY_MONTHS = 18
CURRENCY = "EUR"


class Visit(NamedTuple):
    """Someone at a till. ``second`` counts from local midnight; sorting puts visits in order."""

    on: date
    second: int
    store_id: StoreId
    key: str
    is_member: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Every visit in the order it happens, and the habits behind it."""

    seed: int
    visits: tuple[Visit, ...]
    habits: Mapping[str, Habits]


@dataclass(frozen=True, slots=True)
class Ids:
    """What the database calls the people of the demo, by persona key and by store."""

    members: Mapping[str, MemberId]
    cards: Mapping[str, CardId]
    cashiers: Mapping[StoreId, Sequence[str]]


_HALF_HOURS = {
    # from 8:30 on, weekdays; members who prefer mornings, evenings, neither
    "morning": (6, 14, 20, 24, 24, 22, 16, 10, 6, 4, 4, 5, 7, 8, 8, 7, 6, 5, 4, 3, 2, 1, 1),
    "evening": (2, 3, 3, 4, 5, 7, 9, 11, 8, 5, 4, 4, 5, 7, 10, 14, 20, 26, 28, 24, 18, 10, 4),
    "whole": (4, 6, 9, 12, 14, 16, 17, 14, 10, 7, 7, 8, 9, 10, 12, 15, 18, 19, 17, 13, 9, 5, 2),
}
_RUNNING_HOURS = {name: tuple(accumulate(weights)) for name, weights in _HALF_HOURS.items()}
_SUNDAY_HALF_HOURS = tuple(accumulate((0, 8, 14, 20, 22, 20, 14, 6)))
_OPENS_AT = 8 * 3600 + 1800
_HALF_HOUR = 1800
_MORNING_AFTER_JOINING = 180
_STRANGERS_PER_DAY = (22, 10)
"""Visits without a card on an ordinary day in all stores: at the beginning, at the end."""

_TENDERS = ("card", "card", "card", "card", "card", "card", "mobile", "cash")


def history_starts_on(today: date) -> date:
    """Return the first day of the history."""
    return months_before(today, HISTORY_MONTHS)


def plan_visits(seed: int, today: date, personas: Sequence[Persona]) -> Plan:
    """Decide every visit of the history, of members and of people without a card."""
    days = _open_days(today)
    habits = {persona.key: habits_of(seed, persona, today) for persona in personas}
    visits: list[Visit] = []
    for persona in personas:
        own = _visits_of(seed, persona, habits[persona.key], days)
        visits.extend(_under_cap(seed, habits[persona.key], own))
    members_share = len(personas)
    for store in load_shop().stores:
        unknown = stranger(store.id)
        habits[unknown.key] = unknown
        visits.extend(_strangers(seed, store, unknown, days, members_share))
    visits.sort()
    return Plan(seed, tuple(visits), habits)


def settle(plan: Plan, ids: Ids) -> Iterator[Sale]:
    """Yield every visit as a sale, oldest first. Sequences count from 1 per till and day."""
    zone = ZoneInfo(load_shop().zone)
    tills = {store.id: store.tills for store in load_shop().stores}
    sequences: dict[tuple[StoreId, str], int] = {}
    current_on: date | None = None
    for visit in plan.visits:
        if visit.on != current_on:
            current_on, sequences = visit.on, {}
        dice, picked = _basket(plan.seed, plan.habits[visit.key], visit)
        till = dice.pick(tills[visit.store_id])
        sequence = sequences.get((visit.store_id, till), 0) + 1
        sequences[visit.store_id, till] = sequence
        key = SaleKey(visit.store_id, till, visit.on, sequence)
        yield _sale(key, _instant(visit, zone), picked, _who(visit, till, ids), dice.pick(_TENDERS))


def _open_days(today: date) -> list[tuple[date, int]]:
    """Return each day of the history on which the shop is open, with how busy it is."""
    start = history_starts_on(today)
    days = (start + timedelta(days=n) for n in range((today - start).days))
    return [(on, busy) for on in days if (busy := traffic_percent(on))]


def _visits_of(
    seed: int, persona: Persona, habits: Habits, days: Sequence[tuple[date, int]]
) -> Iterator[Visit]:
    dice = Dice(seed, "visits", persona.key)
    at_the_till = persona.channel in {Channel.STORE, Channel.POSTER}
    for on, busy in days:
        if on < habits.first_on:
            continue
        if on == habits.first_on:
            if at_the_till:
                yield Visit(
                    on, _just_after_joining(persona), habits.store_id, habits.key, is_member=True
                )
            continue
        weekday = on.weekday()
        chance = habits.weekday_chances[weekday] * busy // WEEKDAY_TRAFFIC[weekday]
        if dice.below(DAILY_CHANCE) < chance and habits.comes_on(on):
            second = _second_of_day(dice, on, habits.hours)
            yield Visit(on, second, habits.store_id, habits.key, is_member=True)


def _just_after_joining(persona: Persona) -> int:
    local = persona.joined_at.astimezone(ZoneInfo(load_shop().zone))
    return local.hour * 3600 + local.minute * 60 + local.second + _MORNING_AFTER_JOINING


def _second_of_day(dice: Dice, on: date, hours: str) -> int:
    running = _SUNDAY_HALF_HOURS if on.weekday() == SUNDAY else _RUNNING_HOURS[hours]
    return _OPENS_AT + dice.weighted(running) * _HALF_HOUR + dice.below(_HALF_HOUR)


def _under_cap(seed: int, habits: Habits, visits: Iterator[Visit]) -> Iterator[Visit]:
    """Leave out the visits that would take a member over what they spend in a year."""
    if habits.yearly_cap_minor is None:
        yield from visits
        return
    spent: dict[int, int] = {}
    for visit in visits:
        _, picked = _basket(seed, habits, visit)
        total = spent.get(visit.on.year, 0) + sum(line.gross_minor for line in picked)
        if total <= habits.yearly_cap_minor:
            spent[visit.on.year] = total
            yield visit


def _strangers(
    seed: int, store: DemoStore, habits: Habits, days: Sequence[tuple[date, int]], members: int
) -> Iterator[Visit]:
    dice = Dice(seed, "strangers", store.id)
    first, last = _STRANGERS_PER_DAY
    for at, (on, busy) in enumerate(days):
        per_day = first + (last - first) * at // len(days)
        expected_milli = per_day * store.share * busy * members // (ORDINARY * 200)
        visits = expected_milli // 1000 + dice.chance(expected_milli % 1000)
        for _ in range(visits):
            second = _second_of_day(dice, on, habits.hours)
            yield Visit(on, second, store.id, habits.key, is_member=False)


def _basket(seed: int, habits: Habits, visit: Visit) -> tuple[Dice, list[Picked]]:
    dice = Dice(seed, "basket", habits.key, visit.on.toordinal(), visit.second)
    return dice, fill_basket(dice, habits, visit.on)


def _instant(visit: Visit, zone: ZoneInfo) -> datetime:
    minutes, second = divmod(visit.second, 60)
    clock = time(minutes // 60, minutes % 60, second, tzinfo=zone)
    return datetime.combine(visit.on, clock).astimezone(UTC)


class _Who(NamedTuple):
    """Who stands on either side of the till."""

    member_id: MemberId | None
    card_id: CardId | None
    staff_id: str | None


def _who(visit: Visit, till: str, ids: Ids) -> _Who:
    cashiers = ids.cashiers.get(visit.store_id, ())
    turn = visit.on.toordinal() + int(till[-1])
    staff_id = cashiers[turn % len(cashiers)] if cashiers else None
    if not visit.is_member:
        return _Who(None, None, staff_id)
    return _Who(ids.members[visit.key], ids.cards.get(visit.key), staff_id)


def _sale(key: SaleKey, at: datetime, picked: Sequence[Picked], who: _Who, tender: str) -> Sale:
    lines = tuple(_line(number, item) for number, item in enumerate(picked, 1))
    content = repr((key, who, [(item.article.sku, item.quantity_milli) for item in picked]))
    return Sale(
        key=key,
        occurred_at=at,
        currency=CURRENCY,
        lines=lines,
        request_hash=sha256(content.encode()).hexdigest(),
        member_id=who.member_id,
        card_id=who.card_id,
        staff_id=who.staff_id,
        tenders=(Tender(tender, sum(line.paid_minor for line in lines)),),
    )


def _line(number: int, item: Picked) -> SaleLine:
    article = item.article
    return SaleLine(
        line_no=number,
        sku=article.sku,
        name=article.name,
        category=article.category,
        brand=article.brand,
        kind=LineKind.ARTICLE,
        quantity_milli=item.quantity_milli,
        unit_price_minor=article.price_minor,
        gross_minor=item.gross_minor,
        paid_minor=item.gross_minor,
        tax_bp=article.tax_bp,
    )
