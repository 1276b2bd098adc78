"""The names of the catalogue that the filters of a programme may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from loyalty.checking import Catalogue
from loyalty.kernel.tx import Tx
from loyalty.models import Article, Category

MOST_NAMES = 50_000
"""From how many articles on the names of articles are not looked at."""


def catalogue_of(tx: Tx, document: Mapping[str, Any]) -> Catalogue:
    """Return the names that goods have, of the kinds that the filters of ``document`` use.

    A shop without goods has no names yet, and refuses none.
    """
    used = _kinds(document)
    if not used:
        return Catalogue()
    return Catalogue(
        article=_texts(tx, Article.sku) if "article" in used else frozenset(),
        category=_texts(tx, Category.id) if "category" in used else frozenset(),
        brand=_texts(tx, Article.brand) if "brand" in used else frozenset(),
        label=_labels(tx) if "label" in used else frozenset(),
    )


def _texts(tx: Tx, column: Any) -> frozenset[str]:
    found = tx.run(select(column).distinct().limit(MOST_NAMES)).scalars().all()
    return frozenset(found) - {""} if len(found) < MOST_NAMES else frozenset()


def _labels(tx: Tx) -> frozenset[str]:
    rows = tx.run(select(Article.labels).limit(MOST_NAMES)).scalars().all()
    return frozenset(str(label) for labels in rows for label in labels)


def _kinds(document: Mapping[str, Any]) -> set[str]:
    """Return which filters the rules and rewards of a document use."""
    rules = [*document.get("earn", ()), *document.get("rewards", ())]
    rules += [rule["exclude"] for rule in rules if rule.get("exclude")]
    return {
        key for rule in rules for key in ("article", "category", "brand", "label") if key in rule
    }
