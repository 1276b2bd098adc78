"""What of a price is tax: rates on top of one another, each in the listed price or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

PERCENT = 100
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


def half_up(amount: Fraction) -> int:
    """Return an amount rounded to the nearest whole, a half upwards."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
