"""How each member shops: how often, which days, for how many, what they love, when they stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from admin.demo.catalogue import Article, load_articles, load_shop
from admin.demo.dice import Dice
from admin.demo.people import CAST, Pace, Persona
from admin.demo.seasons import WEEKDAY_TRAFFIC
from loyalty.values import StoreId

DAILY_CHANCE = 1_000_000
"""Chances of coming on a given day are parts of a million."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What to expect of one member.

    ``weekday_chances`` are the chances of a visit on an ordinary Monday, Tuesday, ...;
    ``lines`` the usual length of a receipt; ``tastes`` the weight of each category, in the shop's
    order; ``favourites`` positions in the list of articles, with running weights.
    ``yearly_cap_minor`` is what they never quite spend in a calendar year.
    """

    key: str
    store_id: StoreId
    first_on: date
    last_on: date
    weekday_chances: tuple[int, ...]
    lines: int
    household: int
    hours: str
    tastes: tuple[int, ...]
    favourites: tuple[int, ...]
    favourite_weights: tuple[int, ...]
    yearly_cap_minor: int | None = None
    away_from: date = date.max
    away_days: int = 0

    def comes_on(self, on: date) -> bool:
        """Return whether a visit is possible at all: a member, not lapsed, not on holiday."""
        if not self.first_on <= on <= self.last_on:
            return False
        if on < self.away_from.replace(year=on.year):
            return True
        return (on - self.away_from.replace(year=on.year)).days >= self.away_days


_VISITS_PER_100_WEEKS = {
    Pace.PLATINUM: (320, 380),
    Pace.GOLD: (185, 250),
    Pace.NEAR_GOLD: (150, 190),
    Pace.REGULAR: (28, 82),
    Pace.OCCASIONAL: (12, 34),
    Pace.RARE: (3, 13),
}
_LINES = {
    Pace.PLATINUM: (14, 18),
    Pace.GOLD: (9, 12),
    Pace.NEAR_GOLD: (8, 10),
    Pace.REGULAR: (4, 7),
    Pace.OCCASIONAL: (3, 7),
    Pace.RARE: (2, 6),
}
_CAP_MINOR = (255_000, 299_000)
_CAST_CAP_MINOR = 298_500
_LINE_MINOR = 400
"""What each line that a member usually takes comes to, once top-up visits are counted in."""

_LAPSE_PER_MILLE = {Pace.PLATINUM: 0, Pace.GOLD: 30, Pace.NEAR_GOLD: 30}
_USUAL_LAPSE_PER_MILLE = 170
_CAST_LAPSED_DAYS_AGO = 124
_LAPSED_AT_LEAST_DAYS = 75
_ELDER_BEFORE = 1962
_NEVER_PER_MILLE = {"animaux": 550, "vins-bieres": 280, "charcuterie": 110, "a-emporter": 350}
_VEGETARIAN_PER_MILLE = 55
_OFTEN = 150
_FLESH = {"boucherie", "charcuterie", "poissonnerie"}
_LEANINGS = (25, 50, 70, 100, 100, 140, 190, 260)
_ORGANIC_PER_MILLE = 220


def habits_of(seed: int, persona: Persona, today: date) -> Habits:
    """Return a member's habits. They depend on nothing but the arguments."""
    dice = Dice(seed, "habits", persona.key)
    cast = next((role for role in CAST if role.key == persona.key), None)
    rate = dice.between(*_VISITS_PER_100_WEEKS[persona.pace])
    lines = dice.between(*_LINES[persona.pace])
    cap = dice.between(*_CAP_MINOR) if persona.pace is Pace.NEAR_GOLD else None
    if cast:
        rate, lines = _VISITS_PER_100_WEEKS[cast.pace][1], _LINES[cast.pace][1]
    if cast and cap:
        cap = _CAST_CAP_MINOR
        rate, lines = _hurry(today, rate, lines)
    tastes = _tastes(dice)
    favourites, weights = _favourites(dice, tastes)
    elder = persona.identity.born_on and persona.identity.born_on.year < _ELDER_BEFORE
    return Habits(
        key=persona.key,
        store_id=persona.home_store_id,
        first_on=persona.joined_on,
        last_on=_last_on(dice, persona, today, lapses=bool(cast and cast.lapses), cast=bool(cast)),
        weekday_chances=_weekday_chances(dice, rate),
        lines=lines,
        household=dice.pick((1, 1, 2, 2, 2, 3, 4, 4, 5)),
        hours="morning" if elder else dice.pick(("evening", "evening", "whole", "morning")),
        tastes=tastes,
        favourites=favourites,
        favourite_weights=weights,
        yearly_cap_minor=cap,
        away_from=date(today.year, dice.between(7, 8), dice.between(1, 28)),
        away_days=0 if cast else dice.pick((0, 0, 7, 10, 14, 14, 21)),
    )


