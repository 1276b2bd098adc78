"""Which lines a rule looks at, and what part of a sale earns."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.values import LineKind, SaleLine


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines a rule looks at: one value of each filter given must match."""

    articles: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is asked, so that every line matches."""
        return not (self.articles or self.categories or self.brands or self.labels)

    def matches(self, line: SaleLine) -> bool:
        """Tell whether ``line`` meets every filter that is given."""
        return (
            (not self.articles or line.sku in self.articles)
            and (not self.categories or line.category in self.categories)
            and (not self.brands or line.brand in self.brands)
            and (not self.labels or not self.labels.isdisjoint(line.labels))
        )

    def touches(self, line: SaleLine) -> bool:
        """Tell whether ``line`` meets any filter that is given; this is how ``exclude`` reads."""
        return (
            line.sku in self.articles
            or line.category in self.categories
            or line.brand in self.brands
            or not self.labels.isdisjoint(line.labels)
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """What part of a sale earns. Tenders never lower it."""

    tax_included: bool = True
    kinds: frozenset[LineKind] = frozenset({LineKind.ARTICLE})
    lowered_by_offers: bool = True
    lowered_by_till: bool = False
    spread_basket_offers: bool = True

    def of(self, line: SaleLine) -> int:
        """Return the minor units of ``line`` that earn; net amounts are rounded half up."""
        if line.kind not in self.kinds:
            return 0
        gross = line.paid_minor if self.lowered_by_offers else line.gross_minor
        if self.tax_included:
            return gross
        return (gross * 20_000 + 10_000 + line.tax_bp) // (2 * (10_000 + line.tax_bp))
