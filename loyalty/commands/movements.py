"""What moves in a member's wallet, before and after it was posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loyalty.journal import Cause
from loyalty.programme import WalletRule
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class Movement:
    """Points that move in a member's wallet: how many, by which rule, and why.

    ``day`` is the local day that counts: of earning, or on which they are spent. ``plain`` says
    that it brings nothing about but itself, ``waiting`` that points may wait beside the wallet.
    """

    member_id: MemberId
    unit: str
    points: int
    rule: WalletRule
    day: date
    cause: Cause
    plain: bool = True
    waiting: bool = True


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a posting left the wallet."""

    seq: int
    balance: int
