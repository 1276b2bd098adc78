"""What a member spends: points against money, rewards, and what became of the asking."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.values.words import Sku, VoucherId


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a member wants to spend: points, all points, a reward, or a voucher.

    ``points`` are grains of ``wallet`` (empty: the one that the programme redeems); with a reward
    of the kind amount per point they say how many may go into it. ``claims`` is how often a reward
    is wanted; ``None`` leaves it to the reward. ``till_cost`` is what the till says it costs.

    A tender of points asks for money instead: ``value_minor``, or all that is needed and there is
    once other tenders have paid ``beside_minor``.
    """

    points: int | None = None
    all_points: bool = False
    reward_id: str = ""
    voucher_id: VoucherId | None = None
    claims: int | None = None
    till_cost: int | None = None
    wallet: str = ""
    value_minor: int | None = None
    beside_minor: int = 0
    tendered: bool = False


@dataclass(frozen=True, slots=True)
class Payable:
    """What a basket comes to, tax included, and what of it is still due, in minor units.

    ``net_minor`` is the net of ``total_minor``; it matters where a point is worth net money.
    """

    total_minor: int
    due_minor: int
    net_minor: int = 0


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Points that pay: how many grains of which wallet, and what is due less, in minor units."""

    points: int
    value_minor: int
    wallet: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be spent: a slug, and the most or least that would do."""

    slug: str
    limit: int = 0


@dataclass(frozen=True, slots=True)
class RewardShare:
    """What a reward takes off one line, in minor units; ``unit_shares`` add up to it."""

    line_no: int
    amount_minor: int
    unit_shares: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AddedArticle:
    """Units of an article that a reward adds to the basket, free of charge."""

    sku: Sku
    units: int


@dataclass(frozen=True, slots=True)
class RewardUse:
    """A reward as it works: how often it is claimed, what that costs, and what it takes off."""

    reward_id: str
    claims: int
    cost: int
    wallet: str
    value_minor: int = 0
    shares: tuple[RewardShare, ...] = ()
    added: AddedArticle | None = None
