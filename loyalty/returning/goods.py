"""What came back of a purchase: money and offer shares, whatever the order of returns.

Everything is computed as a running total of what has come back so far; one return is the
difference of two totals. So any sequence of partial returns ends exactly where a single return of
the same articles would, and rounding never adds up to a gain for either side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loyalty.earning import MILLI
from loyalty.kernel.values import split_evenly
from loyalty.values import OfferShare


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a purchase, as far as a return needs it.

    ``wallet`` or ``gift_card`` is what its money was put on.
    """

    line_no: int
    quantity_milli: int
    gross_minor: int
    paid_minor: int
    basis_minor: int
    shares: tuple[OfferShare, ...] = ()
    fee_minor: int = 0
    wallet: str = ""
    gift_card: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """All that has come back: thousandths by line, and money by line without any goods."""

    quantities: Mapping[int, int]
    amounts: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has come back at all."""
        return not (any(self.quantities.values()) or any(self.amounts.values()))


def refunded(line: SoldLine, back: Back) -> int:
    """Return what of the line's price has come back, fees apart: never more than was paid."""
    money = back.amounts.get(line.line_no, 0)
    return min(line.paid_minor, paid_for(line, back.quantities.get(line.line_no, 0)) + money)


def fee_back(line: SoldLine, back: Back) -> int:
    """Return what of the article's fee has come back with its units."""
    return line.fee_minor * back.quantities.get(line.line_no, 0) // line.quantity_milli


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


def basis_back(line: SoldLine, back: Back) -> int:
    """Return what of a line's qualifying spend has come back."""
    if line.paid_minor:
        return line.basis_minor * refunded(line, back) // line.paid_minor
    return line.basis_minor * back.quantities.get(line.line_no, 0) // line.quantity_milli


def spread_amount(
    lines: Mapping[int, SoldLine], back: Back, amount_minor: int
) -> Mapping[int, int] | None:
    """Return how an amount of money that goes back falls on the lines: pro rata of what is left.

    ``None`` when there is not so much left.
    """
    left = {no: line.paid_minor - refunded(line, back) for no, line in lines.items()}
    if not 0 < amount_minor <= sum(left.values()):
        return None
    shares = split_evenly(amount_minor, list(left.values()))
    return {no: share for no, share in zip(left, shares, strict=True) if share}


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
