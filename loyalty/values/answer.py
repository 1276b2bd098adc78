"""What a sale or return answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loyalty.values.words import MemberId, PurchaseId, ReturnId, VoucherId, VoucherState


@dataclass(frozen=True, slots=True)
class Fired:
    """One reason for points: a rule or an offer, what it looked at and what it gave.

    ``label`` is an offer's name as the member was shown it; empty for a rule of the programme.
    """

    rule: str
    points: int
    basis_minor: int
    line_nos: tuple[int, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Earned:
    """What a sale earns: the total and, rule by rule, why."""

    points: int
    fired: tuple[Fired, ...] = ()


@dataclass(frozen=True, slots=True)
class TierProgress:
    """Where a member stands on the stairs.

    ``spend_minor`` counts in the current window. ``next_level`` is ``None`` at the top.
    ``kept_until_on`` is the last day on which ``level`` is certain; ``None``: no limit.
    """

    level: str
    spend_minor: int
    next_level: str | None
    to_next_minor: int
    kept_until_on: date | None
    to_keep_minor: int = 0


@dataclass(frozen=True, slots=True)
class IssuedVoucher:
    """A voucher as its owner sees it. ``code`` is what the till scans."""

    voucher_id: VoucherId
    code: str
    value_minor: int
    state: VoucherState
    expires_on: date


@dataclass(frozen=True, slots=True)
class PurchaseReceipt:
    """The answer to a recorded sale. The same sale again gives the same receipt with ``replayed``.

    ``tier_before`` differs from ``tier.level`` when this sale lifted the member.
    """

    purchase_id: PurchaseId
    replayed: bool
    member_id: MemberId | None
    total_minor: int
    discount_minor: int
    voucher_minor: int
    due_minor: int
    earned: Earned
    balance: int | None
    tier_before: str | None
    tier: TierProgress | None
    vouchers: tuple[IssuedVoucher, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnReceipt:
    """The answer to a recorded return.

    ``refund_minor`` is money to hand back, tax included. ``points`` is what left the wallet
    (zero or negative). ``offers_given_back`` names the offers whose every share came back.
    ``restored_vouchers`` had paid for what came back and may be used again.
    """

    return_id: ReturnId
    purchase_id: PurchaseId
    replayed: bool
    refund_minor: int
    points: int
    spend_minor: int
    balance: int | None
    tier_before: str | None
    tier: TierProgress | None
    cancelled_vouchers: tuple[VoucherId, ...] = ()
    offers_given_back: tuple[str, ...] = ()
    restored_vouchers: tuple[VoucherId, ...] = ()
