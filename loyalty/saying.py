"""How much of a wallet, said in one language: points, stamps, or money."""

from __future__ import annotations

from decimal import Decimal

from loyalty.kernel.i18n import format_money, format_number, ngettext
from loyalty.programme import Programme


def quantity_text(programme: Programme, language: str, grains: int, wallet: str = "") -> str:
    """Return so much of a wallet with its unit: ``1 point``, ``3 stamps``, ``€0.05``.

    Without a name it is the default wallet. A wallet with a name of its own is called by it.
    """
    rule = programme.wallets.get(wallet) or programme.points
    value = Decimal(grains).scaleb(-rule.decimals)
    if rule.unit == "currency":
        minor = int(value.scaleb(programme.minor_digits))
        return format_money(language, minor, programme.currency)
    number = format_number(language, value)
    own_name = rule.names.get(language) or rule.names.get("en")
    if own_name:
        return f"{number} {own_name}"
    count = 1 if value == 1 else max(int(value), 2) if value > 1 else int(value)
    if rule.unit == "stamp":
        return ngettext(language, "{amount} stamp", "{amount} stamps", count, amount=number)
    return ngettext(language, "{amount} point", "{amount} points", count, amount=number)


def is_plain(programme: Programme) -> bool:
    """Tell whether the default wallet holds whole points without a name of their own."""
    rule = programme.points
    return rule.unit == "point" and not rule.decimals and not rule.names
