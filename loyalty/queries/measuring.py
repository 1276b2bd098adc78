"""What lifts a member, as people write it: money, points or visits."""

from __future__ import annotations

from decimal import Decimal

from loyalty.kernel.i18n import format_money, format_number, ngettext
from loyalty.programme import Metric, Programme


def tier_amount(programme: Programme, amount: int, language: str) -> str:
    """Return an amount of the metric of the stairs, with its unit."""
    metric = programme.tiers.metric
    if metric is Metric.SPEND:
        return format_money(language, amount, programme.currency)
    if metric is Metric.VISITS:
        return ngettext(language, "{count} visit", "{count} visits", amount)
    decimals = programme.wallets[programme.tier_wallet].decimals
    units = Decimal(amount).scaleb(-decimals)
    plural = 1 if units == 1 else 2
    number = format_number(language, units)
    return ngettext(language, "{number} point", "{number} points", plural, number=number)
