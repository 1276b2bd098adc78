"""Which lines a rule looks at, and what part of a sale earns."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.programme.amounts import Ratio
from loyalty.values import LineKind, SaleLine, ShareScope


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
    """What part of a sale earns. Tenders never lower it.

    ``redeemed_earns`` tells whether what the programme's own rewards and redeemed points paid
    still counts. ``spread_basket_offers``: offers on the basket lower what filtered rules see.
    """

    tax_included: bool = True
    kinds: frozenset[LineKind] = frozenset({LineKind.ARTICLE})
    lowered_by_offers: bool = True
    lowered_by_till: bool = False
    spread_basket_offers: bool = True
    redeemed_earns: bool = True

    def of(self, line: SaleLine, *, filtered: bool = False, redeemed_minor: int = 0) -> Ratio:
        """Return the minor units of ``line`` that earn, exactly.

        ``filtered`` is how a rule sees it that names articles; ``redeemed_minor`` of the line are
        paid with points. The currency's rounding touches no points: net amounts stay fractions.
        """
        if line.kind not in self.kinds:
            return (0, 1)
        amount = line.gross_minor
        for share in line.shares:
            if self._lowered_by(share.scope, filtered=filtered):
                amount -= share.amount_minor
        if not self.redeemed_earns:
            amount = max(0, amount - redeemed_minor)
        if line.fee_minor and LineKind.SERVICE_FEE in self.kinds:
            amount += line.fee_minor
        if self.tax_included:
            return (amount, 1)
        if line.net_minor is not None and line.paid_minor:
            return (amount * line.net_minor, line.paid_minor)
        if line.net_part is not None:
            return (amount * line.net_part[0], line.net_part[1])
        return (amount * 10_000, 10_000 + line.tax_bp)

    def minor_of(self, line: SaleLine, *, redeemed_minor: int = 0) -> int:
        """Return what of ``line`` counts as spend, rounded half up to a minor unit."""
        amount, parts = self.of(line, redeemed_minor=redeemed_minor)
        return (2 * amount + parts) // (2 * parts)

    def _lowered_by(self, scope: ShareScope, *, filtered: bool) -> bool:
        if scope is ShareScope.TILL:
            return self.lowered_by_till
        if scope is ShareScope.REWARD:
            return not self.redeemed_earns
        if scope is ShareScope.BASKET and filtered and not self.spread_basket_offers:
            return False
        return self.lowered_by_offers
