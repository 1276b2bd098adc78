"""What the offers package refuses, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loyalty.errors import LimitReached
from loyalty.kernel.problems import N_, Kind, Problem

__all__ = [
    "BudgetExceeded",
    "LimitReached",
    "OfferAlreadyLive",
    "OfferNotDraft",
    "OfferNotForMember",
    "OfferNotLive",
    "OfferRefused",
    "OfferUsedUp",
    "UnknownOffer",
    "UsesDiffer",
]


@dataclass(eq=False)
class OfferRefused(Problem):
    """The document does not make an offer that could be launched. Nothing was stored or changed.

    ``faults`` lists everything that is wrong at once: the ``path`` of the key, what the
    ``problem`` is, and a ``suggestion`` when one is near; ``template`` and ``facts`` are what
    the problem is worded from, for those who translate it.
    """

    faults: list[dict[str, Any]]

    kind = Kind.INVALID
    slug = "offer-refused"
    title = N_("The offer is not right yet")
    template = N_("Correct the keys that are named, then send the offer again.")


@dataclass(eq=False)
class UnknownOffer(Problem):
    """There is no offer with this id."""

    offer_id: str

    kind = Kind.NOT_FOUND
    slug = "unknown-offer"
    title = N_("Unknown offer")
    template = N_("There is no offer {offer_id}.")


@dataclass(eq=False)
class OfferNotDraft(Problem):
    """Only a draft can be launched; a launched offer never changes. Draft a new version instead."""

    offer_id: str
    state: str

    kind = Kind.CONFLICT
    slug = "offer-not-draft"
    title = N_("This offer is no draft any more")
    template = N_("A launched offer never changes. Draft a new version of it.")


@dataclass(eq=False)
class OfferAlreadyLive(Problem):
    """Another version of this offer is live. End it, then launch this one."""

    name: str

    kind = Kind.CONFLICT
    slug = "offer-already-live"
    title = N_("Another version is live")
    template = N_("End the live version of {name} before you launch this one.")


@dataclass(eq=False)
class OfferNotLive(Problem):
    """The offer is not live, or its last day has passed."""

    offer_id: str

    kind = Kind.CONFLICT
    slug = "offer-not-live"
    title = N_("This offer has ended")
    template = N_("The offer is not live any more. Look at the offers of today.")


@dataclass(eq=False)
class OfferNotForMember(Problem):
    """The member may not have this offer; ``reason`` is a slug such as ``other-tier``."""

    offer_id: str
    reason: str

    kind = Kind.FORBIDDEN
    slug = "offer-not-for-member"
    title = N_("This offer is for other members")
    template = N_("This offer belongs to another tier, or was not given to this member.")


@dataclass(eq=False)
class OfferUsedUp(Problem):
    """The member has used the offer as often as it allows."""

    offer_id: str

    kind = Kind.CONFLICT
    slug = "offer-used-up"
    title = N_("Already used")
    template = N_("This offer has been used as often as it allows.")


@dataclass(eq=False)
class BudgetExceeded(Problem):
    """This use would pass the offer's budget. Nothing was counted: quote the basket again."""

    offer_id: str

    kind = Kind.CONFLICT
    slug = "budget-exceeded"
    title = N_("The offer's budget is used up")
    template = N_("The offer's budget does not cover this basket. Quote the basket again.")


@dataclass(eq=False)
class UsesDiffer(Problem):
    """This purchase was counted before with other offers. Nothing was counted."""

    purchase_id: str

    kind = Kind.CONFLICT
    slug = "uses-differ"
    title = N_("Counted before, but differently")
    template = N_("The offers of purchase {purchase_id} were counted before and differ.")
