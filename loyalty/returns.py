"""What goes back when articles do: money, offer shares and points, whatever the order of returns.

Everything is computed as a running total of what has come back so far; one return is the
difference of two totals. So any sequence of partial returns ends exactly where a single return of
the same articles would, and rounding never adds up to a gain for either side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loyalty.earning import MILLI, LineEarning, Ratio, Weight, add, whole_points
from loyalty.programme import RoundingPlan
from loyalty.values import OfferShare


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a purchase, as far as a return needs it."""

    line_no: int
    quantity_milli: int
    gross_minor: int
    paid_minor: int
    basis_minor: int
    shares: tuple[OfferShare, ...] = ()


@dataclass(frozen=True, slots=True)
class Goods:
    """A purchase's lines and what rules and offers gave for them.

    Each method answers for everything that has come back so far: ``back`` maps line numbers to
    thousandths.
    """

    lines: Mapping[int, SoldLine]
    earnings: tuple[LineEarning, ...]
    plan: RoundingPlan

    def value(self, back: Mapping[int, int]) -> int:
        """Return what was paid for it, vouchers included."""
        return sum(paid_for(line, back.get(no, 0)) for no, line in self.lines.items())

    def basis(self, back: Mapping[int, int]) -> int:
        """Return the qualifying spend that goes back with it."""
        return sum(basis_back(line, back.get(no, 0)) for no, line in self.lines.items())

    def points_kept(self, back: Mapping[int, int]) -> int:
        """Return the points that the purchase still earns."""
        return points_kept(self.lines, self.earnings, back, self.plan)

    def complete_offers(self, back: Mapping[int, int]) -> frozenset[str]:
        """Return the offers of which every line has come back whole."""
        return complete_offers(self.lines, self.earnings, back)


def paid_for(line: SoldLine, returned_milli: int) -> int:
    """Return what was paid for the first ``returned_milli`` of a line, in minor units.

    Counted articles come back unit by unit in the order of the receipt, each with its own share
    of the offers; weighed goods by weight, rounded down. All of it is exactly what was paid.
    """
    if not _has_units(line):
        return line.paid_minor * returned_milli // line.quantity_milli
    units, part = divmod(returned_milli, MILLI)
    below = _paid_for_units(line, units)
    if not part:
        return below
    return below + (_paid_for_units(line, units + 1) - below) * part // MILLI


def share_back(line: SoldLine, share: OfferShare, returned_milli: int) -> int:
    """Return what of an offer's ``share`` belongs to the first ``returned_milli`` of its line."""
    if not _has_units(line):
        return share.amount_minor * returned_milli // line.quantity_milli
    units, part = divmod(returned_milli, MILLI)
    below = sum(share.unit_shares[:units])
    return below + (share.unit_shares[units] * part // MILLI if part else 0)


def basis_back(line: SoldLine, returned_milli: int) -> int:
    """Return what of a line's qualifying spend goes back with its first ``returned_milli``."""
    if line.paid_minor:
        return line.basis_minor * paid_for(line, returned_milli) // line.paid_minor
    return line.basis_minor * returned_milli // line.quantity_milli


def points_kept(
    lines: Mapping[int, SoldLine],
    earnings: Sequence[LineEarning],
    returned_milli: Mapping[int, int],
    plan: RoundingPlan,
) -> int:
    """Return the points that a purchase has still earned after what came back so far.

    Each rule's unrounded points shrink with what is left of its lines, by what was paid or by
    quantity as the rule counts; then the programme rounds as it did for the purchase. An offer's
    points are rounded down by themselves.
    """
    kept = [_kept(lines[one.line_no], one, returned_milli.get(one.line_no, 0)) for one in earnings]
    rules = [one for one in kept if not one.is_offer]
    offers: dict[str, Ratio] = {}
    for one in kept:
        if one.is_offer:
            offers[one.rule] = add(offers.get(one.rule, (0, 1)), (one.numerator, one.denominator))
    given = sum(numerator // denominator for numerator, denominator in offers.values())
    return sum(whole_points(rules, plan).values()) + given


def complete_offers(
    lines: Mapping[int, SoldLine],
    earnings: Sequence[LineEarning],
    returned_milli: Mapping[int, int],
) -> frozenset[str]:
    """Return the offers of which every line has come back whole."""
    touched: dict[str, set[int]] = {}
    for line in lines.values():
        for share in line.shares:
            touched.setdefault(share.offer_id, set()).add(line.line_no)
    for one in earnings:
        if one.is_offer:
            touched.setdefault(one.rule, set()).add(one.line_no)
    return frozenset(
        offer_id
        for offer_id, numbers in touched.items()
        if all(returned_milli.get(no, 0) == lines[no].quantity_milli for no in numbers)
    )


def _has_units(line: SoldLine) -> bool:
    """Tell whether the line consists of whole units that each bear a share of the offers.

    A share that would take more off a unit than the unit costs cannot be read unit by unit.
    """
    units, part = divmod(line.quantity_milli, MILLI)
    if part or any(len(share.unit_shares) != units for share in line.shares):
        return False
    return all(
        _gross_for_units(line, unit + 1) - _gross_for_units(line, unit)
        >= sum(share.unit_shares[unit] for share in line.shares)
        for unit in range(units if line.shares else 0)
    )


def _paid_for_units(line: SoldLine, units: int) -> int:
    off = sum(sum(share.unit_shares[:units]) for share in line.shares)
    return _gross_for_units(line, units) - off


def _gross_for_units(line: SoldLine, units: int) -> int:
    return line.gross_minor * units * MILLI // line.quantity_milli


def _kept(line: SoldLine, one: LineEarning, returned_milli: int) -> LineEarning:
    """Return what is left of one rule's points for one line."""
    if one.weight is Weight.AMOUNT and line.paid_minor:
        left, whole = line.paid_minor - paid_for(line, returned_milli), line.paid_minor
    else:
        left, whole = line.quantity_milli - returned_milli, line.quantity_milli
    return replace(one, numerator=one.numerator * left, denominator=one.denominator * whole)
