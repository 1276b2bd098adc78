"""The rules by which members earn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from loyalty.programme.amounts import Ratio, Rounding
from loyalty.programme.basis import Filter
from loyalty.values import SaleLine


class Per(StrEnum):
    """What an earning rule counts."""

    AMOUNT = "amount"
    UNIT = "unit"
    LINE = "line"
    ORDER = "order"
    EVENT = "event"


class Multiplied(StrEnum):
    """What a multiplier multiplies."""

    ALL = "all"
    OWN_LINES = "own_lines"


class Together(StrEnum):
    """What becomes of several rules, or several promotions, that fire on one purchase."""

    ADD = "add"
    BEST_OF = "best_of"
    ALL = "all"
    MOST_RECENT = "most_recent"


class Multipliers(StrEnum):
    """What several multipliers do together: each multiplies what the others left, or adds to it."""

    MULTIPLY = "multiply"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class RuleLimits:
    """The most that one rule gives, in grains of its wallet; ``None`` sets no limit."""

    purchase: int | None = None
    day: int | None = None
    member: int | None = None
    year: int | None = None
    programme: int | None = None

    @property
    def are_counted(self) -> bool:
        """Tell whether what other purchases gave matters."""
        return any(most is not None for most in (self.day, self.member, self.year, self.programme))


@dataclass(frozen=True, slots=True)
class EarnRule:
    """One way to earn: a grant of ``points``, or a multiplier when ``multiply`` is given.

    ``amount_minor`` divides when ``per`` is an amount; zero earns nothing. ``points`` are grains
    of ``wallet``; an empty ``wallet`` means the programme's default one.
    """

    id: str
    points: int
    per: Per
    amount_minor: int = 0
    match: Filter = Filter()
    exclude: Filter = Filter()
    minimum_basis_minor: int = 0
    maximum_basis_minor: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    wallet: str = ""
    event: str = ""
    multiply: Ratio | None = None
    of: Multiplied = Multiplied.ALL
    after_multipliers: bool = False
    code: str = ""
    exclusive: bool = False
    priority: int = 0
    tiers: frozenset[str] = frozenset()
    first_purchase: bool = False
    weekdays: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None
    limits: RuleLimits = RuleLimits()
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def holds_on(self, day: date) -> bool:
        """Tell whether ``day`` lies within the rule's dates, both included."""
        after_start = self.from_on is None or self.from_on <= day
        return after_start and (self.until_on is None or day <= self.until_on)

    def looks_at(self, line: SaleLine) -> bool:
        """Tell whether ``line`` is one that this rule counts."""
        return self.match.matches(line) and not self.exclude.touches(line)


@dataclass(frozen=True, slots=True)
class Stacking:
    """What becomes of rules and promotions that fire together."""

    rules: Together = Together.ADD
    promotions: Together = Together.ALL
    multipliers: Multipliers = Multipliers.MULTIPLY


@dataclass(frozen=True, slots=True)
class RoundingPlan:
    """Where points are rounded, and how; a stage without a mode keeps its fractions."""

    per_line: Rounding | None = None
    per_rule: Rounding | None = None
    per_order: Rounding | None = Rounding.FLOOR
    multiplied_total: Rounding | None = None


@dataclass(frozen=True, slots=True)
class PromotionLimits:
    """How far offers may go beside the programme; ``None`` sets no limit."""

    multiplier_at_most: Ratio | None = None
    multiplier_decimals: int | None = None
    active_or_scheduled_at_most: int | None = None
