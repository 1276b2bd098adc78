"""Reads of the till: who holds this card, what does this basket cost, what was on this receipt."""

from pos_adapter.queries.articles import look_for_articles
from pos_adapter.queries.cards import Identified, identify
from pos_adapter.queries.quotes import quote
from pos_adapter.queries.receipts import (
    Sold,
    purchase_of,
    purchase_of_code,
    sold,
    sold_by_code,
)

__all__ = [
    "Identified",
    "Sold",
    "identify",
    "look_for_articles",
    "purchase_of",
    "purchase_of_code",
    "quote",
    "sold",
    "sold_by_code",
]
