"""Stores and articles: small tables, the same in every place where the programme runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.kernel.db import Base, Id
from loyalty.values import Sku, SoldBy, StoreId


class Store(Base):
    """A shop of the retailer. ``id`` is the retailer's own code."""

    __tablename__ = "stores"

    id: Mapped[StoreId] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    city: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="Europe/Paris")


class Category(Base):
    """A shelf: what articles are grouped by."""

    __tablename__ = "categories"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]


class Article(Base):
    """Something that is sold. Receipts keep their own copy of what it was called and cost."""

    __tablename__ = "articles"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        Index("uq_articles_ean", "ean", unique=True),
        Index("ix_articles_category", "category"),
    )

    sku: Mapped[Sku] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    category: Mapped[str] = mapped_column(Id)
    price_minor: Mapped[int]
    tax_bp: Mapped[int]
    ean: Mapped[str | None] = mapped_column(Id, default=None)
    brand: Mapped[str] = mapped_column(default="")
    labels: Mapped[list[Any]] = mapped_column(default_factory=list)
    sold_by: Mapped[SoldBy] = mapped_column(default=SoldBy.UNIT)
