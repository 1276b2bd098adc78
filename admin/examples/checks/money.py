"""What a basket costs. Every figure is worked out in one place: ``figures``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from admin.examples.checks.sold import sold_lines
from admin.examples.checks.taxes import net_and_tax, parts_of
from admin.examples.stage import View
from admin.examples.taxes import half_up
from loyalty.values import TILL_DISCOUNT


@dataclass(frozen=True, slots=True)
class Figures:
    """The money of a sale or quote in minor units, tax included except ``net`` and ``tax``."""

    total: int
    due: int
    discount: int
    undiscounted: int
    redeemed: int = 0


def figures(view: View) -> Figures:
    """Return the money of the step's sale or quote.

    ``total``: goods, delivery and fees after offers. ``due``: after tenders. ``discount``: all
    offers together. ``undiscounted``: the total had no offer applied.
    """
    receipt = view.answer.receipt
    if receipt is None or not hasattr(receipt, "total_minor"):
        return Figures(0, 0, 0, 0)
    discount = receipt.discount_minor - _till_discounts(view)
    return Figures(
        total=receipt.total_minor,
        due=max(0, receipt.due_minor - _paid_otherwise(view)),
        discount=discount,
        undiscounted=receipt.total_minor + discount,
        redeemed=receipt.redeemed_minor,
    )


def _paid_otherwise(view: View) -> int:
    """Return what card and cash paid: the ledger keeps neither, but both lower what is due."""
    paid = 0
    for tender in view.step.asked.get("tenders", ()):
        if tender["kind"] in {"card", "cash"}:
            left = view.answer.receipt.due_minor - paid
            paid += view.stage.minor(tender["amount"]) if "amount" in tender else left
    return paid


def _till_discounts(view: View) -> int:
    """Return what the till itself took off: no offer's doing."""
    asked = view.step.asked.get("lines", ())
    if not any("discount" in line or "till" in str(line.get("kind")) for line in asked):
        return 0
    return sum(
        share.amount_minor
        for line in sold_lines(view)
        for share in line.shares
        if share.offer_id == TILL_DISCOUNT
    )


def refund(view: View, wanted: Any) -> Any:
    """Return money given back by a return, positive."""
    del wanted
    return view.cash(getattr(view.answer.receipt, "refund_minor", 0))


def _figure(read: Callable[[Figures], int]) -> Callable[[View, Any], Any]:
    return lambda view, _wanted: view.cash(read(figures(view)))


def redeemed_value(view: View, wanted: Any) -> Any:
    """Return money that the spent points were worth."""
    del wanted
    told = view.answer.facts.get("redeemed_minor")
    if told is not None:
        return view.cash(told)
    rewards = {str(one["id"]) for one in view.stage.programme.get("rewards") or ()}
    shares = [share for line in sold_lines(view) for share in line.shares]
    off = sum(share.amount_minor for share in shares if share.offer_id in rewards)
    return view.cash(figures(view).redeemed + off)


def net_after_tenders(view: View, wanted: Any) -> Any:
    """Return the net of what is left to pay after tenders."""
    del wanted
    whole = figures(view)
    net, _ = net_and_tax(view, list(parts_of(view)))
    return view.cash(half_up(Fraction(net * whole.due, whole.total)) if whole.total else 0)


MONEY: dict[str, Callable[[View, Any], Any]] = {
    "total": _figure(lambda one: one.total),
    "due": _figure(lambda one: one.due),
    "discount": _figure(lambda one: one.discount),
    "undiscounted": _figure(lambda one: one.undiscounted),
    "refund": refund,
    "redeemed_value": redeemed_value,
    "net_after_tenders": net_after_tenders,
}
