"""Offer documents: what a marketer writes, read strictly into frozen values."""

from __future__ import annotations

from offers.document.parse import parse_offer
from offers.document.reader import DocumentRefused, Fault
from offers.document.shape import (
    Amount,
    AppliesTo,
    Benefit,
    Budget,
    Conditions,
    Filter,
    Limit,
    Offer,
    OfferKind,
    Per,
    Percent,
    PointsBonus,
    PointsMultiplier,
    Weekday,
)

__all__ = [
    "Amount",
    "AppliesTo",
    "Benefit",
    "Budget",
    "Conditions",
    "DocumentRefused",
    "Fault",
    "Filter",
    "Limit",
    "Offer",
    "OfferKind",
    "Per",
    "Percent",
    "PointsBonus",
    "PointsMultiplier",
    "Weekday",
    "parse_offer",
]
