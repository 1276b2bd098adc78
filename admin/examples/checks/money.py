"""What a basket costs. Every figure is worked out in one place: ``figures``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from admin.examples.stage import NotHonouredYet, View


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
    return Figures(
        total=receipt.total_minor,
        due=receipt.due_minor,
        discount=receipt.discount_minor,
        undiscounted=receipt.total_minor + receipt.discount_minor,
        redeemed=getattr(receipt, "redeemed_minor", 0),
    )


def refund(view: View, wanted: Any) -> Any:
    """Return money given back by a return, positive."""
    del wanted
    return view.cash(getattr(view.answer.receipt, "refund_minor", 0))


def not_yet(view: View, wanted: Any) -> Any:
    """Stop: nothing answers this word yet."""
    del view, wanted
    raise NotHonouredYet("nothing answers this expectation yet")


def _figure(read: Callable[[Figures], int]) -> Callable[[View, Any], Any]:
    return lambda view, _wanted: view.cash(read(figures(view)))


def redeemed_value(view: View, wanted: Any) -> Any:
    """Return money that the spent points were worth."""
    del wanted
    told = view.answer.facts.get("redeemed_minor")
    return view.cash(figures(view).redeemed if told is None else told)


MONEY: dict[str, Callable[[View, Any], Any]] = {
    "total": _figure(lambda one: one.total),
    "due": _figure(lambda one: one.due),
    "discount": _figure(lambda one: one.discount),
    "undiscounted": _figure(lambda one: one.undiscounted),
    "refund": refund,
    "redeemed_value": redeemed_value,
    "net": not_yet,
    "tax": not_yet,
    "tax_and_fees": not_yet,
    "net_after_tenders": not_yet,
}
