"""What the demo shop is and what it sells: stores, tills, staff, categories, 400 articles.

The lists lie in ``data/`` as files that a shopkeeper could read; here they become typed and frozen.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from loyalty.values import Sku, SoldBy, StoreId

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class DemoStore:
    """A store with its till codes. ``share`` is its part of a hundred members."""

    id: StoreId
    name: str
    city: str
    share: int
    tills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """Someone who works here. ``store_id`` is empty for head office."""

    given_name: str
    family_name: str
    role: str
    store_id: StoreId | None

    @property
    def name(self) -> str:
        """Return the whole name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf, named in both languages. ``taste`` is its weight in an average basket."""

    id: str
    name_fr: str
    name_en: str
    taste: int


@dataclass(frozen=True, slots=True)
class Article:
    """Something on a shelf. ``price_minor`` is tax included, for one unit or one kilo.

    ``typical_milli`` is what one person usually takes; ``popularity`` weighs it within its
    category; ``season`` names its time of year, empty for the whole year.
    """

    sku: Sku
    ean: str
    name: str
    category: str
    brand: str
    labels: tuple[str, ...]
    price_minor: int
    tax_bp: int
    sold_by: SoldBy
    typical_milli: int
    popularity: int
    season: str


@dataclass(frozen=True, slots=True)
class Shop:
    """The whole retailer."""

    name: str
    zone: str
    stores: tuple[DemoStore, ...]
    categories: tuple[Category, ...]
    staff: tuple[DemoStaff, ...]


@cache
def load_shop() -> Shop:
    """Return the demo shop."""
    document = yaml.safe_load((DATA / "shop.yaml").read_text(encoding="utf-8"))
    return Shop(
        name=document["name"],
        zone=document["zone"],
        stores=tuple(_store(entry) for entry in document["stores"]),
        categories=tuple(
            Category(id=entry["id"], name_fr=entry["fr"], name_en=entry["en"], taste=entry["taste"])
            for entry in document["categories"]
        ),
        staff=tuple(_staff(entry) for entry in document["staff"]),
    )


@cache
def load_articles() -> tuple[Article, ...]:
    """Return every article, in the order of the file."""
    return tuple(_read_articles())


def check_digit(first_twelve: str) -> str:
    """Return the last digit of an EAN-13.

    Source: GS1 General Specifications, section 7.9 (weights 1 and 3, modulo 10).
    """
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(first_twelve))
    return str(-total % 10)


def _store(entry: dict[str, Any]) -> DemoStore:
    return DemoStore(
        id=StoreId(entry["id"]),
        name=entry["name"],
        city=entry["city"],
        share=entry["share"],
        tills=tuple(entry["tills"]),
    )


def _staff(entry: dict[str, Any]) -> DemoStaff:
    store = entry.get("store")
    return DemoStaff(
        given_name=entry["given"],
        family_name=entry["family"],
        role=entry["role"],
        store_id=StoreId(store) if store else None,
    )


def _read_articles() -> Iterator[Article]:
    with (DATA / "articles.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Article(
                sku=Sku(row["sku"]),
                ean=row["ean"],
                name=row["name"],
                category=row["category"],
                brand=row["brand"],
                labels=tuple(row["labels"].split()),
                price_minor=int(row["price_minor"]),
                tax_bp=int(row["tax_bp"]),
                sold_by=SoldBy(row["sold_by"]),
                typical_milli=int(row["typical_milli"]),
                popularity=int(row["popularity"]),
                season=row["season"],
            )
