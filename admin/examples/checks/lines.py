"""What each line of a basket costs, and which offer took what off it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from admin.examples.checks.sold import not_yet, sold_lines
from admin.examples.checks.taxes import line_net_and_tax
from admin.examples.compare import Named
from admin.examples.stage import Sold, View
from admin.examples.verbs.baskets import name_of
from loyalty.kernel.values import split_evenly
from loyalty.queries import DetailLine, purchase_detail
from loyalty.values import TILL_DISCOUNT, OfferShare


def lines(view: View, wanted: Any) -> Any:
    """Return lines by article or by position from 1; an article on several lines is their sum."""
    del wanted
    by_name: dict[str, list[DetailLine]] = defaultdict(list)
    asked = dict(enumerate(view.step.asked.get("lines", ()), start=1))
    for line in sold_lines(view):
        by_name[str(line.line_no)].append(line)
        by_name[name_of(line.line_no, asked.get(line.line_no, {"sku": line.sku}))].append(line)
    return {name: _line(view, found) for name, found in by_name.items()}


def discounts(view: View, wanted: Any) -> Any:
    """Return money off by offer."""
    del wanted
    return _by_offer(view, _shares(view))


def shares_in_some_order(view: View, wanted: Any) -> Any:
    """Return the shares of each offer that are not zero, by line or by unit, smallest first."""
    found: dict[str, Any] = {}
    by_line: dict[str, list[int]] = defaultdict(list)
    by_unit: dict[str, list[int]] = defaultdict(list)
    for share in _shares(view):
        slug = _slug(view, share.offer_id)
        by_line[slug].append(share.amount_minor)
        by_unit[slug].extend(share.unit_shares)
    for slug, listed in wanted.items():
        amounts = sorted(view.stage.minor(one) for one in listed)
        ways = (by_line.get(slug, []), by_unit.get(slug, []))
        fits = any(_nonzero(way) == _nonzero(amounts) for way in ways)
        found[slug] = listed if fits else [view.cash(one) for one in sorted(ways[0])]
    return found


def kept(view: View, wanted: Any) -> Any:
    """Return what the receipts still say of the units that were not returned."""
    return {
        name: _kept(view, view.stage.sold(name)) for name in wanted if name in view.stage.cast.sold
    }


def shares(view: View, wanted: Any) -> Any:
    """Return the shares of an allocation."""
    del wanted
    return view.answer.facts.get("shares")


def _kept(view: View, sold: Sold) -> dict[str, Any]:
    detail = purchase_detail(view.tx, sold.purchase_id)
    by_name: dict[str, list[Any]] = defaultdict(list)
    for line in detail.lines:
        if line.left_milli:
            asked = sold.lines[line.line_no - 1] if line.line_no <= len(sold.lines) else {}
            by_name[str(line.line_no)].append(line)
            by_name[name_of(line.line_no, {"sku": line.sku, **asked})].append(line)
    return {name: _kept_lines(view, found) for name, found in by_name.items()}


def _kept_lines(view: View, found: list[Any]) -> dict[str, Any]:
    """Return what is left of lines: units come back in the order of the receipt."""
    paid = discount = 0
    rests: list[OfferShare] = []
    for line in found:
        kept_units = _units_left(line)
        for share in given(line.shares):
            rest = share.unit_shares[len(share.unit_shares) - kept_units :]
            rests.append(OfferShare(share.offer_id, sum(rest), tuple(rest)))
            discount += sum(rest)
        gross = _gross_left(line, kept_units)
        mine = rests[len(rests) - len(given(line.shares)) :]
        paid += gross - sum(share.amount_minor for share in mine)
    return {
        "paid": view.cash(paid),
        "discount": view.cash(discount),
        "discounts": _by_offer(view, rests),
        "quantity": sum(line.left_milli for line in found) // 1000,
    }


def _units_left(line: Any) -> int:
    """Return the units that are left; a weighed line is one unit."""
    return int(line.left_milli // 1000) if line.quantity_milli % 1000 == 0 else 1


def _gross_left(line: Any, units: int) -> int:
    if line.quantity_milli % 1000:
        return int(line.gross_minor)
    return int(line.gross_minor * units // (line.quantity_milli // 1000))


def _line(view: View, found: list[DetailLine]) -> dict[str, Any]:
    taken = [share for line in found for share in given(line.shares)]
    net, tax = line_net_and_tax(view, {line.line_no for line in found})
    return {
        "net": view.cash(net),
        "tax": view.cash(tax),
        "paid": view.cash(sum(line.paid_minor for line in found)),
        "discount": view.cash(sum(share.amount_minor for share in taken)),
        "discounts": _by_offer(view, taken),
        "unit_paid": [view.cash(one) for line in found for one in _unit_paid(line)],
        "unit_shares": [view.cash(one) for line in found for one in _unit_shares(line)],
    }


def given(shares: Iterable[OfferShare]) -> list[OfferShare]:
    """Return the shares that offers and rewards took, without what the till itself gave."""
    return [share for share in shares if share.offer_id != TILL_DISCOUNT]


def _unit_shares(line: DetailLine) -> list[int]:
    found = [0] * _units(line)
    for share in given(line.shares):
        units = share.unit_shares or split_evenly(share.amount_minor, [1] * len(found))
        for place, one in enumerate(units[: len(found)]):
            found[place] += one
    return found


def _unit_paid(line: DetailLine) -> list[int]:
    till = sum(one.amount_minor for one in line.shares if one.offer_id == TILL_DISCOUNT)
    values = split_evenly(line.gross_minor - till, [1] * _units(line))
    return [value - off for value, off in zip(values, _unit_shares(line), strict=True)]


def _units(line: DetailLine) -> int:
    milli = line.quantity_milli
    return milli // 1000 if milli % 1000 == 0 and milli else 1


def _shares(view: View) -> list[OfferShare]:
    return [share for line in sold_lines(view) for share in given(line.shares)]


def _by_offer(view: View, taken: Iterable[OfferShare]) -> Named:
    found: dict[str, int] = defaultdict(int)
    for share in taken:
        found[_slug(view, share.offer_id)] += share.amount_minor
    return Named({slug: view.cash(minor) for slug, minor in found.items()}, view.cash(0))


def _slug(view: View, offer_id: str) -> str:
    return view.stage.cast.slugs.get(offer_id, offer_id)


def _nonzero(amounts: Iterable[int]) -> list[int]:
    return sorted(one for one in amounts if one)


LINES: dict[str, Callable[[View, Any], Any]] = {
    "lines": lines,
    "discounts": discounts,
    "sum_of_shares": discounts,
    "shares_in_some_order": shares_in_some_order,
    "kept": kept,
    "free_units": not_yet,
    "shares": shares,
}
