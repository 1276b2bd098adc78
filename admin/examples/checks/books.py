"""Whether the books add up and whether a step moved them; what a step was refused for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admin.examples.compare import AnyOf
from admin.examples.stage import View
from loyalty import queries
from loyalty.kernel.tx import Tx
from loyalty.queries import verify_books


def refused(view: View, wanted: Any) -> Any:
    """Return the slug of the refusal; ``true`` stands for any."""
    del wanted
    problem = view.answer.refused
    return AnyOf((problem.slug, True)) if problem is not None else "it went through"


def unchanged(view: View, wanted: Any) -> Any:
    """Tell whether the books are as before this step."""
    del wanted
    return books_mark(view.tx) == view.before.books


def books(view: View, wanted: Any) -> Any:
    """``balanced``, or the first thing that does not add up."""
    del wanted
    return books_state(view.tx)


def books_state(tx: Tx) -> str:
    """Return ``balanced``, or the first thing that does not add up."""
    found = verify_books(tx)
    if not found:
        return "balanced"
    return f"{found[0].rule}: {found[0].row}: {found[0].detail}"


def books_mark(tx: Tx) -> str:
    """Return a digest of every figure that a step may move."""
    return str(queries.books_mark(tx))


BOOKS: dict[str, Callable[[View, Any], Any]] = {
    "refused": refused,
    "unchanged": unchanged,
    "books": books,
}
