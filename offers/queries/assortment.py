"""What exists to make offers on: articles, categories, brands, labels, stores, levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from loyalty.kernel.tx import Tx
from loyalty.queries import article_names, articles, categories, stores
from offers.document import Offer
from offers.queries.live import terms

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Assortment:
    """The names that an offer may use."""

    category_of: dict[str, str]
    categories: frozenset[str]
    brands: frozenset[str]
    labels: frozenset[str]
    stores: frozenset[str]


def assortment(tx: Tx) -> Assortment:
    """Return what exists; reads the whole catalogue, so not for the till."""
    category_of: dict[str, str] = {}
    brands: set[str] = set()
    labels: set[str] = set()
    after: str | None = None
    while True:
        page = articles(tx, after=after, limit=_PAGE)
        for one in page.items:
            category_of[one.sku] = one.category
            brands.add(one.brand)
            labels.update(one.labels)
        after = page.after
        if after is None:
            break
    return Assortment(
        category_of=category_of,
        categories=frozenset(one.category_id for one in categories(tx)),
        brands=frozenset(brands - {""}),
        labels=frozenset(labels),
        stores=frozenset(one.store_id for one in stores(tx)),
    )


def category_of_articles(tx: Tx, skus: Sequence[str]) -> dict[str, str]:
    """Return the category of each article that exists."""
    if not skus:
        return {}
    return {sku: category for sku, (_, category) in article_names(tx, skus).items()}


def unknown_names(tx: Tx, offer: Offer) -> list[tuple[str, str, str]]:
    """Return (path, name, what was probably meant) of everything that does not exist."""
    known = assortment(tx)
    wanted = (
        ("article", offer.include.articles, frozenset(known.category_of)),
        ("category", offer.include.categories, known.categories),
        ("brand", offer.include.brands, known.brands),
        ("label", offer.include.labels, known.labels),
        ("exclude.article", offer.exclude.articles, frozenset(known.category_of)),
        ("exclude.category", offer.exclude.categories, known.categories),
        ("exclude.brand", offer.exclude.brands, known.brands),
        ("exclude.label", offer.exclude.labels, known.labels),
        ("conditions.store", offer.conditions.stores, known.stores),
        ("conditions.tier", frozenset(offer.conditions.tiers), frozenset(terms(tx).levels)),
    )
    return [found for path, names, exist in wanted for found in _unknown(path, names, exist)]


def _unknown(
    path: str, names: frozenset[str], exist: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    for name in sorted(names - exist):
        close = get_close_matches(name, sorted(exist), n=1, cutoff=0.5)
        yield path, name, close[0] if close else ""
