"""French and English: messages, money, points and dates in the language of the person.

Messages are written in English in the code; each package has ``locale/fr.po`` (and, where a
file would grow long, ``locale/<part>.fr.po``). Nothing here
depends on a request: the language is always an argument.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as _babel_date
from babel.dates import format_datetime as _babel_datetime
from babel.dates import format_skeleton
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.numbers import format_percent as _babel_percent

from loyalty.kernel.problems import Problem

LANGUAGES = ("fr", "en")
PACKAGES = ("loyalty.kernel", "loyalty", "offers", "pos_adapter", "campaigns", "admin")


def gettext(language: str, message: str, **values: Any) -> str:
    """Return ``message`` in ``language``, with ``{name}`` or ``%(name)s`` filled from ``values``.

    A message that has no translation is shown in English.
    """
    found = _catalogue(language).get(message, message)
    text = found if isinstance(found, str) else found[0]
    return _fill(text, values)


def ngettext(language: str, one: str, many: str, count: int, **values: Any) -> str:
    """Return the form that fits ``count``; ``count`` itself may be used in the message."""
    forms = _catalogue(language).get(one)
    if isinstance(forms, tuple):
        text = forms[0] if _is_one(language, count) else forms[-1]
    else:
        text = one if count == 1 else many
    return _fill(text, {"count": count, "num": count, **values})


def problem_text(language: str, problem: Problem) -> tuple[str, str]:
    """Return the title and the sentence of a refusal in ``language``."""
    sentence = gettext(language, problem.template) if problem.template else problem.detail
    return gettext(language, problem.title), sentence.format(**problem.facts())


def format_money(language: str, minor: int, currency: str) -> str:
    """Return an amount as people write it: ``1 234,50 €`` or ``€1,234.50``."""
    digits = minor_digits(currency)
    return format_currency(Decimal(minor).scaleb(-digits), currency, locale=_locale(language))


def format_points(language: str, points: int) -> str:
    """Return a count with its thousands apart."""
    return format_decimal(points, locale=_locale(language))


def format_number(language: str, value: Decimal | int) -> str:
    """Return a number with its thousands apart and no digit that says nothing."""
    return format_decimal(value, locale=_locale(language))


def format_percent(language: str, part: Decimal) -> str:
    """Return a part of one as a percentage: ``5 %`` or ``5%``."""
    return _babel_percent(part, locale=_locale(language), decimal_quantization=False)


def format_day_of_year(language: str, month: int, day: int) -> str:
    """Return a day of any year: ``28 février`` or ``28 February``."""
    text = format_skeleton("MMMMd", date(_A_LEAP_YEAR, month, day), locale=_locale(language))
    return text.replace("1 ", "1er ", 1) if language == "fr" and day == 1 else text


def format_date(language: str, day: date, *, style: str = "long") -> str:
    """Return a day: ``30 juin 2026`` or ``30 June 2026`` (``style``: short, medium, long)."""
    return _babel_date(day, style, locale=_locale(language))


def format_instant(language: str, instant: datetime, zone: str, *, style: str = "medium") -> str:
    """Return an instant as wall time in ``zone``."""
    return _babel_datetime(instant, style, tzinfo=ZoneInfo(zone), locale=_locale(language))


def day_of(instant: datetime, zone: str) -> date:
    """Return the calendar day on which ``instant`` falls in ``zone``."""
    return instant.astimezone(ZoneInfo(zone)).date()


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has: 2 for EUR, 0 for JPY. Source: ISO 4217."""
    return _MINOR_DIGITS.get(currency, 2)


_A_LEAP_YEAR = 2024
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "XAF": 0, "XOF": 0, "XPF": 0, "TND": 3, "KWD": 3, "XTS": 2}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse("fr_FR" if language == "fr" else "en_GB")


@cache
def _catalogue(language: str) -> dict[str, str | tuple[str, ...]]:
    """Return every translation of a language, of all packages together."""
    translations: dict[str, str | tuple[str, ...]] = {}
    if language == "en":
        return translations
    for package in PACKAGES:
        folder = files(package).joinpath("locale")
        for source in folder.iterdir() if folder.is_dir() else ():
            if source.name == f"{language}.po" or source.name.endswith(f".{language}.po"):
                _read(translations, source.read_bytes(), language)
    return translations


def _read(translations: dict[str, str | tuple[str, ...]], po: bytes, language: str) -> None:
    """Add the messages of one catalogue file."""
    for message in read_po(BytesIO(po), locale=language):
        if message.id and message.string and not message.fuzzy:
            _add(translations, message.id, message.string)


def _add(translations: dict[str, str | tuple[str, ...]], key: Any, text: Any) -> None:
    """Add a message: plural ones under their singular."""
    if isinstance(key, tuple | list):
        translations[key[0]] = tuple(text)
    else:
        translations[key] = text


def _is_one(language: str, count: int) -> bool:
    """Tell whether ``count`` takes the singular: in French zero does too."""
    return abs(count) <= 1 if language == "fr" else count == 1


def _fill(text: str, values: dict[str, Any]) -> str:
    """Fill the placeholders of a message; a message without values is left as it is."""
    if not values:
        return text
    return text % values if "%(" in text else text.format(**values)
