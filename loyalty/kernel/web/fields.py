"""Strict fields: what a machine or a form may send, refused with a sentence otherwise.

marshmallow's own ``Integer`` turns 1.9 into 1 and takes ``"1_0"`` and Arabic digits; these do not.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma

from loyalty.kernel.values import MAX_WHOLE

_DIGITS = re.compile(r"-?[0-9]{1,18}")
_QUANTITY = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,3}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of characters that cannot be seen: controls, bidi marks, surrogates."""
MOST_MILLI = 9_999_000


class Whole(ma.fields.Field[int]):
    """A whole number in a range: JSON integers only, or digits when ``from_text`` (forms, URLs)."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "whole": "Give a whole number.",
        "range": "Give a number between {at_least} and {at_most}.",
    }

    def __init__(
        self,
        *,
        at_least: int = 0,
        at_most: int = MAX_WHOLE,
        from_text: bool = False,
        **options: Any,
    ) -> None:
        """Accept ``at_least`` .. ``at_most``, both included."""
        super().__init__(**options)
        self.at_least, self.at_most, self.from_text = at_least, at_most, from_text

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        del attr, data, kwargs
        if self.from_text and isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
            value = int(value)
        if type(value) is not int:
            raise self.make_error("whole")
        if not self.at_least <= value <= self.at_most:
            raise self.make_error("range", at_least=self.at_least, at_most=self.at_most)
        return value


class Quantity(ma.fields.Field[int]):
    """A quantity, kept in thousandths: a JSON integer, or a decimal text with up to 3 decimals.

    Between 0.001 and 9,999. Whether a fraction makes sense for the article is decided later.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "quantity": 'Give a whole number, or a decimal text such as "0.750".',
        "range": "Give a quantity above 0 and up to 9,999.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        del attr, data, kwargs
        if type(value) is int:
            milli = value * 1000
        elif isinstance(value, str) and (found := _QUANTITY.fullmatch(value)):
            milli = int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))
        else:
            raise self.make_error("quantity")
        if not 0 < milli <= MOST_MILLI:
            raise self.make_error("range")
        return milli

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        del attr, obj, kwargs
        if value is None or value % 1000 == 0:
            return None if value is None else value // 1000
        return f"{value // 1000}.{value % 1000:03d}"


class TextLine(ma.fields.Field[str]):
    """One line of text for people: NFC, trimmed, no control or bidi characters."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "text": "Give a text.",
        "empty": "This cannot be empty.",
        "long": "At most {longest} characters.",
        "hidden": "This contains characters that cannot be seen.",
    }

    def __init__(self, *, longest: int = 80, may_be_empty: bool = False, **options: Any) -> None:
        """Accept 1 .. ``longest`` characters, or none when ``may_be_empty``."""
        super().__init__(**options)
        self.longest, self.may_be_empty = longest, may_be_empty

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        del attr, data, kwargs
        if not isinstance(value, str):
            raise self.make_error("text")
        text = unicodedata.normalize("NFC", value).strip()
        if not text and not self.may_be_empty:
            raise self.make_error("empty")
        if len(text) > self.longest:
            raise self.make_error("long", longest=self.longest)
        if any(unicodedata.category(letter) in _HIDDEN for letter in text):
            raise self.make_error("hidden")
        return text


class Code(ma.fields.Field[str]):
    """A retailer's own code: lower-case letters, digits and inner hyphens, at most 40."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "code": "Give a code of lower-case letters, digits and hyphens, at most 40.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        del attr, data, kwargs
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise self.make_error("code")
        return value


class LocalDay(ma.fields.Field[date]):
    """A calendar day, ``YYYY-MM-DD``."""

    default_error_messages = {"day": "Give a day as YYYY-MM-DD."}  # noqa: RUF012 - as above

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        del attr, data, kwargs
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("day")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.make_error("day") from error

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        del attr, obj, kwargs
        return None if value is None else value.isoformat()


class Instant(ma.fields.Field[datetime]):
    """An instant, RFC 3339 with an offset; answered in UTC with ``Z``."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "instant": "Give an instant with its offset, such as 2026-03-06T17:40:00+01:00.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        del attr, data, kwargs
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("instant") from error
        if instant.tzinfo is None:
            raise self.make_error("instant")
        try:
            return instant.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("instant") from error

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:
        del attr, obj, kwargs
        if value is None:
            return None
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
