"""What a till hands over: sales and returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from loyalty.values.words import CardId, LineKind, MemberId, PurchaseId, Sku, StoreId, VoucherId


@dataclass(frozen=True, slots=True)
class SaleKey:
    """The till's own identity of a sale. At most one purchase or return can have it."""

    store_id: StoreId
    till: str
    business_on: date
    sequence: int


@dataclass(frozen=True, slots=True)
class OfferShare:
    """What one offer takes off one line, in minor units; ``unit_shares`` adds up to it."""

    offer_id: str
    amount_minor: int
    unit_shares: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a basket as it was settled.

    ``gross_minor`` is the shelf price of the whole line, tax included;
    ``paid_minor`` is what is left of it after ``shares``.
    """

    line_no: int
    sku: Sku
    name: str
    category: str
    brand: str
    kind: LineKind
    quantity_milli: int
    unit_price_minor: int
    gross_minor: int
    paid_minor: int
    tax_bp: int
    shares: tuple[OfferShare, ...] = ()
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PointsEffect:
    """Points that an offer adds to a sale: a bonus of ``points`` on ``line_nos``.

    Multipliers are turned into a bonus by the caller, who knows the offer; the
    ledger only has to know how many points, on which lines and because of what. ``label`` is
    the offer's name as the member was shown it; her statement repeats it.
    """

    offer_id: str
    points: int
    line_nos: tuple[int, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Tender:
    """How part of a sale was paid. Never lowers what is earned."""

    kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A settled basket, as a till hands it over.

    ``request_hash`` identifies the content: the same key with another hash is refused.
    ``voucher_ids`` are used up by this sale; they lower what is due, not what is earned.
    """

    key: SaleKey
    occurred_at: datetime
    currency: str
    lines: tuple[SaleLine, ...]
    request_hash: str
    member_id: MemberId | None = None
    card_id: CardId | None = None
    staff_id: str | None = None
    points_effects: tuple[PointsEffect, ...] = ()
    voucher_ids: tuple[VoucherId, ...] = ()
    tenders: tuple[Tender, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """How much of a line of a purchase comes back, in thousandths of a unit."""

    line_no: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A return, as a till hands it over."""

    key: SaleKey
    purchase_id: PurchaseId
    occurred_at: datetime
    lines: tuple[ReturnedLine, ...]
    request_hash: str
    staff_id: str | None = None
