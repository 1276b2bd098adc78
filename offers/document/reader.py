"""Strict reading of a document: every mistake is named by its path, with a suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from loyalty.kernel.problems import N_
from loyalty.kernel.values import MAX_WHOLE

Word = TypeVar("Word", bound=StrEnum)

_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,6})?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_LONGEST_TEXT = 400
_MOST_VALUES = 5_000
"""Values in one list filter: an assortment, not a catalogue."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document.

    ``message`` is an English msgid with the names of ``facts`` in braces; ``path`` is dotted
    (``conditions.tier``); ``suggestion`` is what was probably meant.
    """

    path: str
    message: str
    facts: dict[str, str] = field(default_factory=dict)
    suggestion: str = ""

    @property
    def sentence(self) -> str:
        """Return the message in English with its facts."""
        return self.message.format(**self.facts)


class DocumentRefused(ValueError):
    """A document does not make an offer; ``faults`` say what is wrong, all of it at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults; the message lists them for logs."""
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.sentence}" for fault in self.faults))


@dataclass(slots=True)
class Reader:
    """One mapping of a document. Every method notes a fault and goes on with a harmless value."""

    source: Mapping[str, Any]
    minor_digits: int
    prefix: str = ""
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, key: str, message: str, *, suggestion: str = "", **facts: str) -> None:
        """Note that the value at ``key`` is wrong."""
        self.faults.append(Fault(self.prefix + key, message, facts, suggestion))

    def only(self, known: Iterable[str]) -> None:
        """Refuse every key that is not in ``known``."""
        names = sorted(known)
        for key in self.source:
            if key not in names:
                close = get_close_matches(str(key), names, n=1, cutoff=0.5)
                self.refuse(str(key), N_("unknown key"), suggestion=close[0] if close else "")

    def has(self, key: str) -> bool:
        """Tell whether ``key`` is given."""
        return self.source.get(key) is not None

    def inner(self, key: str) -> Reader:
        """Return a reader of the mapping at ``key``; of an empty one when there is none."""
        value = self.source.get(key)
        if value is not None and not isinstance(value, Mapping):
            self.refuse(key, N_("a mapping of keys is wanted here"))
            value = None
        return Reader(value or {}, self.minor_digits, f"{self.prefix}{key}.", self.faults)

    def text(self, key: str, *, at_most: int = _LONGEST_TEXT) -> str:
        """Return the text at ``key``, trimmed; empty when there is none."""
        value = self.source.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, N_("a text is wanted here"))
            return ""
        if len(value) > at_most:
            self.refuse(key, N_("at most {most} characters"), most=str(at_most))
        return value.strip()

    def slug(self, key: str) -> str:
        """Return the lower-case name at ``key``."""
        value = self.text(key, at_most=60)
        if value and not _SLUG.fullmatch(value):
            close = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
            self.refuse(
                key, N_("a name of lower-case letters, digits and hyphens"), suggestion=close
            )
        return value

    def flag(self, key: str) -> bool:
        """Return the yes or no at ``key``; no when it is not given."""
        value = self.source.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, N_("write true or false"))
            return False
        return value

    def whole(self, key: str, *, at_least: int, at_most: int = MAX_WHOLE) -> int | None:
        """Return the whole number at ``key``."""
        value = self.source.get(key)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
            value = int(value)
        if type(value) is not int or not at_least <= value <= at_most:
            self.refuse(key, N_("a whole number of at least {least}"), least=str(at_least))
            return None
        return value

    def money(self, key: str) -> int | None:
        """Return the amount at ``key`` in minor units. Written as text: ``"12.30"``."""
        value = self.source.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            example = f'"{Decimal(5):.{self.minor_digits}f}"'
            self.refuse(key, N_("money is written as text, such as {example}"), example=example)
            return None
        scaled = Decimal(value).scaleb(self.minor_digits)
        if scaled != scaled.to_integral_value():
            self.refuse(key, N_("more decimals than the currency has"))
            return None
        return int(scaled)

    def scaled(self, key: str, *, decimals: int) -> int | None:
        """Return the number at ``key`` times ten to the ``decimals``: an integer or a text."""
        value = self.source.get(key)
        if value is None:
            return None
        text = str(value) if type(value) is int else value
        if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
            self.refuse(key, N_('a number is wanted here: 15, or "5.5" as text'))
            return None
        number = Decimal(text).scaleb(decimals)
        if number != number.to_integral_value():
            self.refuse(key, N_("at most {most} decimals"), most=str(decimals))
            return None
        return int(number)

    def word(self, key: str, words: type[Word]) -> Word | None:
        """Return the word of ``words`` at ``key``."""
        value = self.source.get(key)
        return None if value is None else self._one_of(key, value, words)

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Return the words at ``key``: one value or a list."""
        found = (self._one_of(key, value, words) for value in self._list(key))
        return tuple(word for word in found if word is not None)

    def names(self, key: str) -> tuple[str, ...]:
        """Return the names at ``key``: one value or a list, without repeats, in order."""
        values = self._list(key)
        if any(not isinstance(value, str) or not value.strip() for value in values):
            self.refuse(key, N_("a name, or a list of names"))
            return ()
        return tuple(dict.fromkeys(value.strip() for value in values))

    def day(self, key: str) -> date | None:
        """Return the local date at ``key``: ``2026-03-31``."""
        value = self.source.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.refuse(key, N_("a date is written as {example}"), example="2026-03-31")
            return None

    def hours(self, key: str) -> tuple[time, time] | None:
        """Return the two clock times at ``key``: ``["17:00", "19:00"]``; the second excluded.

        ``24:00`` ends the day.
        """
        value = self.source.get(key)
        if value is None:
            return None
        pair = value if isinstance(value, list | tuple) else ()
        found = [_CLOCK.fullmatch(text) for text in pair if isinstance(text, str)]
        if len(found) != 2 or None in found:  # noqa: PLR2004 - from and until
            self.refuse(
                key, N_("two quoted times, such as {example}"), example='["17:00", "19:00"]'
            )
            return None
        first, last = (
            time(int(match[1]), int(match[2])) if match[1] else time.max for match in found if match
        )
        return first, last

    def _list(self, key: str) -> list[Any]:
        value = self.source.get(key)
        if value is None:
            return []
        values = list(value) if isinstance(value, list | tuple) else [value]
        if not values:
            self.refuse(key, N_("an empty list matches nothing: leave the key out"))
        if len(values) > _MOST_VALUES:
            self.refuse(key, N_("at most {most} values"), most=str(_MOST_VALUES))
            return []
        return values

    def _one_of(self, key: str, value: object, words: type[Word]) -> Word | None:
        known = [word.value for word in words]
        if isinstance(value, str) and value in known:
            return words(value)
        close = get_close_matches(str(value), known, n=1, cutoff=0.4)
        self.refuse(
            key,
            N_("one of {words} is wanted here"),
            suggestion=close[0] if close else "",
            words=", ".join(known),
        )
        return None
