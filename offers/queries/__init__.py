"""Reads: prices for a basket, a member's offers, lists and results. They return frozen values."""

from __future__ import annotations

from offers.queries.assortment import Assortment, assortment
from offers.queries.catalogue import (
    OfferDetail,
    OfferResults,
    OfferSummary,
    list_offers,
    live_offers,
    offer_detail,
    offer_results,
    uses_of,
)
from offers.queries.member import (
    affinities_of,
    member_offers,
    members_with_offer,
    ready_offers,
)
from offers.queries.preview import CostPreview, preview_cost
from offers.queries.till import price_basket

__all__ = [
    "Assortment",
    "CostPreview",
    "OfferDetail",
    "OfferResults",
    "OfferSummary",
    "affinities_of",
    "assortment",
    "list_offers",
    "live_offers",
    "member_offers",
    "members_with_offer",
    "offer_detail",
    "offer_results",
    "preview_cost",
    "price_basket",
    "ready_offers",
    "uses_of",
]
