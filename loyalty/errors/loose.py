"""Refusals about returns without a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class ReceiptNeeded(Problem):
    """The programme takes nothing back without a receipt. Nothing was recorded."""

    kind = Kind.CONFLICT
    slug = "receipt-needed"
    title = N_("A receipt is needed")
    template = N_("Nothing comes back without a receipt here. Look the purchase up, or refuse.")


@dataclass(eq=False)
class CardNeeded(Problem):
    """Without a receipt only members bring something back. Nothing was recorded."""

    kind = Kind.CONFLICT
    slug = "card-needed"
    title = N_("A card is needed")
    template = N_("Without a receipt, scan the card of the member who brings it back.")


@dataclass(eq=False)
class ManagerNeeded(Problem):
    """A manager has to agree to this return without a receipt. Nothing was recorded."""

    refund_minor: int

    kind = Kind.CONFLICT
    slug = "manager-needed"
    title = N_("A manager has to agree")
    template = N_("Call a manager: her name and PIN let this return through.")


@dataclass(eq=False)
class GiftCardNeeded(Problem):
    """What comes back without a receipt is paid out on a gift card. Nothing was recorded."""

    kind = Kind.CONFLICT
    slug = "gift-card-needed"
    title = N_("A gift card is needed")
    template = N_("Without a receipt the money goes on a gift card. Scan one and send it again.")


@dataclass(eq=False)
class TooManyReturns(Problem):
    """The member has brought back something without a receipt as often as she may."""

    times: int
    days: int

    kind = Kind.CONFLICT
    slug = "too-many-returns"
    title = N_("Too many returns without a receipt")
    template = N_("A member may do so {times} times in {days} days. Ask for the receipt.")


@dataclass(eq=False)
class NotBoughtLately(Problem):
    """The member has not bought so much of an article lately. Nothing was recorded.

    ``left_milli`` is what she may still bring back of it, in thousandths.
    """

    sku: str
    left_milli: int
    days: int

    kind = Kind.CONFLICT
    slug = "not-bought-lately"
    title = N_("Not bought lately")
    template = N_("In {days} days the member has not bought so much of {sku}. Ask for the receipt.")
