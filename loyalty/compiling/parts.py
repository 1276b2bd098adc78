"""What several parts of a programme's document are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from loyalty.expiry import Expiry
from loyalty.programme import Filter, ProgrammeUnclear

Document = Mapping[str, Any]


def only(document: Document, path: str, key: str, honoured: object) -> None:
    """Refuse any other value of a switch than the one that is honoured."""
    value = document.get(key, honoured)
    if value != honoured:
        where = f"{path}.{key}" if path else key
        raise ProgrammeUnclear(where, f"{value!r} is not honoured yet, only {honoured!r}")


def unknown_to_this_version(document: Document, *keys: str) -> None:
    """Refuse keys of the vocabulary whose switches this version does not honour."""
    for key in keys:
        if key in document:
            raise ProgrammeUnclear(key, "is not honoured yet; leave it out")


def read_expiry(rule: str | Document) -> Expiry:
    """Return when something lapses."""
    if isinstance(rule, str):
        return Expiry()
    return Expiry(
        after_days=rule.get("after_days"),
        after_months=rule.get("after_months"),
        end_of=rule.get("end_of"),
    )


def read_filter(rule: Document) -> Filter:
    """Return which lines a rule looks at; each key takes one value or a list."""
    return Filter(
        articles=values(rule, "article"),
        categories=values(rule, "category"),
        brands=values(rule, "brand"),
        labels=values(rule, "label"),
    )


def values(rule: Document, key: str) -> frozenset[str]:
    """Return the values of a key that takes one or several."""
    given = rule.get(key, [])
    return frozenset([given] if isinstance(given, str) else given)


def read_names(given: Any) -> dict[str, str]:
    """Return names by language; one text alone is the English one, which stands for all."""
    return {"en": given} if isinstance(given, str) else dict(given)


def read_day(value: str | date | None) -> date | None:
    """Return a local day; YAML hands over dates, JSON text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
