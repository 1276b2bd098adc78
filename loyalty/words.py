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


class Contra(StrEnum):
    """The other side of a posting: the programme's account that gives or takes the points."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    ADJUSTED = "adjusted"
    OPENING = "opening"


class HoldState(StrEnum):
    """The life of a hold. Only an open one keeps points back."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"
