"""Asking about a basket before it is priced: one round trip instead of three."""

from __future__ import annotations

from collections.abc import Sequence

from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import ask_ahead
from loyalty.values import SaleKey
from pos_adapter.basket import ean_forms
from pos_adapter.queries.cards import code_text
from pos_adapter.values import BasketClaim, TillLine
from pos_adapter.wedge import ScanKind


def ask_about(tx: Tx, *, keys: Keys, claim: BasketClaim, key: SaleKey | None = None) -> None:
    """Ask in one round trip what ``price`` will read, and whether ``key`` has been recorded."""
    card = code_text(claim.card.code, ScanKind.CARD) if claim.card else None
    ask_ahead(tx, keys=keys, card=card, key=key, **codes_of(claim.lines))


def codes_of(wire: Sequence[TillLine]) -> dict[str, list[str]]:
    """Return the retailer's codes and the bar codes of the lines, in every way of writing them."""
    return {
        "skus": [line.sku for line in wire if line.sku],
        "eans": [form for line in wire if line.ean for form in ean_forms(line.ean)],
    }
