"""Refusals about points and holds."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import MemberId


@dataclass(eq=False)
class NotEnoughPoints(Problem):
    """The member has fewer points to spend than this would take. Nothing was taken.

    ``available`` is what she may spend now (without held and lapsed points), so that a till can
    offer a cheaper reward without asking again.
    """

    member_id: MemberId
    available: int
    required: int

    kind = Kind.CONFLICT
    slug = "not-enough-points"
    title = N_("Not enough points")
    template = N_("This takes {required} points; {available} are available.")


@dataclass(eq=False)
class UnknownWallet(Problem):
    """The programme has no wallet of this name."""

    unit: str

    kind = Kind.INVALID
    slug = "unknown-wallet"
    title = N_("Unknown wallet")
    template = N_("There is no wallet {unit}.")


@dataclass(eq=False)
class UnknownHold(Problem):
    """The member has no hold with this id."""

    hold_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-hold"
    title = N_("Unknown hold")
    template = N_("There is no hold {hold_id}.")


@dataclass(eq=False)
class HoldEnded(Problem):
    """The hold has ended: it was captured, released, or its time was up. Nothing was taken."""

    hold_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "hold-ended"
    title = N_("This hold has ended")
    template = N_("These points are no longer held. Place a new hold.")


@dataclass(eq=False)
class UnknownPosting(Problem):
    """The member's ledger has no posting with this number that could be reversed."""

    seq: int

    kind = Kind.NOT_FOUND
    slug = "unknown-posting"
    title = N_("Unknown posting")
    template = N_("There is no posting {seq} to reverse.")


@dataclass(eq=False)
class ReversalTooLarge(Problem):
    """More would be reversed than the posting moved and earlier reversals left."""

    seq: int
    left: int

    kind = Kind.CONFLICT
    slug = "reversal-too-large"
    title = N_("More than was moved")
    template = N_("Of posting {seq} only {left} points can still be reversed.")
