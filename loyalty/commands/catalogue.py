"""Stores, categories and articles: brought in from the retailer's own systems."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.commands.sql import insert
from loyalty.kernel.tx import Tx
from loyalty.models import Article, Category, Store
from loyalty.values import ArticleFacts, StoreId


def save_store(
    tx: Tx, *, store_id: StoreId, name: str, city: str = "", zone: str = "Europe/Paris"
) -> StoreId:
    """Write down a store, or correct what is known of it."""
    facts = {"name": name, "city": city, "zone": zone}
    statement = insert(tx.dialect, Store).values(id=store_id, **facts)
    tx.run(statement.on_conflict_do_update(index_elements=["id"], set_=facts))
    return store_id


def save_category(tx: Tx, *, category_id: str, name_fr: str, name_en: str) -> str:
    """Write down a category with its names, or correct them."""
    facts = {"name_fr": name_fr, "name_en": name_en}
    statement = insert(tx.dialect, Category).values(id=category_id, **facts)
    tx.run(statement.on_conflict_do_update(index_elements=["id"], set_=facts))
    return category_id


def save_articles(tx: Tx, *, articles: Sequence[ArticleFacts]) -> int:
    """Write down articles, or correct what is known of them; return how many.

    Receipts that were recorded keep what the articles were called and cost then.
    """
    if not articles:
        return 0
    statement = insert(tx.dialect, Article)
    corrected = {
        name: statement.excluded[name]
        for name in (
            "ean",
            "name",
            "category",
            "brand",
            "labels",
            "price_minor",
            "tax_bp",
            "sold_by",
        )
    }
    tx.run(
        statement.on_conflict_do_update(index_elements=["sku"], set_=corrected),
        [_row(article) for article in articles],
    )
    return len(articles)


def _row(article: ArticleFacts) -> dict[str, object]:
    return {
        "sku": article.sku,
        "ean": article.ean,
        "name": article.name,
        "category": article.category,
        "brand": article.brand,
        "labels": list(article.labels),
        "price_minor": article.price_minor,
        "tax_bp": article.tax_bp,
        "sold_by": article.sold_by,
    }
