"""A document's keys as facts for people: what is set, named, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loyalty.kernel.i18n import format_money, gettext, minor_digits
from loyalty.kernel.problems import N_
from loyalty.kernel.web.context import language, runtime

_NAMES = (
    ("category", N_("Category")),
    ("brand", N_("Brand")),
    ("label", N_("Label")),
    ("article", N_("Articles")),
    ("exclude", N_("Except")),
    ("conditions.tier", N_("Tiers")),
    ("conditions.store", N_("Stores")),
    ("conditions.basket_at_least", N_("From a basket of")),
    ("conditions.eligible_at_least", N_("From an amount of")),
    ("conditions.quantity", N_("From a number of")),
    ("weekdays", N_("Only on")),
    ("hours", N_("Hours")),
    ("limit.member", N_("Purchases per member")),
    ("limit.day", N_("Purchases per day")),
    ("limit.offer", N_("Purchases in all")),
    ("budget.amount", N_("Budget")),
    ("budget.uses", N_("Budget in uses")),
    ("exclusive_group", N_("Not together with the group")),
    ("funded_by", N_("Paid by")),
)
_MONEY = frozenset({"conditions.basket_at_least", "conditions.eligible_at_least", "budget.amount"})
_DAYS = {
    "mon": N_("Mon"),
    "tue": N_("Tue"),
    "wed": N_("Wed"),
    "thu": N_("Thu"),
    "fri": N_("Fri"),
    "sat": N_("Sat"),
    "sun": N_("Sun"),
}


def document_facts(document: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the document sets, in a fixed order; ``names`` of categories and levels."""
    found = []
    for path, label in _NAMES:
        value = _at(document, path)
        if value is not None:
            found.append((gettext(language(), label), _said(path, value, names)))
    return found


def _at(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _said(path: str, value: Any, names: Mapping[str, str]) -> str:
    """Return a value in words: lists with commas, hours as a span, filters one by one."""
    if isinstance(value, Mapping):
        return ", ".join(_said(key, inner, names) for key, inner in value.items())
    values = value if isinstance(value, list) else [value]
    if path in _MONEY:
        return _money(str(value))
    if path == "hours":
        return " \N{EN DASH} ".join(values)
    if path == "weekdays":
        return ", ".join(gettext(language(), _DAYS[day]) for day in values)
    return ", ".join(names.get(str(one), str(one)) for one in values)


def _money(written: str) -> str:
    currency = runtime().settings.currency
    minor = int(Decimal(written).scaleb(minor_digits(currency)))
    return format_money(language(), minor, currency)
