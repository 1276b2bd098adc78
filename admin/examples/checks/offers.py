"""Which offers worked on a basket, which did not and why, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admin.examples.checks.sold import not_yet
from admin.examples.compare import AnyOf, Named
from admin.examples.stage import View


def applied(view: View, wanted: Any) -> Any:
    """Return the offers that worked, exactly, in order."""
    del wanted
    return _worked(view)


def not_applied(view: View, wanted: Any) -> Any:
    """Return why offers and coupons did nothing; ``true`` stands for any reason."""
    del wanted
    basket, receipt = view.answer.basket, view.answer.receipt
    if basket is None:
        return None
    cast, worked = view.stage.cast, _worked(view)
    reasons = {slug: "nothing-eligible" for slug in cast.offers if slug not in worked}
    reasons |= {one.slug: one.reason for one in basket.not_applied}
    reasons |= {cast.slugs.get(one, one): "beaten" for one in receipt.displaced}
    for code in view.step.asked.get("coupons", ()):
        if str(code) not in receipt.codes_used:
            reasons[str(code)] = _why_not(view, str(code))
    found = {slug: AnyOf((reason, True)) for slug, reason in reasons.items()}
    return Named(found, "it applied", list(reasons))


def _worked(view: View) -> list[str]:
    basket = view.answer.basket
    if basket is None:
        return []
    displaced = getattr(view.answer.receipt, "displaced", ())
    return [one.slug for one in basket.applied if one.offer_id not in displaced]


def _why_not(view: View, code: str) -> str:
    """Return why a coupon did nothing: no rule knows its code, or none found what it wants."""
    known = {str(rule.get("code")) for rule in view.stage.programme.get("earn") or ()}
    return "nothing-eligible" if code in known else "code-missing"


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
