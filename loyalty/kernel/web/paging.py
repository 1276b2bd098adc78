"""Keyset pages: a page stays where it was even while new rows arrive."""

from __future__ import annotations

import base64
import json
from typing import Any

import marshmallow as ma

from loyalty.kernel.problems import InvalidInput
from loyalty.kernel.web.fields import Whole

DEFAULT_LIMIT, MOST_ROWS = 50, 200


class PageArgs(ma.Schema):
    """Which page of a list is wanted."""

    limit = Whole(
        load_default=DEFAULT_LIMIT,
        at_least=1,
        at_most=MOST_ROWS,
        from_text=True,
        metadata={"description": "How many rows, 1 to 200."},
    )
    after = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(max=300),
        metadata={"description": "The `after` of the page before; leave out for the first."},
    )


def write_cursor(*key: Any) -> str:
    """Return an opaque text for the sort key of the last row on a page."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def read_cursor(after: str | None, *, parts: int) -> list[Any] | None:
    """Return the sort key in ``after``; ``None`` for the first page.

    Raises:
        InvalidInput: the text was not written by ``write_cursor`` for this list.
    """
    if not after:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except ValueError as error:
        raise InvalidInput({"after": ["This is not a page of this list."]}) from error
    if not isinstance(key, list) or len(key) != parts:
        raise InvalidInput({"after": ["This is not a page of this list."]})
    return key
