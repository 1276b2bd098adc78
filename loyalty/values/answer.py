"""What a sale or return answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from loyalty.values.words import MemberId, PurchaseId, ReturnId, VoucherId, VoucherState


@dataclass(frozen=True, slots=True)
class Fired:
    """One reason for points: a rule or an offer, what it looked at and what it gave.

    ``label`` is an offer's name as the member was shown it; empty for a rule of the programme.
    ``unit`` is the wallet that is paid into; empty for the programme's default one.
    """

    rule: str
    points: int
    basis_minor: int
    line_nos: tuple[int, ...] = ()
    label: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Earned:
    """What a sale earns: the default wallet's total and, rule by rule and wallet by wallet, why."""

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

    ``tier_before`` differs from ``tier.level`` when this sale lifted the member. The maps go by
    wallet, in grains: what was earned, the part of it that waits (``pending``), what was spent
    (``charged``), and the balances after it. ``redeemed_minor`` is what spent points were worth,
    ``tendered_minor`` what wallets, points and gift cards paid. ``displaced`` names points offers
    that stood back behind another, ``codes_used`` the codes that let a rule fire.
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
    earned_by_unit: Mapping[str, int] = field(default_factory=dict)
    pending: Mapping[str, int] = field(default_factory=dict)
    charged: Mapping[str, int] = field(default_factory=dict)
    balances: Mapping[str, int] = field(default_factory=dict)
    redeemed_minor: int = 0
    tendered_minor: int = 0
    displaced: tuple[str, ...] = ()
    codes_used: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnReceipt:
    """The answer to a recorded return; one without a receipt belongs to no purchase.

    ``refund_minor`` is money to hand back, tax included. ``points`` is what left the wallet
    (zero or negative). ``offers_given_back`` names the offers whose every share came back.
    ``restored_vouchers`` had paid for what came back and may be used again. The maps go by wallet,
    in grains: what left (``earned_by_unit`` and, of that, ``pending``, both zero or below; rule by
    rule in ``fired``), what was given back of spent points (``charged``, zero or below), what of
    it had lapsed and is ``lost``, and what was ``forgiven`` because the balance was short.
    ``gift_cards`` says how much money went back to which.
    """

    return_id: ReturnId
    purchase_id: PurchaseId | None
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
    earned_by_unit: Mapping[str, int] = field(default_factory=dict)
    fired: tuple[Fired, ...] = ()
    pending: Mapping[str, int] = field(default_factory=dict)
    charged: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    forgiven: Mapping[str, int] = field(default_factory=dict)
    balances: Mapping[str, int] = field(default_factory=dict)
    gift_cards: Mapping[str, int] = field(default_factory=dict)
