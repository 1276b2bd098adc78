"""What goes back when articles do: money, offer shares and points, whatever the order of returns.

Everything is computed as a running total of what has come back so far; one return is the
difference of two totals. So any sequence of partial returns ends exactly where a single return of
the same articles would, and rounding never adds up to a gain for either side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty.earning import LineEarning
from loyalty.programme import EarnedBack, Programme
from loyalty.returning.earned import Kept, earned_kept
from loyalty.returning.goods import (
    Back,
    SoldLine,
    basis_back,
    fee_back,
    paid_for,
    refunded,
    share_back,
    spread_amount,
)
from loyalty.returning.spent import spent_back

__all__ = [
    "Back",
    "Goods",
    "SoldLine",
    "basis_back",
    "earned_kept",
    "fee_back",
    "paid_for",
    "refunded",
    "share_back",
    "spent_back",
    "spread_amount",
]


@dataclass(frozen=True, slots=True)
class Goods:
    """A purchase's lines and what rules and offers gave for them.

    Each method answers for everything that has come back so far. ``programme`` is the purchase's.
    """

    lines: Mapping[int, SoldLine]
    earnings: tuple[LineEarning, ...]
    programme: Programme

    @property
    def everything(self) -> Back:
        """Return what has come back when all of it has."""
        return Back({no: line.quantity_milli for no, line in self.lines.items()})

    def value(self, back: Back) -> int:
        """Return what was paid for it, vouchers and fees included."""
        return sum(refunded(line, back) + fee_back(line, back) for line in self.lines.values())

    def basis(self, back: Back) -> int:
        """Return the qualifying spend that goes back with it."""
        return sum(basis_back(line, back) for line in self.lines.values())

    def kept(self, back: Back, policy: EarnedBack | None = None) -> Kept:
        """Return the points that the purchase still earns, by wallet and rule."""
        chosen = policy or self.programme.returns.earned
        return earned_kept(chosen, self.lines, self.earnings, back, self.programme)

    def points_kept(self, back: Back, unit: str | None = None) -> int:
        """Return the points of one wallet, the default one, that the purchase still earns."""
        wanted = self.programme.default_wallet if unit is None else unit
        return sum(points for (name, _), points in self.kept(back).items() if name == wanted)

    def complete_offers(self, back: Back) -> frozenset[str]:
        """Return the offers of which every line has come back whole."""
        touched: dict[str, set[int]] = {}
        for line in self.lines.values():
            for share in line.shares:
                touched.setdefault(share.offer_id, set()).add(line.line_no)
        for one in self.earnings:
            if one.is_offer:
                touched.setdefault(one.rule, set()).add(one.line_no)
        return frozenset(
            offer_id
            for offer_id, numbers in touched.items()
            if all(self._is_back(no, back) for no in numbers)
        )

    def _is_back(self, line_no: int, back: Back) -> bool:
        """Tell whether all units of a line, or all the money paid for it, came back."""
        line = self.lines[line_no]
        if back.quantities.get(line_no, 0) == line.quantity_milli:
            return True
        return bool(line.paid_minor) and refunded(line, back) == line.paid_minor
