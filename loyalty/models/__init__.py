"""Tables of the loyalty package."""

from __future__ import annotations

from loyalty.models.card import Card
from loyalty.models.catalogue import Article, Category, Store
from loyalty.models.consent import Consent
from loyalty.models.ledger import Give, Hold, Lot, Posting, Take, Wallet
from loyalty.models.member import Member, MemberIdentity
from loyalty.models.programme import ProgrammeVersion
from loyalty.models.purchase import Purchase, PurchaseEarning, PurchaseLine, PurchaseShare
from loyalty.models.returned import PurchaseReturn, ReturnLine
from loyalty.models.tier import TierChange, TierCredit, TierStanding
from loyalty.models.voucher import Voucher, VoucherProgress

__all__ = [
    "Article",
    "Card",
    "Category",
    "Consent",
    "Give",
    "Hold",
    "Lot",
    "Member",
    "MemberIdentity",
    "Posting",
    "ProgrammeVersion",
    "Purchase",
    "PurchaseEarning",
    "PurchaseLine",
    "PurchaseReturn",
    "PurchaseShare",
    "ReturnLine",
    "Store",
    "Take",
    "TierChange",
    "TierCredit",
    "TierStanding",
    "Voucher",
    "VoucherProgress",
    "Wallet",
]
