"""One strict JSON reader for everything that comes in.

Refused, each with a sentence: a key given twice, NaN and Infinity, numbers beyond what any
field holds, lone surrogates, NUL, and nesting deeper than any document of ours.
"""

from __future__ import annotations

import json
from typing import Any

from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest

MOST_DIGITS = 18
DEEPEST = 20


class StrictJSON(DefaultJSONProvider):
    """Flask's JSON, strict on the way in, plain on the way out (no escapes, keys as given)."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the document.

        Raises:
            BadRequest: it is not JSON, or not JSON that we accept.
        """
        del kwargs
        return strict_loads(s)


def strict_loads(text: str | bytes) -> Any:
    """Return the JSON document in ``text``.

    Raises:
        BadRequest: it is not JSON, or not JSON that we accept.
    """
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        document = json.loads(
            decoded,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except UnicodeDecodeError as error:
        raise BadRequest("The body is not UTF-8.") from error
    except RecursionError as error:
        raise BadRequest("The document is nested too deeply.") from error
    except ValueError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    _check(document, 0)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise BadRequest(f"The key {key[:40]!r} is given twice.")
        made[key] = value
    return made


def _refuse_constant(name: str) -> Any:
    raise BadRequest(f"{name} is not a number.")


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise BadRequest("A number is too long.")
    return int(digits)


def _fraction(digits: str) -> float:
    """Return a float: no field of ours takes one, so that the field's own sentence is given."""
    if len(digits) > MOST_DIGITS:
        raise BadRequest("A number is too long.")
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise BadRequest("A number is too large.")
    return number


def _check(value: Any, depth: int) -> None:
    """Refuse texts that no database takes, and documents that nobody writes."""
    if depth > DEEPEST:
        raise BadRequest("The document is nested too deeply.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise BadRequest("A text contains NUL.")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadRequest("A text contains half of a character.") from error
