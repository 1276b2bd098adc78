"""Words of the ledger that tables and pure rules share."""

from __future__ import annotations

from enum import StrEnum


class PostingKind(StrEnum):
    """Why points moved."""

    EARN = "earn"
    SPEND = "spend"
    RETURN = "return"
    REVERSAL = "reversal"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    OPENING = "opening"
    PENDING = "pending"
    ACTIVATION = "activation"
    REDEEM = "redeem"
    TENDER = "tender"
    TOP_UP = "top_up"
    TRANSFER = "transfer"
    MERGE = "merge"
    RESET = "reset"


class Contra(StrEnum):
    """The other side of a posting: the programme's account that gives or takes the points."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    ADJUSTED = "adjusted"
    OPENING = "opening"
    PENDING = "pending"
    TENDERED = "tendered"
    TRANSFERRED = "transferred"
    MERGED = "merged"
    POOLED = "pooled"
    PAID_IN = "paid_in"
    FORGIVEN = "forgiven"


class HoldState(StrEnum):
    """The life of a hold. Only an open one keeps points back."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class RedemptionKind(StrEnum):
    """What points were spent on."""

    POINTS = "points"
    REWARD = "reward"
    VOUCHER = "voucher"


class TransferKind(StrEnum):
    """Why points moved from one member to another."""

    GIFT = "gift"
    POOL = "pool"
    EXIT = "exit"
    MERGE = "merge"
    UNMERGE = "unmerge"


WITHOUT_RECEIPT = "return-without-receipt"
"""The reason that stands beside the points that a return without a receipt takes."""
