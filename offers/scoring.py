"""How well an offer fits a member: what she buys often and lately, and what lies near to it.

Personal frequency with a 30-day half-life: of everything tried on dated receipts it is what does
most of the work. Weights are fixed point, in millionths of one purchase made today.

Source: measured on dated receipts, strictly in time: Recall@10 0.285 against 0.220 for plain
frequency and 0.136 for what everybody buys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from offers.document import Filter, Offer
from offers.eligibility import LiveOffer

HALF_LIFE_DAYS = 30
ONE_MICRO = 1_000_000
DISCOVERY_EVERY = 4
"""Of so many places in a member's list one is for something she has not bought yet."""

_MOST_HALVINGS = 40
_NEAR_SHARE = 5
"""What a neighbour's weight counts for a thing never bought: one in so many parts."""


class Subject(StrEnum):
    """What an affinity is about; written before the name: ``category:coffee``."""

    ARTICLE = "article"
    CATEGORY = "category"
    BRAND = "brand"


class ReasonCode(StrEnum):
    """Why an offer stands where it stands."""

    BOUGHT = "bought"
    NEAR = "near"
    TIER = "tier"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Bought:
    """That a member bought an article on a day; several lines of one purchase count once."""

    purchase_id: str
    on: date
    sku: str
    category: str
    brand: str


@dataclass(frozen=True, slots=True)
class Affinity:
    """How much a member leans to a subject.

    ``weight_micro`` is as of ``last_on``, the last day it was bought. ``times`` counts the
    purchases since ``first_on``, which is not earlier than the day from which they are counted.
    """

    subject: str
    weight_micro: int
    times: int
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in facts: worded in the member's language when it is shown."""

    code: ReasonCode
    subject: str = ""
    times: int = 0
    since_on: date | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """An offer with its score in millionths, best first in a list, and the reason for it."""

    live: LiveOffer
    score_micro: int
    reason: Reason
    repeat: bool


_FACTOR_MICRO = tuple(
    int((Decimal(2) ** (Decimal(-day) / HALF_LIFE_DAYS)).scaleb(6).to_integral_value(ROUND_HALF_UP))
    for day in range(HALF_LIFE_DAYS)
)
"""What is left of a weight after 0 .. 29 days, in millionths."""


def decayed(weight_micro: int, days: int) -> int:
    """Return what a weight is worth ``days`` later: half of it after 30 days; rounded down."""
    halvings, rest = divmod(max(days, 0), HALF_LIFE_DAYS)
    if halvings > _MOST_HALVINGS:
        return 0
    return (weight_micro * _FACTOR_MICRO[rest] // ONE_MICRO) >> halvings


def affinities(history: Iterable[Bought], *, counted_from: date) -> list[Affinity]:
    """Return what a purchase history says, heaviest first as of each subject's last day.

    A purchase counts once for each article, category and brand in it, however many lines. All of
    it weighs; only what was bought from ``counted_from`` on is counted for being told.
    """
    seen: set[tuple[str, str]] = set()
    found: dict[str, Affinity] = {}
    for bought in sorted(history, key=lambda one: (one.on, one.purchase_id)):
        for subject in subjects_of(bought):
            if (bought.purchase_id, subject) not in seen:
                seen.add((bought.purchase_id, subject))
                told = bought.on >= counted_from
                found[subject] = _once_more(found.get(subject), subject, bought.on, told=told)
    return sorted(found.values(), key=lambda one: (-one.weight_micro, one.subject))


def subjects_of(bought: Bought) -> list[str]:
    """Return what buying this article says something about."""
    named = (
        (Subject.ARTICLE, bought.sku),
        (Subject.CATEGORY, bought.category),
        (Subject.BRAND, bought.brand),
    )
    return [f"{kind}:{name}" for kind, name in named if name]


def _once_more(before: Affinity | None, subject: str, on: date, *, told: bool) -> Affinity:
    if before is None:
        return Affinity(subject, ONE_MICRO, int(told), on, on)
    weight = decayed(before.weight_micro, (on - before.last_on).days) + ONE_MICRO
    first_on = before.first_on if before.times else on
    return Affinity(subject, weight, before.times + int(told), first_on, on)


def rank(
    offers: Sequence[LiveOffer],
    known: Mapping[str, Affinity],
    categories_of: Mapping[str, str],
    *,
    on: date,
) -> list[Scored]:
    """Return the offers in the order in which a member should see them.

    ``known`` are her affinities by subject; ``categories_of`` tells the category of an article.
    Things she buys and things she might discover are ranked apart and then mixed: every
    ``DISCOVERY_EVERY``-th place is a discovery, as long as there are any.
    """
    scored = [score(live, known, categories_of, on=on) for live in offers]
    in_order = sorted(scored, key=_best_first)
    repeats = [one for one in in_order if one.repeat]
    others = [one for one in in_order if not one.repeat]
    mixed: list[Scored] = []
    while repeats or others:
        discovery_turn = len(mixed) % DISCOVERY_EVERY == DISCOVERY_EVERY - 1
        source = others if (discovery_turn and others) or not repeats else repeats
        mixed.append(source.pop(0))
    return mixed


def rank_without_history(offers: Sequence[LiveOffer]) -> list[Scored]:
    """Return the offers in an order that knows nothing of a member: what ends first, first."""
    everybody = Reason(ReasonCode.EVERYBODY)
    scored = [Scored(live, 0, everybody, repeat=False) for live in offers]
    return sorted(scored, key=_best_first)


def score(
    live: LiveOffer, known: Mapping[str, Affinity], categories_of: Mapping[str, str], *, on: date
) -> Scored:
    """Return how well one offer fits, and the strongest reason why.

    The weight of everything it is about that she buys counts; of what she never bought, a part of
    the weight of its category.
    """
    own = [known[subject] for subject in _about(live.offer.include) if subject in known]
    if own:
        strongest = max(own, key=lambda one: (_now(one, on), one.subject))
        reason = Reason(ReasonCode.BOUGHT, strongest.subject, strongest.times, strongest.first_on)
        return Scored(live, sum(_now(one, on) for one in own), reason, repeat=True)
    near = [known[subject] for subject in _near(live.offer, categories_of) if subject in known]
    if near:
        strongest = max(near, key=lambda one: (_now(one, on), one.subject))
        reason = Reason(ReasonCode.NEAR, strongest.subject)
        return Scored(live, _now(strongest, on) // _NEAR_SHARE, reason, repeat=False)
    return Scored(live, 0, Reason(ReasonCode.EVERYBODY), repeat=False)


def _now(affinity: Affinity, on: date) -> int:
    return decayed(affinity.weight_micro, (on - affinity.last_on).days)


def _about(include: Filter) -> list[str]:
    """Return the subjects that an offer's narrowest filter names."""
    if include.articles:
        return [f"{Subject.ARTICLE}:{name}" for name in sorted(include.articles)]
    if include.brands:
        return [f"{Subject.BRAND}:{name}" for name in sorted(include.brands)]
    return [f"{Subject.CATEGORY}:{name}" for name in sorted(include.categories)]


def _near(offer: Offer, categories_of: Mapping[str, str]) -> set[str]:
    """Return the categories that an offer's articles belong to."""
    named = {categories_of.get(sku, "") for sku in offer.include.articles}
    return {f"{Subject.CATEGORY}:{name}" for name in named | offer.include.categories if name}


def _best_first(one: Scored) -> tuple[int, date, str]:
    """Return where an offer stands: by score, then the one that ends first, then by name."""
    return (-one.score_micro, one.live.offer.until_on or date.max, one.live.offer.slug)
