"""Members, their consents and what they buy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from loyalty.values.answer import TierProgress
from loyalty.values.words import CardId, MemberId, Purpose, Sku, SoldBy


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
    tier: TierProgress
    balance: int
    flags: tuple[str, ...] = field(default=())

    @property
    def level(self) -> str:
        """Return the tier as of today."""
        return self.tier.level


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
