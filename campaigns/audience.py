"""Who a campaign is for: a small document, checked, and said in words.

    {"tiers": ["gold"], "last_visit": {"within_days": 30}, "home_stores": ["lyon-1"],
     "consented": "email-marketing"}

A key that is left out leaves nobody out; the empty document is every active member.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from loyalty.kernel.i18n import gettext, ngettext
from loyalty.kernel.problems import N_
from loyalty.values import NO_TIER, Purpose

MAX_DAYS = 3650
MAX_CHOICES = 200
_CODE = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_KEYS = frozenset({"tiers", "last_visit", "home_stores", "consented"})


@dataclass(frozen=True, slots=True)
class Audience:
    """A checked definition: every condition that is set must hold. Members are always active.

    ``visited_within_days`` keeps those whose last purchase is at most so many days old;
    ``away_for_days`` those whose last purchase is older than that, or who never bought.
    """

    tiers: tuple[str, ...] = ()
    visited_within_days: int | None = None
    away_for_days: int | None = None
    home_stores: tuple[str, ...] = ()
    consented: Purpose | None = None

    def document(self) -> dict[str, Any]:
        """Return the definition as the document that ``read_audience`` reads."""
        document: dict[str, Any] = {}
        if self.tiers:
            document["tiers"] = list(self.tiers)
        if self.visited_within_days is not None:
            document["last_visit"] = {"within_days": self.visited_within_days}
        if self.away_for_days is not None:
            document["last_visit"] = {"more_than_days": self.away_for_days}
        if self.home_stores:
            document["home_stores"] = list(self.home_stores)
        if self.consented is not None:
            document["consented"] = self.consented.value
        return document

    def visited_since(self, today: date) -> date | None:
        """Return the first day whose visits are recent enough."""
        if self.visited_within_days is None:
            return None
        return today - timedelta(days=self.visited_within_days)

    def away_since(self, today: date) -> date | None:
        """Return the first day whose visits are too recent for a member who is away."""
        if self.away_for_days is None:
            return None
        return today - timedelta(days=self.away_for_days)


class AudienceMistake(ValueError):
    """The document defines no audience. ``path`` names the key; ``template`` is a msgid."""

    def __init__(self, path: str, template: str) -> None:
        super().__init__(f"{path}: {template}")
        self.path = path
        self.template = template


def read_audience(document: Mapping[str, Any]) -> Audience:
    """Check a document and return the audience that it defines.

    Raises:
        AudienceMistake: a key is unknown or its value makes no sense.
    """
    for key in document:
        if key not in _KEYS:
            raise AudienceMistake(str(key)[:40], N_("There is no such condition."))
    within, away = _last_visit(document.get("last_visit"))
    return Audience(
        tiers=_choices(document, "tiers"),
        visited_within_days=within,
        away_for_days=away,
        home_stores=_choices(document, "home_stores"),
        consented=_purpose(document.get("consented")),
    )


def explain(
    audience: Audience,
    language: str,
    *,
    tier_names: Mapping[str, str],
    store_names: Mapping[str, str],
) -> list[str]:
    """Return one sentence per condition, in ``language``; at least one."""
    sentences = [gettext(language, N_("Active members"))]
    if audience.tiers:
        names = _listed(language, [_tier_name(language, t, tier_names) for t in audience.tiers])
        sentences.append(gettext(language, N_("whose level is {names}"), names=names))
    if (days := audience.visited_within_days) is not None:
        sentences.append(
            ngettext(
                language,
                "whose last purchase is at most {count} day old",
                "whose last purchase is at most {count} days old",
                days,
            )
        )
    if (days := audience.away_for_days) is not None:
        sentences.append(
            ngettext(
                language,
                "who have bought nothing for more than {count} day",
                "who have bought nothing for more than {count} days",
                days,
            )
        )
    if audience.home_stores:
        names = _listed(language, [store_names.get(s, s) for s in audience.home_stores])
        sentences.append(gettext(language, N_("whose store is {names}"), names=names))
    if audience.consented is not None:
        sentences.append(gettext(language, _CONSENTED[audience.consented]))
    return sentences


_CONSENTED = {
    Purpose.EMAIL_MARKETING: N_("who agreed to marketing by e-mail"),
    Purpose.SMS_MARKETING: N_("who agreed to marketing by SMS"),
    Purpose.PERSONAL_OFFERS: N_("who agreed to personal offers"),
}


def _choices(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the codes under ``key``, each once, in order."""
    value = document.get(key, [])
    if not isinstance(value, list) or len(value) > MAX_CHOICES:
        raise AudienceMistake(key, N_("A list of codes is wanted here."))
    for code in value:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise AudienceMistake(key, N_("A list of codes is wanted here."))
    return tuple(dict.fromkeys(value))


def _last_visit(value: Any) -> tuple[int | None, int | None]:
    """Return (within, more than) days, at most one of them set."""
    if value is None:
        return None, None
    if not isinstance(value, dict) or len(value) != 1:
        raise AudienceMistake("last_visit", N_("Give within_days or more_than_days, not both."))
    return (
        _days(value, "within_days") if "within_days" in value else None,
        _days(value, "more_than_days") if "within_days" not in value else None,
    )


def _days(value: Mapping[str, Any], key: str) -> int:
    days = value.get(key)
    if type(days) is not int or not 0 < days <= MAX_DAYS:
        raise AudienceMistake("last_visit", N_("A number of days from 1 to 3650 is wanted here."))
    return days


def _purpose(value: Any) -> Purpose | None:
    if value is None:
        return None
    try:
        return Purpose(value)
    except ValueError as error:
        raise AudienceMistake("consented", N_("There is no such consent.")) from error


def _tier_name(language: str, level: str, names: Mapping[str, str]) -> str:
    if level == NO_TIER:
        return names.get(level, gettext(language, N_("no level yet")))
    return names.get(level, level)


def _listed(language: str, names: list[str]) -> str:
    """Return ``A, B or C``."""
    if len(names) == 1:
        return names[0]
    return gettext(language, N_("{first} or {last}"), first=", ".join(names[:-1]), last=names[-1])
