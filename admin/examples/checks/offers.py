"""Which offers worked on a basket, which did not and why, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from admin.examples.checks.sold import not_yet
from admin.examples.compare import Named
from admin.examples.stage import View


def applied(view: View, wanted: Any) -> Any:
    """Return the offers that worked, exactly, in order."""
    del wanted
    basket = view.answer.basket
    return [one.slug for one in basket.applied] if basket else None


def not_applied(view: View, wanted: Any) -> Any:
    """Return why offers did not work; ``true`` stands for any reason."""
    basket = view.answer.basket
    if basket is None:
        return None
    reasons = {one.slug: one.reason for one in basket.not_applied}
    if isinstance(wanted, Mapping):
        worked = {one.slug for one in basket.applied}
        reasons |= {
            slug: True for slug, reason in wanted.items() if reason is True and slug not in worked
        }
    return Named(reasons, "nothing was said", list(reasons))


def optimal(view: View, wanted: Any) -> Any:
    """Tell whether no better choice exists."""
    del wanted
    return view.answer.basket.optimal if view.answer.basket else None


def succeeded(view: View, wanted: Any) -> Any:
    """Return how many of simultaneous requests went through."""
    del wanted
    return view.answer.succeeded


def refused_count(view: View, wanted: Any) -> Any:
    """Return how many of simultaneous requests were refused."""
    del wanted
    return view.answer.refused_count


OFFERS: dict[str, Callable[[View, Any], Any]] = {
    "applied": applied,
    "not_applied": not_applied,
    "optimal": optimal,
    "succeeded": succeeded,
    "refused_count": refused_count,
    "uses": not_yet,
    "budget_left": not_yet,
    "uses_left": not_yet,
    "explained": not_yet,
}
