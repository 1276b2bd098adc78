"""What of a sale is tax, by the rounding that the file asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from admin.examples.checks.sold import sold_lines
from admin.examples.stage import View
from admin.examples.taxes import UNTAXED_KINDS, Taxes, split
from admin.examples.verbs.baskets import facts_of, line_taxes, lines_of
from loyalty.kernel.values import split_evenly
from loyalty.queries import DetailLine


@dataclass(frozen=True, slots=True)
class Part:
    """An amount with every tax in it, in minor units, and its taxes; ``fee`` of an article."""

    line_no: int
    gross: int
    taxes: Taxes
    units: int
    fee: bool = False


def parts_of(view: View) -> Iterator[Part]:
    """Yield what of the step's sale is taxed: goods, delivery and fees after offers."""
    asked = dict(enumerate(lines_of(view.step.asked), start=1))
    for line in sold_lines(view):
        told = asked.get(line.line_no, {"article": line.sku})
        if line.kind.value in UNTAXED_KINDS:
            continue
        taxes = line_taxes(view.stage, told)
        yield Part(line.line_no, line.paid_minor, taxes, _units(line))
        if fee := getattr(line, "fee_minor", 0):
            yield Part(line.line_no, fee, _fee_taxes(view, told, taxes), _units(line), fee=True)


def net_and_tax(view: View, parts: list[Part]) -> tuple[int, int]:
    """Return net and tax of parts of a sale, rounded as the file says."""
    story = view.stage.story
    to_tax = story.tax_half_cent == "to_tax"
    groups: dict[Any, list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.taxes].append(part)
    net = tax = 0
    for taxes, found in groups.items():
        for amount in _amounts(found, story.tax_rounding):
            one = split(Fraction(amount), taxes, to_tax=to_tax)
            net, tax = net + one[0], tax + one[1]
    return net, tax


def line_net_and_tax(view: View, numbers: set[int]) -> tuple[int, int]:
    """Return net and tax of some lines, without fees."""
    parts = [one for one in parts_of(view) if one.line_no in numbers and not one.fee]
    return net_and_tax(view, parts)


def _amounts(parts: list[Part], rounding: str) -> list[int]:
    """Return the amounts of one rate that are rounded each by itself."""
    if rounding == "per_rate_total":
        return [sum(part.gross for part in parts)]
    if rounding == "per_line":
        return [part.gross for part in parts]
    return [one for part in parts for one in split_evenly(part.gross, [1] * part.units)]


def _units(line: DetailLine) -> int:
    milli = line.quantity_milli
    return milli // 1000 if milli and milli % 1000 == 0 else 1


def _fee_taxes(view: View, told: Any, taxes: Taxes) -> Taxes:
    fee = facts_of(view.stage, told).get("fee")
    untaxed = isinstance(fee, dict) and fee.get("taxed") is False
    return Taxes(Fraction(1), Fraction(1)) if untaxed else taxes


def net(view: View, wanted: Any) -> Any:
    """Return what of the sale is net."""
    del wanted
    return view.cash(net_and_tax(view, list(parts_of(view)))[0])


def tax(view: View, wanted: Any) -> Any:
    """Return what of the sale is tax."""
    del wanted
    return view.cash(net_and_tax(view, list(parts_of(view)))[1])


def tax_and_fees(view: View, wanted: Any) -> Any:
    """Return what of the total is tax or fee."""
    del wanted
    parts = list(parts_of(view))
    fees = net_and_tax(view, [part for part in parts if part.fee])[0]
    return view.cash(net_and_tax(view, parts)[1] + fees)


TAXES: dict[str, Callable[[View, Any], Any]] = {
    "net": net,
    "tax": tax,
    "tax_and_fees": tax_and_fees,
}
