"""Numbers in a programme's document: amounts of money, quantities of a wallet, plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeAlias

Ratio: TypeAlias = tuple[int, int]
"""An exact fraction: numerator and denominator above zero, not necessarily in lowest terms."""

DIGITS = {"JPY": 0, "XPF": 0, "TND": 3, "KWD": 3}
"""Decimal digits of the currencies that do not have two. Source: ISO 4217."""


class ProgrammeUnclear(ValueError):
    """A programme's document cannot be compiled; ``path`` says where, ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        """Name the place and the reason."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


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


def money(text: object, path: str, *, digits: int) -> int:
    """Return the minor units that a quoted decimal stands for.

    Raises:
        ProgrammeUnclear: it is not a quoted decimal with at most ``digits`` digits.
    """
    if not isinstance(text, str):
        raise ProgrammeUnclear(path, f'write the amount as quoted text, like "1.00", not {text!r}')
    return _scaled(text, path, digits, "an amount")


def quantity(given: object, path: str, *, decimals: int, signed: bool = False) -> int:
    """Return the grains of a wallet that ``given`` stands for; a grain is 10**-decimals units.

    A quoted decimal counts units. A plain integer counts units of a wallet without decimals and
    grains of one with decimals.

    Raises:
        ProgrammeUnclear: it is finer than the wallet's grain, no number, or below zero.
    """
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise ProgrammeUnclear(path, f"{given!r} is not a whole number or a quoted decimal")
    if isinstance(given, str):
        return _scaled(given, path, decimals, "a quantity", signed=signed)
    if given < 0 and not signed:
        raise ProgrammeUnclear(path, f"{given} is below zero")
    return given


def ratio(given: object, path: str) -> Ratio:
    """Return a plain number (1.5, "1.5", 2) as an exact fraction.

    Raises:
        ProgrammeUnclear: it is no number, or below zero.
    """
    try:
        number = Decimal(str(given)) if not isinstance(given, bool) else Decimal("NaN")
    except InvalidOperation as error:
        raise ProgrammeUnclear(path, f"{given!r} is not a number") from error
    if not number.is_finite() or number < 0:
        raise ProgrammeUnclear(path, f"{given!r} is not a number from zero upwards")
    return number.as_integer_ratio()


def digits_of(document: Mapping[str, Any]) -> int:
    """Return the decimal digits of the document's currency."""
    currency = document.get("currency", "EUR")
    if isinstance(currency, Mapping):
        return int(currency.get("minor_digits", DIGITS.get(currency.get("code", ""), 2)))
    return DIGITS.get(currency, 2)


def _scaled(text: str, path: str, digits: int, what: str, *, signed: bool = False) -> int:
    try:
        scaled = Decimal(text).scaleb(digits)
    except InvalidOperation as error:
        raise ProgrammeUnclear(path, f"{text!r} is not {what}") from error
    whole = scaled.is_finite() and scaled == scaled.to_integral_value()
    if not whole or (scaled < 0 and not signed):
        raise ProgrammeUnclear(path, f"{text!r} is not {what} with {digits} digits")
    return int(scaled)
