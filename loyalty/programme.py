"""A programme: the retailer's rules, compiled from its document into plain frozen values.

The document speaks the vocabulary of programmes (YAML or JSON). ``schemas.programme`` refuses
unknown keys by path; here the switches that are read become numbers, days and sets, and a switch
that this version does not honour is refused rather than ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.expiry import FOREVER, Expiry
from loyalty.values import NO_TIER, POINTS, LineKind, ProgrammeVersionId, SaleLine

DIGITS = {"JPY": 0, "XPF": 0, "TND": 3, "KWD": 3}
"""Decimal digits of the currencies that do not have two. Source: ISO 4217."""


class ProgrammeUnclear(ValueError):
    """A programme's document cannot be compiled; ``path`` says where, ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        """Name the place and the reason."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Per(StrEnum):
    """What an earning rule counts."""

    AMOUNT = "amount"
    UNIT = "unit"
    LINE = "line"
    ORDER = "order"


class Rounding(StrEnum):
    """How fractions of a point become whole ones."""

    FLOOR = "floor"
    HALF_UP = "half_up"
    CEILING = "ceiling"

    def whole(self, numerator: int, denominator: int) -> int:
        """Return the fraction as a whole number; exactly half goes up, also below zero."""
        if self is Rounding.FLOOR:
            return numerator // denominator
        if self is Rounding.CEILING:
            return -(-numerator // denominator)
        return (2 * numerator + denominator) // (2 * denominator)


class ShortBalance(StrEnum):
    """What a return does when the points to take back were already spent."""

    UNLIMITED = "unlimited"
    WITHIN_BALANCE = "within_balance"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines a rule looks at: one value of each filter given must match."""

    articles: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is asked, so that every line matches."""
        return not (self.articles or self.categories or self.brands)

    def matches(self, line: SaleLine) -> bool:
        """Tell whether ``line`` meets every filter that is given."""
        return (
            (not self.articles or line.sku in self.articles)
            and (not self.categories or line.category in self.categories)
            and (not self.brands or line.brand in self.brands)
        )

    def touches(self, line: SaleLine) -> bool:
        """Tell whether ``line`` meets any filter that is given; this is how ``exclude`` reads."""
        return (
            line.sku in self.articles
            or line.category in self.categories
            or line.brand in self.brands
        )


@dataclass(frozen=True, slots=True)
class EarnRule:
    """One way to earn. ``amount_minor`` divides when ``per`` is an amount; zero earns nothing."""

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

    def holds_on(self, day: date) -> bool:
        """Tell whether ``day`` lies within the rule's dates, both included."""
        after_start = self.from_on is None or self.from_on <= day
        return after_start and (self.until_on is None or day <= self.until_on)

    def looks_at(self, line: SaleLine) -> bool:
        """Tell whether ``line`` is one that this rule counts."""
        return self.match.matches(line) and not self.exclude.touches(line)


@dataclass(frozen=True, slots=True)
class Basis:
    """What part of a sale earns. Tenders never lower it."""

    tax_included: bool = True
    kinds: frozenset[LineKind] = frozenset({LineKind.ARTICLE})
    lowered_by_offers: bool = True

    def of(self, line: SaleLine) -> int:
        """Return the minor units of ``line`` that earn; net amounts are rounded half up."""
        if line.kind not in self.kinds:
            return 0
        gross = line.paid_minor if self.lowered_by_offers else line.gross_minor
        if self.tax_included:
            return gross
        return (gross * 20_000 + 10_000 + line.tax_bp) // (2 * (10_000 + line.tax_bp))


@dataclass(frozen=True, slots=True)
class RoundingPlan:
    """Where points are rounded, and how; a stage without a mode keeps its fractions."""

    per_line: Rounding | None = None
    per_rule: Rounding | None = None
    per_order: Rounding | None = Rounding.FLOOR


@dataclass(frozen=True, slots=True)
class WalletRule:
    """How one unit of value behaves. ``floor`` is the lowest balance; ``None`` sets none."""

    unit: str = "point"
    expiry: Expiry = FOREVER
    last_day_usable: bool = False
    floor: int | None = 0


@dataclass(frozen=True, slots=True)
class Redemption:
    """What points are worth: ``points`` buy ``value_minor``."""

    points: int
    value_minor: int
    minimum: int = 0
    step: int = 1

    def value_of(self, points: int) -> int:
        """Return the minor units that ``points`` are worth, rounded down."""
        return points * self.value_minor // self.points


@dataclass(frozen=True, slots=True)
class Level:
    """One stair: reached when ``from_minor`` is spent in the window, that amount included."""

    id: str
    from_minor: int
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Return the level's name in ``language``, else in English, else its id."""
        return self.names.get(language) or self.names.get("en") or self.id


@dataclass(frozen=True, slots=True)
class TierRule:
    """The stairs, lowest first. Spend counts by calendar year and secures the next one too."""

    levels: tuple[Level, ...] = ()

    def level(self, level_id: str) -> Level | None:
        """Return the level called ``level_id``."""
        return next((level for level in self.levels if level.id == level_id), None)

    def rank(self, level_id: str) -> int:
        """Return how high a level stands: 0 for none, 1 for the lowest."""
        ids = [level.id for level in self.levels]
        return ids.index(level_id) + 1 if level_id in ids else 0


@dataclass(frozen=True, slots=True)
class VoucherRule:
    """A voucher of ``value_minor`` for every ``per_spend_minor`` spent."""

    per_spend_minor: int
    value_minor: int
    carry_over: bool = True
    expiry: Expiry = FOREVER


@dataclass(frozen=True, slots=True)
class Programme:
    """One version of a programme, ready to use. Postings name its ``version_id``."""

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
    short_balance: ShortBalance
    tiers: TierRule
    vouchers: VoucherRule | None

    @property
    def points(self) -> WalletRule:
        """Return the rules of the points wallet."""
        return self.wallets[POINTS]

    def local_day(self, instant: datetime) -> date:
        """Return the calendar day of ``instant`` in the programme's zone."""
        return instant.astimezone(self.zone).date()

    def level_name(self, level_id: str, language: str) -> str:
        """Return the name of a level, or an empty text for none."""
        level = self.tiers.level(level_id)
        return level.name(language) if level is not None and level_id != NO_TIER else ""


def money(text: object, path: str, *, digits: int) -> int:
    """Return the minor units that a quoted decimal stands for.

    Raises:
        ProgrammeUnclear: it is not a quoted decimal with at most ``digits`` digits.
    """
    if not isinstance(text, str):
        raise ProgrammeUnclear(path, f'write the amount as quoted text, like "1.00", not {text!r}')
    try:
        minor = Decimal(text).scaleb(digits)
    except InvalidOperation as error:
        raise ProgrammeUnclear(path, f"{text!r} is not an amount") from error
    if not minor.is_finite() or minor != minor.to_integral_value() or minor < 0:
        raise ProgrammeUnclear(path, f"{text!r} is not an amount with {digits} digits")
    return int(minor)


def digits_of(document: Mapping[str, Any]) -> int:
    """Return the decimal digits of the document's currency."""
    return DIGITS.get(document.get("currency", "EUR"), 2)
