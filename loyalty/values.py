"""Words of the loyalty package that others may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

MemberId = NewType("MemberId", str)
CardId = NewType("CardId", str)
PurchaseId = NewType("PurchaseId", str)
ReturnId = NewType("ReturnId", str)
VoucherId = NewType("VoucherId", str)
HoldId = NewType("HoldId", str)
StoreId = NewType("StoreId", str)
Sku = NewType("Sku", str)
ProgrammeVersionId = NewType("ProgrammeVersionId", str)

POINTS = "points"
"""The name of the wallet that every preset has."""

NO_TIER = "none"
"""The level of a member who has reached no level of the programme."""


class MemberState(StrEnum):
    """Where a membership stands."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ERASED = "erased"


class CardState(StrEnum):
    """Whether a card may be used at a till."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"


class Channel(StrEnum):
    """How a member came to us, or how we may write to her."""

    STORE = "store"
    POSTER = "poster"
    WEB = "web"
    IMPORT = "import"


class Purpose(StrEnum):
    """What a consent allows."""

    EMAIL_MARKETING = "email-marketing"
    SMS_MARKETING = "sms-marketing"
    PERSONAL_OFFERS = "personal-offers"


class VoucherState(StrEnum):
    """The life of a voucher."""

    ISSUED = "issued"
    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class LineKind(StrEnum):
    """What a receipt line stands for. Only articles earn and take offers."""

    ARTICLE = "article"
    DELIVERY = "delivery"
    DEPOSIT = "deposit"
    GIFT_CARD = "gift_card"
    SERVICE_FEE = "service_fee"


class SoldBy(StrEnum):
    """Whether an article is counted or weighed."""

    UNIT = "unit"
    WEIGHT = "weight"


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


@dataclass(frozen=True, slots=True)
class Fired:
    """One reason for points: a rule or an offer, what it looked at and what it gave.

    ``label`` is an offer's name as the member was shown it; empty for a rule of the programme.
    """

    rule: str
    points: int
    basis_minor: int
    line_nos: tuple[int, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Earned:
    """What a sale earns: the total and, rule by rule, why."""

    points: int
    fired: tuple[Fired, ...] = ()


@dataclass(frozen=True, slots=True)
class TierProgress:
    """Where a member stands on the stairs.

    ``spend_minor`` counts in the current window. ``next_level`` is ``None`` at the top.
    ``kept_until_on`` is the last day on which ``level`` is certain; ``None``: no limit.
    """

    level: str
    spend_minor: int
    next_level: str | None
    to_next_minor: int
    kept_until_on: date | None
    to_keep_minor: int = 0


@dataclass(frozen=True, slots=True)
class IssuedVoucher:
    """A voucher as its owner sees it. ``code`` is what the till scans."""

    voucher_id: VoucherId
    code: str
    value_minor: int
    state: VoucherState
    expires_on: date


@dataclass(frozen=True, slots=True)
class PurchaseReceipt:
    """The answer to a recorded sale. The same sale again gives the same receipt with ``replayed``.

    ``tier_before`` differs from ``tier.level`` when this sale lifted the member.
    """

    purchase_id: PurchaseId
    replayed: bool
    member_id: MemberId | None
    total_minor: int
    discount_minor: int
    voucher_minor: int
    due_minor: int
    earned: Earned
    balance: int | None
    tier_before: str | None
    tier: TierProgress | None
    vouchers: tuple[IssuedVoucher, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnReceipt:
    """The answer to a recorded return.

    ``refund_minor`` is money to hand back, tax included. ``points`` is what left the wallet
    (zero or negative). ``offers_given_back`` names the offers whose every share came back.
    ``restored_vouchers`` had paid for what came back and may be used again.
    """

    return_id: ReturnId
    purchase_id: PurchaseId
    replayed: bool
    refund_minor: int
    points: int
    spend_minor: int
    balance: int | None
    tier_before: str | None
    tier: TierProgress | None
    cancelled_vouchers: tuple[VoucherId, ...] = ()
    offers_given_back: tuple[str, ...] = ()
    restored_vouchers: tuple[VoucherId, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """One yes or no of a member, with the words she read."""

    purpose: Purpose
    granted: bool
    wording: str
    wording_version: int
    language: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a member is: the part that erasure removes."""

    given_name: str
    family_name: str = ""
    email: str | None = None
    phone: str | None = None
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class CardHolder:
    """What a till may see of a member: no contact data, no birth date.

    ``display_name`` is the first name and an initial.
    """

    member_id: MemberId
    card_id: CardId | None
    display_name: str
    language: str
    level: str
    balance: int
    flags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """An article of the catalogue. ``price_minor`` is tax included, for one unit or one kilo."""

    sku: Sku
    name: str
    category: str
    price_minor: int
    tax_bp: int
    ean: str | None = None
    brand: str = ""
    labels: tuple[str, ...] = ()
    sold_by: SoldBy = SoldBy.UNIT
