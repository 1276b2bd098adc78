"""What lies on the belt: favourites first, then whatever the season puts forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate
from operator import mul

from admin.demo.catalogue import Article, load_articles
from admin.demo.dice import Dice
from admin.demo.habits import Habits, articles_by_category
from admin.demo.seasons import is_feast, season_percent
from loyalty.values import SoldBy


@dataclass(frozen=True, slots=True)
class Picked:
    """An article on the belt, how much of it, and its shelf price for all of that."""

    article: Article
    quantity_milli: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A day in the shop: how much each category attracts, and running weights inside each."""

    heat: tuple[int, ...]
    running: tuple[tuple[int, ...], ...]


_FAVOURITE_PER_MILLE = 580
_TOP_UP_PER_MILLE = 260
_DAYS_KEPT = 1_000
_WEIGHING_STEP_MILLI = 2
_FEAST_PERCENT = 130


def fill_basket(dice: Dice, habits: Habits, on: date) -> list[Picked]:
    """Return the lines of one visit: each article once, at least one line."""
    shelf = _shelf(on)
    attraction = tuple(accumulate(map(mul, habits.tastes, shelf.heat)))
    chosen: dict[str, Picked] = {}
    wanted = _length(dice, habits.lines, on)
    for _ in range(wanted):
        article = _favourite(dice, habits, on) or _from_shelf(dice, shelf, attraction)
        if article.sku not in chosen:
            quantity = _quantity(dice, article, habits.household)
            chosen[article.sku] = Picked(article, quantity, line_price(article, quantity))
    return list(chosen.values())


def line_price(article: Article, quantity_milli: int) -> int:
    """Return the shelf price of a quantity, rounded half up to the cent as scales do."""
    return (article.price_minor * quantity_milli + 500) // 1000


def _length(dice: Dice, usual: int, on: date) -> int:
    """Return how many lines: a quarter of the visits only top up, feasts fill the trolley."""
    if dice.chance(_TOP_UP_PER_MILLE):
        return dice.between(1, max(1, usual // 2))
    lines = usual * dice.between(75, 165) // 100
    return max(1, lines * _FEAST_PERCENT // 100 if is_feast(on) else lines)


def _favourite(dice: Dice, habits: Habits, on: date) -> Article | None:
    """Return something they always buy, unless they fancy another thing or it is out of season."""
    if not habits.favourites or not dice.chance(_FAVOURITE_PER_MILLE):
        return None
    article = load_articles()[habits.favourites[dice.weighted(habits.favourite_weights)]]
    in_season = not article.season or dice.below(100) < season_percent(article.season, on)
    return article if in_season else None


def _from_shelf(dice: Dice, shelf: Shelf, attraction: tuple[int, ...]) -> Article:
    category = dice.weighted(attraction)
    return _categories()[category][dice.weighted(shelf.running[category])]


@cache
def _categories() -> tuple[tuple[Article, ...], ...]:
    return articles_by_category()


@lru_cache(maxsize=_DAYS_KEPT)
def _shelf(on: date) -> Shelf:
    weights = [
        [article.popularity * season_percent(article.season, on) for article in articles]
        for articles in _categories()
    ]
    usual = [sum(article.popularity for article in articles) for articles in _categories()]
    return Shelf(
        heat=tuple(sum(now) // then for now, then in zip(weights, usual, strict=True)),
        running=tuple(tuple(accumulate(now)) for now in weights),
    )


def _quantity(dice: Dice, article: Article, household: int) -> int:
    """Return how much of an article, in thousandths: weighed in steps of 2 g, or counted."""
    if article.sold_by is SoldBy.WEIGHT:
        percent = dice.between(60, 120) + 10 * household
        grams = article.typical_milli * percent // 100
        return max(_WEIGHING_STEP_MILLI, grams - grams % _WEIGHING_STEP_MILLI)
    if not dice.chance(110 + 50 * household):
        return 1000
    return 1000 * (2 if dice.chance(760) else dice.between(3, 4))
