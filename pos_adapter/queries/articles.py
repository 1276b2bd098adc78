"""Looking an article up at the till."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from loyalty.kernel.tx import Tx
from loyalty.queries import articles, articles_by_codes
from loyalty.values import ArticleFacts
from pos_adapter.basket import ean_forms

LEAFED_THROUGH = 2_000
"""How many articles are leafed through for a name that is written with other accents."""

_PAGE = 200


def look_for_articles(
    tx: Tx, *, ean: str | None = None, q: str | None = None, limit: int = 10
) -> tuple[ArticleFacts, ...]:
    """Return the articles with a scanned number, or with ``q`` in their name or code.

    A number is found in every form that scanners give it: with leading zeros or without. A name
    is found without its accents too: cashiers type ``cafe``.
    """
    if ean is not None:
        return articles_by_codes(tx, eans=ean_forms(ean))
    found = articles(tx, search=q or "", limit=limit).items
    if len(found) >= limit:
        return found
    known = {article.sku for article in found}
    alike = [one for one in _leaf_through(tx) if _folded(q or "") in _folded(one.name)]
    return (*found, *[one for one in alike if one.sku not in known][: limit - len(found)])


def _leaf_through(tx: Tx) -> Iterator[ArticleFacts]:
    """Yield the catalogue by name, as far as a till may leaf through it."""
    after, seen = None, 0
    while seen < LEAFED_THROUGH:
        page = articles(tx, after=after, limit=_PAGE)
        yield from page.items
        seen, after = seen + len(page.items), page.after
        if after is None:
            return


def _folded(text: str) -> str:
    """Return a text as it is compared: no accents, no capitals."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()
