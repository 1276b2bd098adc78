"""Tables of the loyalty package."""

from __future__ import annotations

from loyalty.models.adjustment import Adjustment, AdjustmentDay
from loyalty.models.card import Card
from loyalty.models.catalogue import Article, Category, Store
from loyalty.models.challenge import ChallengeAward
from loyalty.models.claim import PurchaseClaim
from loyalty.models.consent import Consent
from loyalty.models.draft import ProgrammeDraft
from loyalty.models.gift_card import GiftCard, GiftCardEntry
from loyalty.models.happening import MemberEvent, MemberMessage, Referral
from loyalty.models.ledger import Give, Hold, Lot, Posting, Take, Wallet
from loyalty.models.member import Member, MemberIdentity, RetentionWarning
from loyalty.models.programme import ProgrammeVersion
from loyalty.models.purchase import Purchase, PurchaseEarning, PurchaseLine, PurchaseShare
from loyalty.models.redemption import Redemption, RewardCounter
from loyalty.models.returned import (
    LooseLine,
    LooseReturn,
    PurchaseReturn,
    ReturnAmount,
    ReturnLine,
)
from loyalty.models.seal import SealDay, SealLeaf, SealRecord, SealRun
from loyalty.models.survey import Survey, SurveyAnswer
from loyalty.models.tier import TierChange, TierCredit, TierOpening, TierStanding
from loyalty.models.transfer import Merge, MergeCredit, MergedThing, PoolMember, Transfer
from loyalty.models.voucher import Voucher, VoucherProgress
from loyalty.models.what_if import WhatIfRun

__all__ = [
    "Adjustment",
    "AdjustmentDay",
    "Article",
    "Card",
    "Category",
    "ChallengeAward",
    "Consent",
    "GiftCard",
    "GiftCardEntry",
    "Give",
    "Hold",
    "LooseLine",
    "LooseReturn",
    "Lot",
    "Member",
    "MemberEvent",
    "MemberIdentity",
    "MemberMessage",
    "Merge",
    "MergeCredit",
    "MergedThing",
    "PoolMember",
    "Posting",
    "ProgrammeDraft",
    "ProgrammeVersion",
    "Purchase",
    "PurchaseClaim",
    "PurchaseEarning",
    "PurchaseLine",
    "PurchaseReturn",
    "PurchaseShare",
    "Redemption",
    "Referral",
    "RetentionWarning",
    "ReturnAmount",
    "ReturnLine",
    "RewardCounter",
    "SealDay",
    "SealLeaf",
    "SealRecord",
    "SealRun",
    "Store",
    "Survey",
    "SurveyAnswer",
    "Take",
    "TierChange",
    "TierCredit",
    "TierOpening",
    "TierStanding",
    "Transfer",
    "Voucher",
    "VoucherProgress",
    "Wallet",
    "WhatIfRun",
]
