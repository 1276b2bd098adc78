"""Words of the till: what it claims, and what it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from loyalty.values import (
    Asked,
    CardHolder,
    Earned,
    Extension,
    LineKind,
    PurchaseId,
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


class Trust(StrEnum):
    """How far a card may be trusted: one that can be copied earns, but does not spend."""

    IDENTIFY = "identify"
    SPEND = "spend"


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card as it was presented: the text that was scanned or typed, and how."""

    code: str
    entry: EntryMode
    trust: Trust = Trust.SPEND


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What a till knows of an article that it prices itself.

    ``gross_factor`` turns its prices into prices with every tax: one for a price list that
    includes them. ``net_part`` is the part of those that is net, where ``tax_bp`` cannot say it.
    ``fee_minor`` is added for each unit and never discounted. ``gross_minor`` is what the whole
    line comes to where the till rounds taxes otherwise than line by line.
    """

    name: str
    unit_price_minor: int
    tax_bp: int
    category: str = ""
    brand: str = ""
    weighed: bool = False
    labels: tuple[str, ...] = ()
    fee_minor: int = 0
    fee_taxed: bool = True
    gross_factor: tuple[int, int] = (1, 1)
    net_part: tuple[int, int] | None = None
    gross_minor: int | None = None


@dataclass(frozen=True, slots=True)
class TillLine:
    """A line as a till sends it: an article by ``sku`` or by ``ean``, and how much of it.

    ``discount_minor`` is what the till itself took off the whole line. A line of the kind
    ``discount_of_the_till`` takes its price off all goods. ``wallet`` is what a top-up fills,
    ``gift_card`` the card that is sold or loaded.
    """

    line_no: int
    quantity_milli: int
    sku: Sku | None = None
    ean: str | None = None
    kind: LineKind = LineKind.ARTICLE
    own: OwnFacts | None = None
    discount_minor: int = 0
    wallet: str = ""
    gift_card: str = ""


@dataclass(frozen=True, slots=True)
class BasketClaim:
    """A basket that is not paid yet.

    ``codes`` are those of coupons that were scanned or typed, in that order.
    """

    store_id: str
    business_on: date
    currency: str
    lines: tuple[TillLine, ...]
    card: CardShown | None = None
    voucher_codes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleClaim:
    """A basket that was paid.

    The server prices it again, as of ``priced_at`` where that is not when it occurred;
    ``quote_hash`` stands for what the till showed. ``spending`` is what the member redeems,
    ``voucher_ids`` are vouchers that pay beside those of the basket, ``beneficiary`` is whose card
    earns instead of hers. ``part_paid`` says that ``tenders`` need not cover what is due,
    ``codes_must_apply`` that a coupon without effect refuses the sale. ``reinstates`` names the
    voided purchase that this one is again.
    """

    key: SaleKey
    basket: BasketClaim
    occurred_at: datetime
    tenders: tuple[Tender, ...] = ()
    quote_hash: str | None = None
    staff_id: str | None = None
    spending: tuple[Asked, ...] = ()
    beneficiary: CardShown | None = None
    extension: Extension | None = None
    training: bool = False
    offline: bool = False
    part_paid: bool = False
    codes_must_apply: bool = False
    priced_at: datetime | None = None
    voucher_ids: tuple[VoucherId, ...] = ()
    reinstates: PurchaseId | None = None


@dataclass(frozen=True, slots=True)
class ReturnClaim:
    """Articles that come back: of a purchase, or of the sale with ``sold``.

    Instead of ``lines``: an ``amount_minor`` of money, the ``whole`` of what is left, or ``void``,
    which takes the purchase back as if it had never been.
    """

    key: SaleKey
    occurred_at: datetime
    lines: tuple[ReturnedLine, ...]
    purchase_id: str | None = None
    sold: SaleKey | None = None
    staff_id: str | None = None
    amount_minor: int | None = None
    whole: bool = False
    void: bool = False
    extension: Extension | None = None


@dataclass(frozen=True, slots=True)
class LooseClaim:
    """Articles that come back without a receipt, at today's price.

    ``approved_by`` names the manager who agreed, ``gift_card`` where the money goes where the
    programme pays none out.
    """

    key: SaleKey
    occurred_at: datetime
    currency: str
    lines: tuple[TillLine, ...]
    card: CardShown | None = None
    staff_id: str | None = None
    approved_by: str = ""
    reason: str = ""
    gift_card: str = ""


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
