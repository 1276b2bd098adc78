"""What a till hands over: sales and returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from loyalty.values.spending import Asked
from loyalty.values.words import CardId, LineKind, MemberId, PurchaseId, Sku, StoreId, VoucherId


@dataclass(frozen=True, slots=True)
class SaleKey:
    """The till's own identity of a sale. At most one purchase or return can have it."""

    store_id: StoreId
    till: str
    business_on: date
    sequence: int


class ShareScope(StrEnum):
    """What a reduction was given on; a programme's basis tells them apart."""

    LINE = "line"
    BASKET = "basket"
    TILL = "till"
    REWARD = "reward"


TILL_DISCOUNT = "~till"
"""The ``offer_id`` of the share that the till itself took off a line."""


@dataclass(frozen=True, slots=True)
class OfferShare:
    """What one reduction takes off one line, in minor units; ``unit_shares`` adds up to it.

    ``offer_id`` names an offer, a reward (scope ``reward``) or the till itself (``~till``).
    """

    offer_id: str
    amount_minor: int
    unit_shares: tuple[int, ...]
    scope: ShareScope = ShareScope.LINE


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a basket as it was settled.

    ``gross_minor`` is the shelf price of the whole line, tax included;
    ``paid_minor`` is what is left of it after ``shares``. ``fee_minor`` is what the article's fee
    adds for the whole line, tax included and never discounted; it stands beside the two.

    ``net_minor`` is what of ``paid_minor`` is net, where prices are listed without tax.
    ``net_part`` is the net part of a tax-included amount as an exact fraction, where one
    rate cannot say it; ``tax_bp`` says it otherwise. ``wallet`` is filled by a top-up,
    ``gift_card`` by the sale of one.
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
    net_minor: int | None = None
    net_part: tuple[int, int] | None = None
    fee_minor: int = 0
    wallet: str = ""
    gift_card: str = ""

    @property
    def owed_minor(self) -> int:
        """Return what the line adds to the sale's total, its fee included."""
        return self.paid_minor + self.fee_minor


class EffectKind(StrEnum):
    """How an offer gives points."""

    BONUS = "bonus"
    MULTIPLIER = "multiplier"


@dataclass(frozen=True, slots=True)
class PointsEffect:
    """Points that an offer adds to a sale because of ``line_nos``.

    A bonus gives ``points``, or ``exact`` grains of its wallet where they are not whole. A
    multiplier multiplies what the rules earned: of its lines by rate (``own_lines``) or
    everything. An empty ``wallet`` is the default one. ``label`` is the offer's name as the member
    was shown it; her statement repeats it. ``created`` and ``slug`` decide between promotions.
    """

    offer_id: str
    points: int
    line_nos: tuple[int, ...]
    label: str = ""
    kind: EffectKind = EffectKind.BONUS
    multiply: tuple[int, int] = (1, 1)
    own_lines: bool = False
    exact: tuple[int, int] | None = None
    wallet: str = ""
    created: datetime | None = None
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Tender:
    """How part of a sale was paid. Never lowers what is earned.

    ``amount_minor`` may be left open for what the programme itself keeps: what is needed, as far
    as it is there.
    """

    kind: str
    amount_minor: int | None
    wallet: str = ""
    gift_card: str = ""
    voucher_id: VoucherId | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """What a programme's extension answers: other points than the rules give, or no."""

    points: int | None = None
    cancel: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """A settled basket, as a till hands it over.

    ``request_hash`` identifies the content: the same key with another hash is refused.
    ``voucher_ids`` are used up by this sale; they lower what is due, not what is earned.

    ``beneficiary_id`` gets what the sale earns when it is not ``member_id``. A ``training`` sale
    is kept and counts for nobody. ``reinstates`` names the voided purchase that this one is again.
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
    codes: tuple[str, ...] = ()
    spending: tuple[Asked, ...] = ()
    beneficiary_id: MemberId | None = None
    extension: Extension | None = None
    training: bool = False
    offline: bool = False
    reinstates: PurchaseId | None = None


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """How much of a line of a purchase comes back, in thousandths of a unit."""

    line_no: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """Articles that come back without a receipt, each at today's price, as a till hands them over.

    ``approved_by`` names the manager who agreed, ``gift_card`` where the money goes when the
    programme hands none out.
    """

    key: SaleKey
    occurred_at: datetime
    currency: str
    lines: tuple[SaleLine, ...]
    request_hash: str
    member_id: MemberId | None = None
    staff_id: str | None = None
    approved_by: str = ""
    reason: str = ""
    gift_card: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A return, as a till hands it over: lines, or an amount of money, or all that is left.

    ``void`` takes the whole purchase back as if it had never been, the visit included.
    """

    key: SaleKey
    purchase_id: PurchaseId
    occurred_at: datetime
    lines: tuple[ReturnedLine, ...]
    request_hash: str
    staff_id: str | None = None
    amount_minor: int | None = None
    whole: bool = False
    void: bool = False
    extension: Extension | None = None
