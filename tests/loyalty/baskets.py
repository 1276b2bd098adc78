"""Baskets and rules for the tests of earning.

Bread: 3 at 1.20 (5.5 % tax, bakery). Pot: 24.00 (20 % tax, home).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loyalty.compiling import compile_programme
from loyalty.values import LineKind, OfferShare, ProgrammeVersionId, SaleLine, ShareScope
from tests.loyalty.world import line

FRIDAY = date(2026, 3, 6)
BREAD = replace(line(1, price=120, quantity_milli=3000), labels=frozenset({"fresh"}))
POT = line(2, price=2400, sku="pot", category="home", tax_bp=2000)
DELIVERY = line(3, price=500, sku="van", kind=LineKind.DELIVERY)
FEE = line(4, price=200, sku="wrap", kind=LineKind.SERVICE_FEE)
CARD = line(5, price=1000, sku="card", kind=LineKind.GIFT_CARD)
BASKET = (BREAD, POT)
BASE = {"id": "base", "points": 1, "per": "amount", "amount": "1.00"}
TEN = BASE | {"points": 10}
WALLETS = {"points": {"unit": "point"}, "stars": {"unit": "stamp"}, "fine": {"decimals": 2}}


def less(one: SaleLine, minor: int, scope: ShareScope) -> SaleLine:
    """The line with a reduction of its own kind."""
    share = OfferShare(f"off_{scope}", minor, (), scope)
    return replace(one, paid_minor=one.paid_minor - minor, shares=(*one.shares, share))


def programme(*rules, **keys):
    document = {"wallets": WALLETS, "earn": list(rules) or [BASE], **keys}
    return compile_programme(document, version_id=ProgrammeVersionId("pgv_test"))


def rule(id_="extra", points=5, per="order", **keys):
    return {"id": id_, "points": points, "per": per, **keys}


def times(id_="double", multiply=2, **keys):
    return {"id": id_, "multiply": multiply, **keys}


LOWERED = (
    less(BREAD, 100, ShareScope.BASKET),
    less(less(POT, 300, ShareScope.BASKET), 100, ShareScope.TILL),
)
OFF_BREAD = (less(BREAD, 100, ShareScope.LINE), POT)
REWARDED = (less(BREAD, 60, ShareScope.REWARD), POT)
ON_BREAD = {"category": "bakery"}
