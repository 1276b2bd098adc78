"""What an offer is, once its document has been read: frozen values without a doubt left in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

LANGUAGES = ("fr", "en")
PPM = 1_000_000
"""Rates are in parts per million: 100 % is 1,000,000, so a percentage keeps four decimals."""


class OfferKind(StrEnum):
    """What an offer gives."""

    PERCENT = "percent"
    AMOUNT = "amount"
    POINTS_BONUS = "points_bonus"
    POINTS_MULTIPLIER = "points_multiplier"


class AppliesTo(StrEnum):
    """What a reduction works on, which also says where it is rounded.

    ``unit``: every eligible unit by itself; ``line``: every eligible line by itself;
    ``eligible_lines``: one reduction, spread over the eligible lines; ``basket``: one
    reduction, spread over all goods, on what the other offers left.
    """

    UNIT = "unit"
    LINE = "line"
    ELIGIBLE_LINES = "eligible_lines"
    BASKET = "basket"


class Per(StrEnum):
    """What a points bonus is counted by."""

    UNIT = "unit"
    LINE = "line"
    ORDER = "order"
    AMOUNT = "amount"


class Weekday(StrEnum):
    """A day of the week, as documents spell it; in the order of ``date.weekday()``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of the price, in parts per million; rounded half up where ``applies_to`` says."""

    rate_ppm: int
    applies_to: AppliesTo


@dataclass(frozen=True, slots=True)
class Amount:
    """Money off, in minor units; never more than what is left of its target."""

    amount_minor: int
    applies_to: AppliesTo


@dataclass(frozen=True, slots=True)
class PointsBonus:
    """Points beside what the programme earns; ``per_minor`` is the divisor of ``per: amount``.

    ``points`` are grains of ``wallet``; an empty one is the programme's default wallet.
    """

    points: int
    per: Per
    per_minor: int | None = None
    wallet: str = ""


@dataclass(frozen=True, slots=True)
class PointsMultiplier:
    """Points multiplied, in thousandths (double is 2,000): of the own lines, or of all."""

    multiply_milli: int
    of_all_lines: bool
    wallet: str = ""


Benefit = Percent | Amount | PointsBonus | PointsMultiplier


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles count: one value of every list that is not empty must match."""

    articles: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether the filter names nothing."""
        return not (self.articles or self.categories or self.brands or self.labels)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold besides the eligible articles. Money is before every offer, tax included."""

    tiers: tuple[str, ...] = ()
    stores: frozenset[str] = frozenset()
    members_only: bool = False
    basket_at_least_minor: int = 0
    eligible_at_least_minor: int = 0
    quantity: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """How many receipts may use the offer: per member, per receipt, per day, in all."""

    member: int | None = None
    receipt: int | None = None
    day: int | None = None
    offer: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """What the offer may give over its life: money, or a number of uses."""

    amount_minor: int | None = None
    uses: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer, as its document says. ``names`` and ``terms`` are by language.

    ``activation``: a member must tap before it works. ``granted_only``: only members to
    whom it was given see it. ``from_on`` and ``until_on`` are local days, both inclusive.
    ``created_on`` decides which of several promotions is the most recent.
    """

    slug: str
    names: dict[str, str]
    terms: dict[str, str]
    kind: OfferKind
    benefit: Benefit
    include: Filter
    exclude: Filter
    conditions: Conditions
    limit: Limit
    budget: Budget
    weekdays: frozenset[Weekday] = frozenset()
    hours: tuple[time, time] | None = None
    from_on: date | None = None
    until_on: date | None = None
    activation: bool = False
    granted_only: bool = False
    exclusive_group: str | None = None
    funded_by: str = ""
    created_on: date | None = None

    @property
    def applies_to(self) -> AppliesTo | None:
        """Return what a reduction works on; ``None`` for points."""
        if isinstance(self.benefit, Percent | Amount):
            return self.benefit.applies_to
        return None

    @property
    def for_members(self) -> bool:
        """Tell whether somebody without a card can never have it."""
        return bool(
            self.conditions.members_only
            or self.conditions.tiers
            or self.activation
            or self.granted_only
            or self.limit.member
            or self.applies_to is None
        )

    def name(self, language: str) -> str:
        """Return the offer's name in ``language``."""
        return self.names.get(language) or next(iter(self.names.values()))

    def term(self, language: str) -> str:
        """Return the offer's terms in ``language``; empty when there are none."""
        return self.terms.get(language) or next(iter(self.terms.values()), "")
