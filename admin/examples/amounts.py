"""Between the amounts that a file writes and the integers that the engine keeps."""

from __future__ import annotations

import re
from decimal import Decimal

_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
MILLI = 1000
BASIS_POINTS = 100


def scaled(value: object, digits: int) -> int:
    """Return ``value`` times ten to the power of ``digits``: 1.20 with 2 digits is 120.

    Raises:
        ValueError: it is no number, or has more decimals than ``digits``.
    """
    text = str(value)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    shifted = Decimal(text).scaleb(digits)
    if shifted != shifted.to_integral_value():
        raise ValueError(f"{text!r} has more than {digits} decimals")
    return int(shifted)


def grains(value: object, decimals: int) -> int:
    """Return an amount of a wallet in its smallest units: text counts units, an integer grains."""
    return value if type(value) is int else scaled(value, decimals)


def spelled(number: int, digits: int) -> str:
    """Return ``number`` of smallest units as a file would write it: 120 with 2 digits is 1.20."""
    if digits == 0:
        return str(number)
    sign, size = ("-" if number < 0 else ""), abs(number)
    return f"{sign}{size // 10**digits}.{size % 10**digits:0{digits}d}"


def milli(quantity: object) -> int:
    """Return a quantity in thousandths of a unit.

    Raises:
        ValueError: it is no number, or has more than three decimals.
    """
    return scaled(quantity, 3)


def basis_points(rate: object) -> int:
    """Return a tax rate in hundredths of a percent.

    Raises:
        ValueError: it is no number, or has more than two decimals.
    """
    return scaled(rate, 2)
