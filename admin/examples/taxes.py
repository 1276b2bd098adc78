"""What of a price is tax: rates on top of one another, each in the listed price or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from loyalty.kernel.values import split_evenly

PERCENT, MILLI = 100, 1000
UNTAXED_KINDS = frozenset({"deposit", "gift_card", "wallet_top_up"})
"""What a receipt takes money for without selling anything yet."""


@dataclass(frozen=True, slots=True)
class Taxes:
    """The taxes of an article: ``listed`` of one net unit, and ``whole`` with every tax on it."""

    listed: Fraction
    whole: Fraction

    @property
    def gross_factor(self) -> Fraction:
        """Return what turns a listed price into one with every tax."""
        return self.whole / self.listed

    @property
    def is_plain(self) -> bool:
        """Tell whether the listed price has every tax in it."""
        return self.whole == self.listed


def taxes_of(tax: Any, *, included: bool) -> Taxes:
    """Return the taxes that a file writes: a rate, or a list, each on top of the one before.

    ``included`` says whether the price list has a rate in its prices that does not say so itself.
    """
    listed = whole = Fraction(1)
    for one in tax if isinstance(tax, list | tuple) else [tax]:
        told = one if isinstance(one, Mapping) else {"rate": one}
        factor = 1 + Fraction(str(told["rate"])) / PERCENT
        whole *= factor
        if told.get("included", included):
            listed *= factor
    return Taxes(listed, whole)


def split(gross: Fraction, taxes: Taxes, *, to_tax: bool) -> tuple[int, int]:
    """Return net and tax of an amount with every tax in it, in minor units.

    An exact half goes up in the tax when ``to_tax``, else in the net; the other is what is left.
    """
    rounded = half_up(gross)
    if to_tax:
        tax = half_up(gross - gross / taxes.whole)
        return rounded - tax, tax
    net = half_up(gross / taxes.whole)
    return net, rounded - net


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a price list that leaves taxes out: its unit price and how many thousandths."""

    line_no: int
    unit_minor: int
    milli: int
    taxes: Taxes

    @property
    def listed_minor(self) -> int:
        """Return what the list asks for the line."""
        return half_up(Fraction(self.unit_minor * self.milli, MILLI))


def gross_of(parts: Iterable[Listed], rounding: str) -> dict[int, int]:
    """Return what each line comes to with every tax, by the step at which a tax is rounded.

    ``per_rate_total``: the tax of all lines of a rate is rounded once, and they share the total by
    largest remainder. ``per_unit`` rounds each whole unit, ``per_line`` each line.
    """
    groups: dict[Taxes, list[Listed]] = {}
    for part in parts:
        groups.setdefault(part.taxes, []).append(part)
    found: dict[int, int] = {}
    for taxes, some in groups.items():
        factor = taxes.gross_factor
        if rounding == "per_rate_total":
            listed = [part.listed_minor for part in some]
            shares = split_evenly(half_up(sum(listed) * factor), listed)
        else:
            shares = [_rounded(part, factor, by_unit=rounding == "per_unit") for part in some]
        found |= dict(zip((part.line_no for part in some), shares, strict=True))
    return found


def _rounded(part: Listed, factor: Fraction, *, by_unit: bool) -> int:
    if by_unit and part.milli % MILLI == 0:
        return half_up(part.unit_minor * factor) * (part.milli // MILLI)
    return half_up(part.listed_minor * factor)


def half_up(amount: Fraction) -> int:
    """Return an amount rounded to the nearest whole, a half upwards."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
