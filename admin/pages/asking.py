"""What the address of a page asks for, read without trusting it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import request

from loyalty.kernel.values import Page

LONGEST_NUMBER = 15
Row = TypeVar("Row")


def asked_number(name: str) -> int | None:
    """Return a whole number of the query string; ``None`` when there is none to be read."""
    text = request.args.get(name, "")
    fits = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if fits else None


def asked_choice(name: str, choices: Sequence[str]) -> str:
    """Return the choice that the query string names; the first one when it names none of them."""
    wanted = request.args.get(name, "")
    return wanted if wanted in choices else choices[0]


def one_page(
    rows: Sequence[Row], *, key: Callable[[Row], str], after: str | None, limit: int
) -> Page[Row]:
    """Return the rows that follow the one whose key is ``after``; from the first without it.

    For lists that are held whole: tills and staff, a few thousand at most.
    """
    start = next((n + 1 for n, row in enumerate(rows) if key(row) == after), 0) if after else 0
    shown = tuple(rows[start : start + limit])
    more = len(rows) > start + limit
    return Page(shown, key(shown[-1]) if more else None)
