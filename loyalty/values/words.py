"""Identifiers and enumerations."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

MemberId = NewType("MemberId", str)
CardId = NewType("CardId", str)
PurchaseId = NewType("PurchaseId", str)
ReturnId = NewType("ReturnId", str)
VoucherId = NewType("VoucherId", str)
HoldId = NewType("HoldId", str)
RedemptionId = NewType("RedemptionId", str)
AdjustmentId = NewType("AdjustmentId", str)
TransferId = NewType("TransferId", str)
MergeId = NewType("MergeId", str)
ClaimId = NewType("ClaimId", str)
StoreId = NewType("StoreId", str)
Sku = NewType("Sku", str)
ProgrammeVersionId = NewType("ProgrammeVersionId", str)
DraftId = NewType("DraftId", str)

POINTS = "points"
"""The name of the wallet that every preset has."""

NO_TIER = "none"
"""The level of a member who has reached no level of the programme."""


class MemberState(StrEnum):
    """Where a membership stands. A pool is no person: its members share its wallets."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ERASED = "erased"
    MERGED = "merged"
    POOL = "pool"


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
    """The life of a voucher. A return cancels one, to be earned again; staff withdraw one."""

    ISSUED = "issued"
    USED = "used"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class RedemptionState(StrEnum):
    """The life of a redemption. Only a held one can still be released."""

    HELD = "held"
    DONE = "done"
    RELEASED = "released"
    GIVEN_BACK = "given_back"


class AdjustmentState(StrEnum):
    """The life of an adjustment: posted at once, or proposed until a second person decides."""

    PROPOSED = "proposed"
    POSTED = "posted"
    REFUSED = "refused"


class VoucherOrigin(StrEnum):
    """What a voucher was given for, where it is not cumulated spend."""

    REWARD = "reward"
    REST = "rest"
    STAFF = "staff"


class VoucherCause(StrEnum):
    """Why staff gave a voucher. A list, because what people type may name somebody."""

    GOODWILL = "goodwill"
    COMPLAINT = "complaint"
    MISSING = "missing"
    LOST = "lost"


class GiftCardMove(StrEnum):
    """Why money went onto a gift card, or off it."""

    OPENED = "opened"
    LOADED = "loaded"
    PAID = "paid"
    GIVEN_BACK = "given_back"
    TAKEN_OFF = "taken_off"


class LineKind(StrEnum):
    """What a receipt line stands for. Only articles earn and take offers.

    A discount of the till is sent as a line and spread over the goods; no receipt keeps one.
    """

    ARTICLE = "article"
    DELIVERY = "delivery"
    DEPOSIT = "deposit"
    GIFT_CARD = "gift_card"
    SERVICE_FEE = "service_fee"
    WALLET_TOP_UP = "wallet_top_up"
    DISCOUNT_OF_THE_TILL = "discount_of_the_till"


class SoldBy(StrEnum):
    """Whether an article is counted or weighed."""

    UNIT = "unit"
    WEIGHT = "weight"


class ReferralState(StrEnum):
    """The life of a referral."""

    PENDING = "pending"
    REWARDED = "rewarded"
    REJECTED = "rejected"
    REVERSED = "reversed"


class WriteState(StrEnum):
    """Whether a message went out, or was withheld because the member had had enough."""

    SENT = "sent"
    WITHHELD = "withheld"


class ClaimState(StrEnum):
    """What became of the claim of a purchase."""

    WAITING = "waiting"
    SETTLED = "settled"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ClaimWhy(StrEnum):
    """Why a claim did not settle by itself."""

    NOT_FOUND = "not-found"
    SEVERAL = "several"
    TOO_OLD = "too-old"
    BEFORE_JOINING = "before-joining"
    RETURNED = "returned"
    OTHER_MEMBER = "other-member"
    ALREADY_YOURS = "already-yours"
    BY_HAND = "by-hand"
    NONE = ""
