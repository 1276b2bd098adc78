"""Refusals about claims of purchases."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import ClaimId, PurchaseId


@dataclass(eq=False)
class UnknownClaim(Problem):
    """There is no such claim."""

    claim_id: ClaimId

    kind = Kind.NOT_FOUND
    slug = "unknown-claim"
    title = N_("Unknown claim")
    template = N_("There is no claim {claim_id}.")


@dataclass(eq=False)
class ClaimDecided(Problem):
    """The claim was settled, accepted or refused before. Nothing was changed."""

    claim_id: ClaimId
    state: str

    kind = Kind.CONFLICT
    slug = "claim-decided"
    title = N_("Decided already")
    template = N_("Somebody has decided about this claim already. Reload the page.")


@dataclass(eq=False)
class TooManyClaims(Problem):
    """The member has claimed as many purchases as she may. Nothing was recorded."""

    times: int
    days: int

    kind = Kind.CONFLICT
    slug = "too-many-claims"
    title = N_("Too many claims")
    template = N_("At most {times} purchases can be claimed in {days} days. Ask at the store.")


@dataclass(eq=False)
class PurchaseNotFree(Problem):
    """The purchase belongs to a member already, or came back. Nothing was changed.

    ``why`` is ``other-member``, ``already-yours`` or ``returned``.
    """

    purchase_id: PurchaseId
    why: str

    kind = Kind.CONFLICT
    slug = "purchase-not-free"
    title = N_("This purchase cannot be claimed")
    template = N_("It belongs to a member already, or some of it came back.")
