"""Who may have which offer, on which lines; and if not, why not.

Offers are found through an inverted index from article, category, brand and label, so that a
basket costs what matches it, not what exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from loyalty.values import LineKind
from offers.document import Filter, Offer
from offers.document.shape import WEEKDAYS
from offers.values import Basket, BasketLine


class Why(StrEnum):
    """Why an offer does not work on a basket: the slugs of the offers vocabulary and ours."""

    OUTSIDE_DATES = "outside-dates"
    OTHER_STORE = "other-store"
    MEMBERS_ONLY = "members-only"
    OTHER_TIER = "other-tier"
    NOT_GRANTED = "not-granted"
    NOT_ACTIVATED = "not-activated"
    NOTHING_ELIGIBLE = "nothing-eligible"
    BELOW_MINIMUM = "below-minimum"
    QUANTITY_SHORT = "quantity-short"
    LIMIT_REACHED = "limit-reached"
    BUDGET_EXCEEDED = "budget-exceeded"
    NOTHING_LEFT = "nothing-left"
    EXCLUSIVE = "exclusive"
    BEATEN = "beaten"


@dataclass(frozen=True, slots=True)
class LiveOffer:
    """A launched offer: its row's id, what its document says, and when it was drafted."""

    id: str
    offer: Offer
    drafted_at: datetime | None = None

    @property
    def created(self) -> datetime | None:
        """Return when it came into being: the day that the document names, or that of its draft."""
        on = self.offer.created_on
        return self.drafted_at if on is None else datetime.combine(on, time(0), UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer and the positions of the basket's lines that are eligible for it."""

    live: LiveOffer
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shopper:
    """What decides who may have an offer. ``level`` is ``None`` for somebody without a card."""

    member: bool
    level: str | None = None
    granted: frozenset[str] = frozenset()
    activated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Used:
    """How much of an offer is gone: uses by scope (``offer``, ``day``, ``member``), and money."""

    uses: Mapping[str, int] = field(default_factory=dict)
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """A refusal and what is missing: money in minor units, or units of an article."""

    why: Why
    minor: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """Live offers by what their filters name. ``anything`` holds those that name nothing."""

    offers: Mapping[str, LiveOffer]
    by_article: Mapping[str, tuple[LiveOffer, ...]]
    by_category: Mapping[str, tuple[LiveOffer, ...]]
    by_brand: Mapping[str, tuple[LiveOffer, ...]]
    by_label: Mapping[str, tuple[LiveOffer, ...]]
    anything: tuple[LiveOffer, ...]


def build_index(offers: Iterable[LiveOffer]) -> Index:
    """Return the index of ``offers``; each is filed once, under its narrowest filter."""
    kept = sorted(offers, key=lambda live: live.id)
    shelves: tuple[dict[str, list[LiveOffer]], ...] = ({}, {}, {}, {})
    anything = []
    for live in kept:
        include = live.offer.include
        names = (include.articles, include.brands, include.labels, include.categories)
        shelf = next((n for n, wanted in enumerate(names) if wanted), None)
        if shelf is None:
            anything.append(live)
            continue
        for name in names[shelf]:
            shelves[shelf].setdefault(name, []).append(live)
    by_article, by_brand, by_label, by_category = (
        {name: tuple(found) for name, found in shelf.items()} for shelf in shelves
    )
    return Index(
        offers={live.id: live for live in kept},
        by_article=by_article,
        by_category=by_category,
        by_brand=by_brand,
        by_label=by_label,
        anything=tuple(anything),
    )


def candidates(index: Index, lines: Sequence[BasketLine]) -> list[Candidate]:
    """Return the offers that have an eligible line in the basket, by id, with those lines."""
    found: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        if not takes_offers(line):
            continue
        for live in _filed(index, line):
            if is_eligible(live.offer, line):
                found.setdefault(live.id, []).append(position)
    return [
        Candidate(index.offers[offer_id], tuple(dict.fromkeys(positions)))
        for offer_id, positions in sorted(found.items())
    ]


def takes_offers(line: BasketLine) -> bool:
    """Tell whether offers may work on this line: goods do; deposits, fees and cards do not."""
    return line.kind is LineKind.ARTICLE and line.quantity_milli > 0 and line.gross_minor >= 0


def is_eligible(offer: Offer, line: BasketLine) -> bool:
    """Tell whether the offer's filters let this line in."""
    if not matches(offer.include, line):
        return False
    return offer.exclude.is_empty or not matches(offer.exclude, line)


def units(line: BasketLine) -> int:
    """Return how many units a line has: what is weighed, or sold in parts, is one."""
    whole, rest = divmod(line.quantity_milli, 1000)
    return whole if rest == 0 and whole > 0 else 1


def when_and_where(offer: Offer, *, on: date, at: time | None, store_id: str) -> Why | None:
    """Return why the offer does not hold on this day, at this time, in this store.

    ``at`` is the wall clock in the store; ``None`` leaves the hours out of it.
    """
    too_early = offer.from_on is not None and on < offer.from_on
    too_late = offer.until_on is not None and on > offer.until_on
    other_day = bool(offer.weekdays) and WEEKDAYS[on.weekday()] not in offer.weekdays
    if too_early or too_late or other_day:
        return Why.OUTSIDE_DATES
    if offer.hours and at is not None and not offer.hours[0] <= at < offer.hours[1]:
        return Why.OUTSIDE_DATES
    if offer.conditions.stores and store_id not in offer.conditions.stores:
        return Why.OTHER_STORE
    return None


def who(live: LiveOffer, shopper: Shopper) -> Why | None:
    """Return why this shopper may not have the offer."""
    offer = live.offer
    if offer.for_members and not shopper.member:
        return Why.MEMBERS_ONLY
    if offer.conditions.tiers and shopper.level not in offer.conditions.tiers:
        return Why.OTHER_TIER
    if offer.granted_only and live.id not in shopper.granted:
        return Why.NOT_GRANTED
    if offer.activation and live.id not in shopper.activated:
        return Why.NOT_ACTIVATED
    return None


def enough(candidate: Candidate, basket: Basket) -> Missing | None:
    """Return what the basket lacks for the offer's minimums; ``None`` when they are met."""
    wanted = candidate.live.offer.conditions
    eligible = [basket.lines[position] for position in candidate.positions]
    goods_minor = sum(line.gross_minor for line in basket.lines if takes_offers(line))
    short_minor = max(
        wanted.basket_at_least_minor - goods_minor,
        wanted.eligible_at_least_minor - sum(line.gross_minor for line in eligible),
    )
    if short_minor > 0:
        return Missing(Why.BELOW_MINIMUM, minor=short_minor)
    short_units = wanted.quantity - sum(units(line) for line in eligible)
    return Missing(Why.QUANTITY_SHORT, units=short_units) if short_units > 0 else None


def room(offer: Offer, used: Used, most_minor: int) -> Why | None:
    """Return why limits or budget forbid one more use that may give up to ``most_minor``."""
    limit = offer.limit
    scopes = (("offer", limit.offer), ("day", limit.day), ("member", limit.member))
    if any(most is not None and used.uses.get(scope, 0) + 1 > most for scope, most in scopes):
        return Why.LIMIT_REACHED
    budget = offer.budget
    if budget.uses is not None and used.uses.get("offer", 0) + 1 > budget.uses:
        return Why.BUDGET_EXCEEDED
    if budget.amount_minor is not None and used.amount_minor + most_minor > budget.amount_minor:
        return Why.BUDGET_EXCEEDED
    return None


def matches(wanted: Filter, line: BasketLine) -> bool:
    """Tell whether one value of every key that the filter gives fits the line."""
    return (
        (not wanted.articles or line.sku in wanted.articles)
        and (not wanted.categories or line.category in wanted.categories)
        and (not wanted.brands or line.brand in wanted.brands)
        and (not wanted.labels or not wanted.labels.isdisjoint(line.labels))
    )


def _filed(index: Index, line: BasketLine) -> Iterable[LiveOffer]:
    """Return the offers filed under something that this line is."""
    yield from index.anything
    yield from index.by_article.get(line.sku, ())
    yield from index.by_category.get(line.category, ())
    yield from index.by_brand.get(line.brand, ())
    for label in line.labels:
        yield from index.by_label.get(label, ())
