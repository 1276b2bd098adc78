"""How a programme's amounts, spans and names are said in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from loyalty.expiry import Expiry, MonthDay
from loyalty.kernel.i18n import (
    format_day_of_year,
    format_money,
    format_number,
    format_percent,
    gettext,
    ngettext,
)
from loyalty.kernel.problems import N_
from loyalty.programme import Programme, WalletRule
from loyalty.saying import quantity_text


@dataclass(frozen=True, slots=True)
class Section:
    """Some rules under one heading."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """Says the amounts of ``programme`` in the language ``spoken``."""

    programme: Programme
    spoken: str

    def say(self, sentence: str, **values: str) -> str:
        """Return a sentence in her language."""
        return gettext(self.spoken, sentence, **values)

    def section(self, title: str, sentences: list[str]) -> Section:
        """Return sentences under a heading, each with a capital letter."""
        return Section(self.say(title), tuple(one[:1].upper() + one[1:] for one in sentences))

    def money(self, minor: int) -> str:
        """Return an amount in the programme's currency."""
        return format_money(self.spoken, minor, self.programme.currency)

    def percent(self, part: Decimal) -> str:
        """Return a part of one as a percentage: 0.05 is ``5%``."""
        return format_percent(self.spoken, part)

    def number(self, value: Decimal | int) -> str:
        """Return a number with its thousands apart."""
        return format_number(self.spoken, value)

    def day_of_year(self, day: MonthDay | tuple[int, int]) -> str:
        """Return a day of any year: ``28 February``."""
        month, number = (day.month, day.day) if isinstance(day, MonthDay) else day
        return format_day_of_year(self.spoken, month, number)

    def name(self, names: Mapping[str, str], otherwise: str = "") -> str:
        """Return the name in her language, else the English one, else ``otherwise``."""
        return names.get(self.spoken) or names.get("en") or otherwise

    def wallet(self, name: str = "") -> WalletRule:
        """Return the rules of a wallet; of the default one without a name."""
        return self.programme.wallets.get(name) or self.programme.points

    def quantity(self, grains: int, wallet: str = "") -> str:
        """Return so much of a wallet with its unit: ``1 point``, ``3 stamps``, ``€0.05``."""
        return quantity_text(self.programme, self.spoken, grains, wallet)

    def what(self, wallet: str = "") -> str:
        """Return what the wallet holds, in the plural and with a capital letter."""
        return self.say(_WHAT[self.wallet(wallet).unit])

    def span(self, expiry: Expiry) -> str:
        """Return how long something lasts."""
        months = expiry.after_months or expiry.inactive_months
        if not months and not expiry.after_days:
            return self.say(_ONLY_TO_THE_END[expiry.end_of or "month"])
        span = self.months(months) if months else self.days(expiry.after_days or 0)
        tail = _TO_THE_END.get(expiry.end_of or "")
        return self.say(tail, span=span) if tail else span

    def months(self, count: int) -> str:
        """Return a number of months."""
        return ngettext(self.spoken, "{count} month", "{count} months", count)

    def days(self, count: int) -> str:
        """Return a number of days."""
        return ngettext(self.spoken, "{count} day", "{count} days", count)


_WHAT = {"point": N_("Your points"), "stamp": N_("Your stamps"), "currency": N_("Your savings")}
_TO_THE_END = {
    "month": N_("{span}, then to the end of the month"),
    "year": N_("{span}, then to the end of the year"),
}
_ONLY_TO_THE_END = {
    "month": N_("the rest of the month"),
    "year": N_("the rest of the year"),
}
