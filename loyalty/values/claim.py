"""A purchase that a member claims: she made it without her card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from loyalty.values.words import ClaimId, ClaimState, ClaimWhy, MemberId, PurchaseId, StoreId


@dataclass(frozen=True, slots=True)
class ReceiptNamed:
    """What a member reads off her receipt: its number and day, what she paid, where.

    ``purchase_id`` is what the code at its foot says, if she gave that. ``total_minor`` is what
    the receipt came to, in minor units.
    """

    bought_on: date
    total_minor: int
    number: int | None = None
    store_id: StoreId | None = None
    till: str = ""
    purchase_id: PurchaseId | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and what became of it; ``points`` is what it brought of the default wallet."""

    claim_id: ClaimId
    member_id: MemberId
    state: ClaimState
    why: ClaimWhy
    receipt: ReceiptNamed
    reason: str
    points: int
    asked_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
