"""Refusals of the loyalty package."""

from __future__ import annotations

from loyalty.errors.cards import (
    CardBlocked,
    CardMistyped,
    CardNotActive,
    CardNotReadable,
    CardReplaced,
    UnknownCard,
)
from loyalty.errors.ledger import (
    HoldEnded,
    NotEnoughPoints,
    ReversalTooLarge,
    UnknownHold,
    UnknownPosting,
)
from loyalty.errors.members import (
    EmailTaken,
    InvalidIdentity,
    MemberBlocked,
    PhoneTaken,
    SourceReused,
    UnknownMember,
)
from loyalty.errors.programme import (
    NoProgramme,
    ProgrammeRefused,
)
from loyalty.errors.sales import (
    NothingToReturn,
    SaleConflict,
    SaleInconsistent,
    UnknownArticle,
    UnknownPurchase,
    UnknownStore,
    UnknownVoucher,
    VoucherNotUsable,
)

__all__ = [
    "CardBlocked",
    "CardMistyped",
    "CardNotActive",
    "CardNotReadable",
    "CardReplaced",
    "EmailTaken",
    "HoldEnded",
    "InvalidIdentity",
    "MemberBlocked",
    "NoProgramme",
    "NotEnoughPoints",
    "NothingToReturn",
    "PhoneTaken",
    "ProgrammeRefused",
    "ReversalTooLarge",
    "SaleConflict",
    "SaleInconsistent",
    "SourceReused",
    "UnknownArticle",
    "UnknownCard",
    "UnknownHold",
    "UnknownMember",
    "UnknownPosting",
    "UnknownPurchase",
    "UnknownStore",
    "UnknownVoucher",
    "VoucherNotUsable",
]
