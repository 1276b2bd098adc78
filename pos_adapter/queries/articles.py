"""Looking an article up at the till."""

from __future__ import annotations

from loyalty.kernel.tx import Tx
from loyalty.queries import articles, articles_by_codes
from loyalty.values import ArticleFacts
from pos_adapter.basket import ean_forms


def look_for_articles(
    tx: Tx, *, ean: str | None = None, q: str | None = None, limit: int = 10
) -> tuple[ArticleFacts, ...]:
    """Return the articles with a scanned number, or with words that begin like ``q``.

    A number is found in every form that scanners give it: with leading zeros or without.
    """
    if ean is not None:
        return tuple(articles_by_codes(tx, eans=ean_forms(ean)))
    return tuple(articles(tx, search=q or "", limit=limit).items)
