"""Refusals about sales, returns and vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import PurchaseId, VoucherId


@dataclass(eq=False)
class SaleConflict(Problem):
    """Another sale or return already has this store, till, business day and sequence.

    The same number must stand for the same content: a repeat is answered with the first receipt,
    anything else is refused. Check the till's counter.
    """

    store_id: str
    till: str
    business_on: date
    sequence: int

    kind = Kind.CONFLICT
    slug = "sale-conflict"
    title = N_("This receipt number is taken")
    template = N_(
        "Receipt {sequence} of till {till} in {store_id} on {business_on} "
        "was already recorded with other content."
    )


@dataclass(eq=False)
class SaleInconsistent(Problem):
    """The sale contradicts itself or the programme; nothing was recorded.

    ``reason`` names the rule that is broken, ``line_no`` the line (0 for the whole sale).
    """

    reason: str
    line_no: int = 0

    kind = Kind.INVALID
    slug = "sale-inconsistent"
    title = N_("The sale does not add up")
    template = N_("Line {line_no}: {reason}. Correct the sale and send it again.")


@dataclass(eq=False)
class CancelledByExtension(Problem):
    """An extension of the programme said no; nothing was recorded.

    Which one, and why, stands in its own log.
    """

    kind = Kind.CONFLICT
    slug = "cancelled-by-extension"
    title = N_("Cancelled by an extension")
    template = N_("An extension of the programme cancelled this; nothing was recorded.")


@dataclass(eq=False)
class NotVoided(Problem):
    """Only a purchase that was voided can be confirmed again, and only once."""

    purchase_id: PurchaseId

    kind = Kind.CONFLICT
    slug = "not-voided"
    title = N_("This purchase stands")
    template = N_("The purchase was not voided, or was confirmed again already.")


@dataclass(eq=False)
class UnknownStore(Problem):
    """No store of the programme has this code."""

    store_id: str

    kind = Kind.INVALID
    slug = "unknown-store"
    title = N_("Unknown store")
    template = N_("There is no store {store_id}.")


@dataclass(eq=False)
class UnknownPurchase(Problem):
    """There is no such purchase."""

    purchase_id: PurchaseId

    kind = Kind.NOT_FOUND
    slug = "unknown-purchase"
    title = N_("Unknown purchase")
    template = N_("There is no purchase {purchase_id}.")


@dataclass(eq=False)
class NothingToReturn(Problem):
    """A line is not on the receipt, or more would come back than is left of it.

    ``left_milli`` is what can still be returned, in thousandths. Nothing was recorded.
    """

    purchase_id: PurchaseId
    line_no: int
    left_milli: int

    kind = Kind.CONFLICT
    slug = "nothing-to-return"
    title = N_("More than was bought")
    template = N_("Of line {line_no} only {left_milli} thousandths can still be returned.")


@dataclass(eq=False)
class UnknownVoucher(Problem):
    """No voucher has this code, or it belongs to another member."""

    kind = Kind.NOT_FOUND
    slug = "unknown-voucher"
    title = N_("Unknown voucher")
    template = N_("No voucher has this code. Scan it again.")


@dataclass(eq=False)
class VoucherNotUsable(Problem):
    """The voucher was used before, was cancelled, or has expired. Nothing was recorded."""

    voucher_id: VoucherId
    state: str

    kind = Kind.CONFLICT
    slug = "voucher-not-usable"
    title = N_("This voucher cannot be used")
    template = N_("It was used, cancelled, or has expired. Take it off the sale and send it again.")


@dataclass(eq=False)
class UnknownArticle(Problem):
    """No article has this code."""

    code: str

    kind = Kind.NOT_FOUND
    slug = "unknown-article"
    title = N_("Unknown article")
    template = N_("No article has the code {code}.")