def stranger(store_id: StoreId) -> Habits:
    """Return the habits of someone without a card: a short receipt of whatever the day sells."""
    shop = load_shop()
    return Habits(
        key=f"stranger-{store_id}",
        store_id=store_id,
        first_on=date.min,
        last_on=date.max,
        weekday_chances=(0,) * 7,
        lines=4,
        household=2,
        hours="whole",
        tastes=tuple(category.taste for category in shop.categories),
        favourites=(),
        favourite_weights=(),
    )


def _hurry(today: date, rate: int, lines: int) -> tuple[int, int]:
    """Return the pace that brings a member near Gold by today, however young the year is."""
    days = max(21, (today - date(today.year, 1, 1)).days)
    weekly_minor = _CAST_CAP_MINOR * 7 * 112 // (days * 100)
    most_visits = 500
    wanted = weekly_minor * 100 // (lines * _LINE_MINOR)
    if wanted > most_visits:
        lines = min(30, weekly_minor * 100 // (most_visits * _LINE_MINOR))
    return min(max(rate, wanted), most_visits), lines


def _tastes(dice: Dice) -> tuple[int, ...]:
    vegetarian = dice.chance(_VEGETARIAN_PER_MILLE)
    tastes = []
    for category in load_shop().categories:
        leaning = dice.pick(_LEANINGS)
        never = dice.chance(_NEVER_PER_MILLE.get(category.id, 0))
        if never or (vegetarian and category.id in _FLESH):
            leaning = 0
        tastes.append(category.taste * leaning // 10)
    return tuple(tastes)


def _favourites(dice: Dice, tastes: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the articles a member keeps buying, with running weights."""
    organic = dice.chance(_ORGANIC_PER_MILLE)
    wanted = accumulate(
        article.popularity * taste * (5 if organic and "bio" in article.labels else 1)
        for article, taste in zip(load_articles(), _taste_by_article(tastes), strict=True)
    )
    running = tuple(wanted)
    chosen = {dice.weighted(running): dice.between(1, 10) for _ in range(dice.between(12, 30))}
    return tuple(chosen), tuple(accumulate(chosen.values()))


def _taste_by_article(tastes: tuple[int, ...]) -> list[int]:
    return [tastes[at] for at in _category_positions()]


@cache
def _category_positions() -> tuple[int, ...]:
    order = {category.id: at for at, category in enumerate(load_shop().categories)}
    return tuple(order[article.category] for article in load_articles())


def articles_by_category() -> tuple[tuple[Article, ...], ...]:
    """Return the articles of each category, in the shop's order of categories."""
    return tuple(
        tuple(article for article in load_articles() if article.category == category.id)
        for category in load_shop().categories
    )


def _last_on(dice: Dice, persona: Persona, today: date, *, lapses: bool, cast: bool) -> date:
    """Return the last day on which a visit may happen: yesterday, or the day they drifted away."""
    yesterday = today - timedelta(days=1)
    if lapses:
        return today - timedelta(days=_CAST_LAPSED_DAYS_AGO)
    room = (today - persona.joined_on).days - _LAPSED_AT_LEAST_DAYS
    per_mille = _LAPSE_PER_MILLE.get(persona.pace, _USUAL_LAPSE_PER_MILLE)
    if cast or room <= 0 or not dice.chance(per_mille):
        return yesterday
    return today - timedelta(days=_LAPSED_AT_LEAST_DAYS + dice.below(room))


def _weekday_chances(dice: Dice, visits_per_100_weeks: int) -> tuple[int, ...]:
    """Spread a week's visits over its days: everyone has a day they prefer."""
    strength = 20 if visits_per_100_weeks > _OFTEN else 60
    preferred = {dice.below(6), dice.below(7)}
    liking = [
        traffic * (strength if day in preferred else 10)
        for day, traffic in enumerate(WEEKDAY_TRAFFIC)
    ]
    per_week = visits_per_100_weeks * DAILY_CHANCE // 100
    return tuple(min(per_week * like // sum(liking), DAILY_CHANCE) for like in liking)
