"""Words of the till: what it claims, and what it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from loyalty.values import (
    CardHolder,
    Earned,
    LineKind,
    PurchaseReceipt,
    ReturnedLine,
    ReturnReceipt,
    SaleKey,
    Sku,
    Tender,
    VoucherId,
)
from offers.values import PricedBasket


class EntryMode(StrEnum):
    """How a card came into the till."""

    QR = "qr"
    EAN = "ean"
    KEYED = "keyed"


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card as it was presented: the text that was scanned or typed, and how."""

    code: str
    entry: EntryMode


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What a till knows of an article that it prices itself, tax included."""

    name: str
    unit_price_minor: int
    tax_bp: int
    category: str = ""
    brand: str = ""
    weighed: bool = False


@dataclass(frozen=True, slots=True)
class TillLine:
    """A line as a till sends it: an article by ``sku`` or by ``ean``, and how much of it."""

    line_no: int
    quantity_milli: int
    sku: Sku | None = None
    ean: str | None = None
    kind: LineKind = LineKind.ARTICLE
    own: OwnFacts | None = None


@dataclass(frozen=True, slots=True)
class BasketClaim:
    """A basket that is not paid yet."""

    store_id: str
    business_on: date
    currency: str
    lines: tuple[TillLine, ...]
    card: CardShown | None = None
    voucher_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleClaim:
    """A basket that was paid.

    The server prices it again; ``quote_hash`` stands for what the till showed.
    """

    key: SaleKey
    basket: BasketClaim
    occurred_at: datetime
    tenders: tuple[Tender, ...] = ()
    quote_hash: str | None = None
    staff_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReturnClaim:
    """Articles that come back: of a purchase, or of the sale with ``sold``."""

    key: SaleKey
    occurred_at: datetime
    lines: tuple[ReturnedLine, ...]
    purchase_id: str | None = None
    sold: SaleKey | None = None
    staff_id: str | None = None


@dataclass(frozen=True, slots=True)
class VoucherTaken:
    """A voucher laid on a basket: ``taken_minor`` of its ``value_minor`` lowers what is due."""

    voucher_id: VoucherId
    code: str
    value_minor: int
    taken_minor: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a basket would cost and earn if it were paid now. Nothing is held or written.

    ``total_minor`` is after offers, ``due_minor`` after vouchers too. ``points_after`` is the
    balance with what this earns, ``points_with_card`` what it would earn if a card were shown,
    ``reaches`` the level that this would lift the member to.
    """

    quote_hash: str
    currency: str
    basket: PricedBasket
    vouchers: tuple[VoucherTaken, ...]
    total_minor: int
    discount_minor: int
    voucher_minor: int
    due_minor: int
    earned: Earned
    points_with_card: int
    holder: CardHolder | None = None
    points_after: int | None = None
    reaches: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer to a sale. ``receipt_code`` is what a return scans.

    ``basket`` says how the offers worked out; a repetition does not price again and has none.
    """

    key: SaleKey
    receipt: PurchaseReceipt
    receipt_code: str
    basket: PricedBasket | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The answer to a return."""

    key: SaleKey
    receipt: ReturnReceipt
