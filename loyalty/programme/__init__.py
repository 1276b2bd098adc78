"""A programme: the retailer's rules, compiled from its document into plain frozen values.

The document speaks the vocabulary of programmes (YAML or JSON). Its shape refuses unknown keys by
path; ``loyalty.compiling`` turns the switches into numbers, days and sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty.programme.amounts import (
    DIGITS,
    ProgrammeUnclear,
    Ratio,
    Rounding,
    digits_of,
    money,
    quantity,
    ratio,
)
from loyalty.programme.basis import Basis, Filter
from loyalty.programme.challenges import ChallengeRule
from loyalty.programme.earning import (
    EarnRule,
    Multiplied,
    Multipliers,
    Per,
    PromotionLimits,
    RoundingPlan,
    RuleLimits,
    Stacking,
    Together,
)
from loyalty.programme.people import (
    AdjustmentRule,
    ClaimRule,
    ContactCaps,
    HouseholdExit,
    HouseholdRule,
    MessageRule,
    Milestone,
    ReferralRule,
    RetentionRule,
    RoleLimits,
    TransferRule,
)
from loyalty.programme.returns import (
    EarnedBack,
    LapsedLots,
    LoosePolicy,
    LooseRule,
    RefundOn,
    ReturnRule,
    ShortBalance,
    SpentBack,
)
from loyalty.programme.spending import (
    Redemption,
    RewardKind,
    RewardRule,
    VoucherRule,
    WhenShort,
)
from loyalty.programme.tiers import Downgrade, Level, Manual, Metric, TierRule, WindowKind
from loyalty.programme.wallets import (
    NO_RULE,
    NO_WALLET,
    WAITING,
    Consumption,
    PendingRule,
    WalletRule,
    is_hidden,
    shadow_of,
)
from loyalty.values import NO_TIER, ProgrammeVersionId

__all__ = [
    "DIGITS",
    "NO_RULE",
    "NO_WALLET",
    "WAITING",
    "AdjustmentRule",
    "Basis",
    "ChallengeRule",
    "ClaimRule",
    "Consumption",
    "ContactCaps",
    "Downgrade",
    "EarnRule",
    "EarnedBack",
    "Filter",
    "HouseholdExit",
    "HouseholdRule",
    "LapsedLots",
    "Level",
    "LoosePolicy",
    "LooseRule",
    "Manual",
    "MessageRule",
    "Metric",
    "Milestone",
    "Multiplied",
    "Multipliers",
    "PendingRule",
    "Per",
    "Programme",
    "ProgrammeUnclear",
    "PromotionLimits",
    "Ratio",
    "Redemption",
    "ReferralRule",
    "RefundOn",
    "RetentionRule",
    "ReturnRule",
    "RewardKind",
    "RewardRule",
    "RoleLimits",
    "Rounding",
    "RoundingPlan",
    "RuleLimits",
    "ShortBalance",
    "SpentBack",
    "Stacking",
    "TierRule",
    "Together",
    "TransferRule",
    "VoucherRule",
    "WalletRule",
    "WhenShort",
    "WindowKind",
    "digits_of",
    "is_hidden",
    "money",
    "quantity",
    "ratio",
    "shadow_of",
]


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of a programme, ready to use. Postings name its ``version_id``.

    ``default_wallet`` is the one that rules pay into when they name none; empty when the
    programme has no wallets.
    """

    version_id: ProgrammeVersionId
    name: str
    currency: str
    minor_digits: int
    zone: ZoneInfo
    wallets: Mapping[str, WalletRule]
    earn: tuple[EarnRule, ...]
    basis: Basis
    rounding: RoundingPlan
    redemption: Redemption | None
    returns: ReturnRule
    tiers: TierRule
    vouchers: VoucherRule | None
    default_wallet: str = "points"
    stacking: Stacking = Stacking()
    promotion_limits: PromotionLimits = PromotionLimits()
    redeemed_amount_earns: bool = True
    rewards: tuple[RewardRule, ...] = ()
    pending: PendingRule | None = None
    referral: ReferralRule | None = None
    messages: MessageRule = MessageRule()
    contact_caps: ContactCaps = field(default_factory=ContactCaps)
    adjustments: AdjustmentRule = field(default_factory=AdjustmentRule)
    retention: RetentionRule = RetentionRule()
    titles: Mapping[str, str] = field(default_factory=dict)
    transfers: TransferRule = TransferRule()
    household: HouseholdRule = HouseholdRule()
    claims: ClaimRule = ClaimRule()
    challenges: tuple[ChallengeRule, ...] = ()

    @property
    def main_unit(self) -> str:
        """Return the wallet that is every member's: hers to lock, and the default one.

        Without any wallet it is a hidden one in which nothing is ever posted.
        """
        return self.default_wallet or NO_WALLET

    @property
    def points(self) -> WalletRule:
        """Return the rules of the default wallet."""
        return self.wallets.get(self.default_wallet, NO_RULE)

    @property
    def tier_wallet(self) -> str:
        """Return the wallet whose points count on the stairs."""
        return self.tiers.wallet or self.default_wallet

    def local_day(self, instant: datetime) -> date:
        """Return the calendar day of ``instant`` in the programme's zone."""
        return instant.astimezone(self.zone).date()

    def level_name(self, level_id: str, language: str) -> str:
        """Return the name of a level, or an empty text for none."""
        level = self.tiers.level(level_id)
        return level.name(language) if level is not None and level_id != NO_TIER else ""
