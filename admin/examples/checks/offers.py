"""Which offers worked on a basket, which did not and why, and what is left of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from admin.examples.compare import AnyOf, Named
from admin.examples.opening import LANGUAGE
from admin.examples.stage import View
from loyalty.queries import Explanation, explain_purchase
from loyalty.values import MemberId, PurchaseReceipt
from offers.queries import offer_results, uses_of
from offers.values import OfferId


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


def uses(view: View, wanted: Any) -> Any:
    """Return how often offers were used, all versions of one together."""
    return Named({slug: _given(view, slug)[0] for slug in wanted}, 0)


def uses_left(view: View, wanted: Any) -> Any:
    """Return how often offers may still be used: the least over their limits and budgets."""
    offers = {str(one["id"]): one for one in view.stage.story.offers}
    named = wanted if isinstance(wanted, Mapping) else offers
    found = {slug: _uses_left(view, slug, offers[slug]) for slug in named if slug in offers}
    return Named(found, None, min((one for one in found.values() if one is not None), default=None))


def _uses_left(view: View, slug: str, offer: Any) -> int | None:
    limit, budget = offer.get("limit") or {}, offer.get("budget") or {}
    used = _given(view, slug)[0]
    left = [int(most) - used for most in (limit.get("offer"), budget.get("uses")) if most]
    if "member" in limit and view.member_id is not None:
        left.append(int(limit["member"]) - _used_by(view, slug, view.member_id))
    return min(left, default=None)


def _used_by(view: View, slug: str, member_id: MemberId) -> int:
    versions = [id_ for id_, name in view.stage.cast.slugs.items() if name == slug]
    return sum(uses_of(view.tx, OfferId(id_), member_id) for id_ in versions)


def budget_left(view: View, wanted: Any) -> Any:
    """Return what is left of budgets, in money or in uses."""
    budgets = {str(one["id"]): one.get("budget") or {} for one in view.stage.story.offers}
    return {slug: _left(view, slug, budgets[slug]) for slug in wanted if budgets.get(slug)}


def _left(view: View, slug: str, budget: Any) -> Any:
    used, minor = _given(view, slug)
    if "uses" in budget:
        return int(budget["uses"]) - used
    return view.cash(view.stage.minor(budget["amount"]) - minor)


def _given(view: View, slug: str) -> tuple[int, int]:
    """Return how often an offer was used and how much money it gave."""
    versions = [id_ for id_, name in view.stage.cast.slugs.items() if name == slug]
    results = [offer_results(view.tx, OfferId(id_)) for id_ in versions]
    return sum(one.uses for one in results), sum(one.discount_minor for one in results)


def explained(view: View, wanted: Any) -> Any:
    """Return the fragments that the explanation of the step holds, whatever their case."""
    receipt, basket = view.answer.receipt, view.answer.basket
    cast = view.stage.cast
    told = [
        f"{cast.slugs.get(one.rule, one.rule)} {one.label}"
        for one in (getattr(getattr(receipt, "earned", None), "fired", ()) or ())
    ]
    if (found := explanation(view)) is not None:
        told += [*found.staff, *(f"{one.rule} {one.why}" for one in found.near)]
    told += [
        f"{one.slug} {one.name} {one.reason} {one.missing} {one.beaten_by}"
        for one in (basket.not_applied if basket else ())
    ]
    if view.answer.refused is not None:
        told.append(f"{view.answer.refused.slug} {view.answer.refused.detail}")
    text = "; ".join(told)
    if wanted is True:
        return bool(text)
    if isinstance(wanted, Mapping):
        return {name: _holding(text, one) for name, one in wanted.items()}
    return _holding(text, wanted)


def explanation(view: View) -> Explanation | None:
    """Return why the step's purchase earned what it did; a quote's own, worked out with it."""
    told = view.answer.facts.get("explanation")
    receipt = view.answer.receipt
    if told is None and isinstance(receipt, PurchaseReceipt) and view.step.verb != "quote":
        return explain_purchase(view.tx, receipt.purchase_id, language=LANGUAGE)
    return told if isinstance(told, Explanation) else None


def near_misses(view: View, wanted: Any) -> Any:
    """Return why rules did not fire, with the money that is missing; ``true``: for any reason."""
    found, stage = explanation(view), view.stage
    near = found.near if found is not None else ()
    if isinstance(wanted, list):
        return [one.rule for one in near]
    rules = {str(rule["id"]): rule for rule in stage.programme.get("earn") or ()}
    return Named(
        {
            one.rule: AnyOf(
                (
                    {
                        "reason": one.why,
                        "missing": view.cash(one.missing_minor),
                        "points": stage.held(
                            str(rules.get(one.rule, {}).get("wallet") or stage.wallet), one.points
                        ),
                    },
                    one.why,
                    True,
                )
            )
            for one in near
        },
        "it fired, or is no rule",
    )


def _holding(text: str, wanted: Any) -> Any:
    """Return ``wanted`` when the text holds all of it, else the text."""
    parts = wanted if isinstance(wanted, list | tuple) else [wanted]
    return wanted if all(str(one).casefold() in text.casefold() for one in parts) else text


OFFERS: dict[str, Callable[[View, Any], Any]] = {
    "applied": applied,
    "not_applied": not_applied,
    "optimal": optimal,
    "succeeded": succeeded,
    "refused_count": refused_count,
    "uses": uses,
    "budget_left": budget_left,
    "uses_left": uses_left,
    "explained": explained,
    "near_misses": near_misses,
}
