"""Words of the offers package that others may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import NewType

from loyalty.values import LineKind, OfferShare, PointsEffect, Sku

OfferId = NewType("OfferId", str)


class OfferState(StrEnum):
    """The life of an offer."""

    DRAFT = "draft"
    LIVE = "live"
    ENDED = "ended"


class GrantState(StrEnum):
    """How far a member has taken an offer that was given to her."""

    AVAILABLE = "available"
    ACTIVATED = "activated"
    USED = "used"


class GrantCause(StrEnum):
    """How an offer came into a member's list."""

    RANKING = "ranking"
    TIER = "tier"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line to be priced; ``gross_minor`` is tax included, for the whole line."""

    line_no: int
    sku: Sku
    name: str
    category: str
    brand: str
    labels: tuple[str, ...]
    kind: LineKind
    quantity_milli: int
    unit_price_minor: int
    gross_minor: int
    tax_bp: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What lies on the belt, in the store and on the day that decide which offers hold.

    ``local_time`` is the wall clock in the store, which decides about offers with hours;
    ``None`` takes the present instant in the programme's zone.
    """

    store_id: str
    business_on: date
    lines: tuple[BasketLine, ...]
    local_time: time | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """An offer that works on this basket: money off, points, and the lines it touches.

    ``uses`` is how many times it applies (what limits count); ``name`` is translated.
    """

    offer_id: OfferId
    slug: str
    name: str
    discount_minor: int
    points: int
    uses: int
    line_nos: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NotApplied:
    """An offer near this basket that does not work, and why (a slug of the offers vocabulary).

    ``missing`` says what would make it work ("2.40 EUR more"), in the language asked for;
    ``beaten_by`` names the offer that stands in its place.
    """

    offer_id: OfferId
    slug: str
    name: str
    reason: str
    missing: str = ""
    beaten_by: str = ""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line after offers. ``shares`` add up to ``gross_minor - paid_minor``."""

    line: BasketLine
    paid_minor: int
    shares: tuple[OfferShare, ...]


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """A basket with the chosen offers worked in; ``optimal`` when no better choice exists."""

    lines: tuple[PricedLine, ...]
    applied: tuple[Applied, ...]
    not_applied: tuple[NotApplied, ...]
    points_effects: tuple[PointsEffect, ...]
    total_minor: int
    discount_minor: int
    optimal: bool = True


@dataclass(frozen=True, slots=True)
class ReadyOffer:
    """An offer that works at a till for a member without another tap."""

    offer_id: OfferId
    name: str
    value: str
    state: GrantState
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class MemberOffer:
    """An offer as its member sees it.

    ``reason`` is a sentence in her language ("You bought coffee 9 times since May").
    ``activation`` tells whether she must tap before it works at the till.
    """

    offer_id: OfferId
    name: str
    terms: str
    value: str
    reason: str
    state: GrantState
    activation: bool
    tier: str | None
    ends_on: date | None
    category: str | None = None
