"""What points buy: money off at the till, rewards, and vouchers for cumulated spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from loyalty.expiry import FOREVER, Expiry
from loyalty.programme.amounts import Ratio
from loyalty.programme.basis import Filter


class WhenShort(StrEnum):
    """What happens when more is asked than there is."""

    REFUSE = "refuse"
    CLAMP = "clamp"


@dataclass(frozen=True, slots=True)
class Redemption:
    """What points are worth: ``points`` buy ``value_minor``.

    ``maximum_share`` is the largest part of the basket that may be paid so, as a fraction.
    """

    points: int
    value_minor: int
    minimum: int = 0
    step: int = 1
    value_is_net: bool = False
    maximum: int | None = None
    maximum_share: Ratio | None = None
    current_purchase_usable: bool = False
    when_short: WhenShort = WhenShort.REFUSE
    refuse_other_cost: bool = False
    wallet: str = ""

    def value_of(self, points: int) -> int:
        """Return the minor units that ``points`` are worth, rounded down."""
        return points * self.value_minor // self.points


class RewardKind(StrEnum):
    """What a reward is."""

    PERCENT = "percent"
    AMOUNT = "amount"
    ARTICLE = "article"
    AMOUNT_PER_POINT = "amount_per_point"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class RewardRule:
    """Something of the catalogue that points buy, at ``cost`` grains a claim.

    ``percent`` is a fraction of 100; ``quantity`` counts the units of an article per claim;
    ``per_points`` buy one ``amount_minor`` of an amount per point, in multiples of ``step``.
    ``match`` and ``exclude`` say which goods it works on, ``limit`` how often it may be claimed
    in each scope, ``wallet`` what pays for it (empty: the default wallet). ``refuse_other_cost``
    refuses a claim whose cost the till has worked out differently.
    """

    id: str
    kind: RewardKind
    cost: int = 0
    percent: Ratio = (0, 1)
    amount_minor: int = 0
    article: str = ""
    quantity: int = 1
    applies_to: str = "basket"
    match: Filter = Filter()
    exclude: Filter = Filter()
    per_points: int = 0
    step: int = 1
    as_many_as_fit: bool = False
    refuse_part_claim: bool = False
    stock: int | None = None
    limit: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    expiry: Expiry = FOREVER
    wallet: str = ""
    refuse_other_cost: bool = False


@dataclass(frozen=True, slots=True)
class VoucherRule:
    """A voucher of ``value_minor`` for every ``per_spend_minor`` spent.

    ``keeps_leftover`` leaves on a voucher what the purchase that it paid did not need.
    """

    per_spend_minor: int
    value_minor: int
    carry_over: bool = True
    expiry: Expiry = FOREVER
    keeps_leftover: bool = False
