"""Rules about people: referral, messages, caps, who may adjust, and how long data is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ReferralRule:
    """What both sides get after a purchase of at least ``minimum_minor`` that is kept.

    ``referrer`` and ``referee`` map wallets to grains.
    """

    referrer: Mapping[str, int]
    referee: Mapping[str, int]
    minimum_minor: int = 0
    any_purchase: bool = False
    after_days: int = 0
    check_email: bool = True


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """How members claim purchases that they made without their card.

    A claim settles by itself until ``within_days`` after the purchase; with ``automatic`` off
    staff look at each. A member files at most ``times`` in ``days``.
    """

    within_days: int = 30
    automatic: bool = True
    times: int | None = None
    days: int = 30


@dataclass(frozen=True, slots=True)
class Milestone:
    """A balance, in grains, that is celebrated with a message when it is passed."""

    points: int
    message: str


@dataclass(frozen=True, slots=True)
class MessageRule:
    """The messages that the ledger itself causes."""

    on_enrol: str = ""
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactCaps:
    """How many messages a member gets through each channel in ``rolling_days``."""

    most: Mapping[str, int] = field(default_factory=dict)
    rolling_days: int = 7


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """What one role may adjust, in grains of the default wallet; ``None`` sets no limit."""

    each: int | None = None
    per_day: int | None = None
    per_member_per_month: int | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentRule:
    """Who may adjust how much, and above what a second person decides."""

    roles: Mapping[str, RoleLimits] = field(default_factory=dict)
    four_eyes_above: int | None = None


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Months without contact after which a member is warned, and then erased.

    Source: CNIL, recommendation on loyalty files: three years after the last contact.
    """

    warn_after_months: int = 35
    erase_after_months: int = 36


@dataclass(frozen=True, slots=True)
class TransferRule:
    """How many grains a member may give to others in one local day; ``None`` sets no limit."""

    per_day: int | None = None


class HouseholdExit(StrEnum):
    """What somebody who leaves a pool takes along."""

    CONTRIBUTED = "contributed"
    EQUAL = "equal"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class HouseholdRule:
    """How members share a pool of points."""

    exit: HouseholdExit = HouseholdExit.CONTRIBUTED
