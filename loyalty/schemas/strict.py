"""Schemas of documents that people write: unknown keys are named, with the key that was meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

import marshmallow as ma

from loyalty.kernel.values import MAX_WHOLE


class StrictSchema(ma.Schema):
    """A schema that refuses unknown keys and suggests the nearest known one."""

    class Meta:
        unknown = ma.EXCLUDE

    @ma.pre_load
    def refuse_unknown_keys(self, data: Any, **options: Any) -> Any:
        """Name every key that the schema does not know."""
        del options
        if not isinstance(data, Mapping):
            return data
        known = [field.data_key or name for name, field in self.fields.items()]
        wrong = {str(key): [_unknown(str(key), known)] for key in data if key not in known}
        if wrong:
            raise ma.ValidationError(wrong)
        return data


class OneOrMore(ma.fields.Field[list[str]]):
    """One text, or a list of texts."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "texts": "Give a text or a list of texts.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> list[str]:
        del attr, data, options
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(one, str) and one for one in texts):
            raise self.make_error("texts")
        return texts


class Slug(ma.fields.String):
    """A lower-case name for machines: letters, digits, hyphens and underscores."""

    def __init__(self, **options: Any) -> None:
        """Accept at most 40 characters."""
        rule = ma.validate.Regexp(
            r"[a-z0-9][a-z0-9_-]{0,39}\Z", error="Use lower-case letters, digits and hyphens."
        )
        super().__init__(validate=rule, **options)


class Count(ma.fields.Integer):
    """A whole number, zero or more."""

    def __init__(self, *, at_least: int = 0, at_most: int = MAX_WHOLE, **options: Any) -> None:
        """Accept ``at_least`` to ``at_most``; no text, no fraction."""
        span = ma.validate.Range(min=at_least, max=at_most)
        super().__init__(strict=True, validate=span, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


class Day(ma.fields.Field[date]):
    """A local day: as YAML reads it, or as ISO text."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "day": "Give a day as YYYY-MM-DD.",
    }

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> date:
        del attr, data, options
        if type(value) is date:
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise self.make_error("day") from error


class Amount(ma.fields.String):
    """Money as a quoted decimal, so that no float ever touches it."""

    default_error_messages = {  # noqa: RUF012 - marshmallow reads it from the class
        "invalid": 'Write the amount as quoted text, like "1.00".',
    }

    def __init__(self, **options: Any) -> None:
        """Accept digits with an optional fraction."""
        rule = ma.validate.Regexp(
            r"\d{1,12}(\.\d{1,3})?\Z", error='Write the amount like "1.00", without a sign.'
        )
        super().__init__(validate=rule, **options)


def flat_errors(messages: Any, path: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages by dotted path: ``earn.0.points``."""
    if isinstance(messages, Mapping):
        flat: dict[str, list[str]] = {}
        for key, inner in messages.items():
            here = path if key == "_schema" else f"{path}.{key}".strip(".")
            flat |= flat_errors(inner, here)
        return flat
    return {path: [str(one) for one in messages]}


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else f" Known keys: {', '.join(sorted(known))}."
    return f"There is no key {key!r} here.{meant}"
