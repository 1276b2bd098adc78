"""Stores, categories and articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from loyalty.errors import UnknownArticle, UnknownStore
from loyalty.kernel.prepared import Asked
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import Article, Category, Store
from loyalty.queries.cursors import page_size, read_text_cursor, text_cursor
from loyalty.values import ArticleFacts, Sku, StoreId


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A store, as others see it."""

    store_id: StoreId
    name: str
    city: str
    zone: str


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category with its names."""

    category_id: str
    name_fr: str
    name_en: str

    def name(self, language: str) -> str:
        """Return the name in ``language``: French, otherwise English."""
        return self.name_fr if language == "fr" else self.name_en


def store(tx: Tx, store_id: StoreId) -> StoreFacts:
    """Return a store.

    Raises:
        UnknownStore: there is none with this code.
    """
    found = [one for one in stores(tx) if one.store_id == store_id]
    if not found:
        raise UnknownStore(store_id)
    return found[0]


def stores(tx: Tx) -> tuple[StoreFacts, ...]:
    """Return every store, by name."""
    rows = tx.run(select(Store.id, Store.name, Store.city, Store.zone).order_by(Store.name))
    return tuple(StoreFacts(*row) for row in rows)


def categories(tx: Tx) -> tuple[CategoryFacts, ...]:
    """Return every category, by id."""
    rows = tx.run(select(Category.id, Category.name_fr, Category.name_en).order_by(Category.id))
    return tuple(CategoryFacts(*row) for row in rows)


def article_by_sku(tx: Tx, sku: str) -> ArticleFacts:
    """Return the article with the retailer's own code ``sku``.

    Raises:
        UnknownArticle: there is none.
    """
    return _one(articles_by_codes(tx, skus=[sku]), sku)


def article_by_ean(tx: Tx, ean: str) -> ArticleFacts:
    """Return the article with the bar code ``ean``.

    Raises:
        UnknownArticle: there is none.
    """
    return _one(articles_by_codes(tx, eans=[ean]), ean)


def article_by_code(tx: Tx, code: str) -> ArticleFacts:
    """Return the article whose bar code or own code was scanned or typed.

    Raises:
        UnknownArticle: there is none.
    """
    return _one(articles_by_codes(tx, skus=[code.strip().lower()], eans=[code.strip()]), code)


def articles_by_codes(
    tx: Tx, *, skus: Sequence[str] = (), eans: Sequence[str] = ()
) -> tuple[ArticleFacts, ...]:
    """Return the articles with any of these codes, in one statement; unknown ones are missing."""
    rows = tx.run(*articles_question(skus, eans))
    return tuple(_article(row) for row in rows)


def articles_question(skus: Sequence[str], eans: Sequence[str]) -> Asked:
    """Return what ``articles_by_codes`` asks."""
    return _BY_CODES, {"skus": list(skus), "eans": list(eans)}


def article_names(tx: Tx, skus: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return name and category by sku, in one statement."""
    rows = tx.run(select(Article.sku, Article.name, Article.category).where(Article.sku.in_(skus)))
    return {row.sku: (row.name, row.category) for row in rows}


def articles(
    tx: Tx,
    *,
    category: str | None = None,
    search: str = "",
    after: str | None = None,
    limit: int = 50,
) -> Page[ArticleFacts]:
    """Return articles by name; ``search`` is part of a name or the beginning of a code."""
    statement = select(*_COLUMNS).order_by(Article.name, Article.sku).limit(page_size(limit) + 1)
    if category is not None:
        statement = statement.where(Article.category == category)
    if search:
        text = search.strip().lower()
        statement = statement.where(
            or_(
                func.lower(Article.name).contains(text, autoescape=True),
                Article.sku.startswith(text, autoescape=True),
                Article.ean.startswith(text, autoescape=True),
            )
        )
    if after is not None:
        name, sku = read_text_cursor(after)
        statement = statement.where(
            or_(Article.name > name, and_(Article.name == name, Article.sku > sku))
        )
    rows = tx.run(statement).all()
    page = rows[: page_size(limit)]
    return Page(
        items=tuple(_article(row) for row in page),
        after=text_cursor(page[-1].name, page[-1].sku) if len(rows) > len(page) else None,
    )


_COLUMNS = (
    Article.sku,
    Article.name,
    Article.category,
    Article.price_minor,
    Article.tax_bp,
    Article.ean,
    Article.brand,
    Article.labels,
    Article.sold_by,
)
_BY_CODES = select(*_COLUMNS).where(
    or_(
        Article.sku.in_(bindparam("skus", expanding=True)),
        Article.ean.in_(bindparam("eans", expanding=True)),
    )
)


def _article(row: Any) -> ArticleFacts:
    return ArticleFacts(
        sku=Sku(row.sku),
        name=row.name,
        category=row.category,
        price_minor=row.price_minor,
        tax_bp=row.tax_bp,
        ean=row.ean,
        brand=row.brand,
        labels=tuple(row.labels),
        sold_by=row.sold_by,
    )


def _one(found: Sequence[ArticleFacts], code: str) -> ArticleFacts:
    if not found:
        raise UnknownArticle(code)
    return found[0]
