"""What has happened to offers. Fields are only ever added."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class OfferLaunched(Event):
    """An offer went live."""

    offer_id: str


@dataclass(frozen=True, slots=True)
class OfferGranted(Event):
    """A member was given an offer: by reaching a tier, or by staff. ``cause`` says which."""

    member_id: str
    offer_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class OfferActivated(Event):
    """A member tapped an offer; it works at the till from now on."""

    member_id: str
    offer_id: str
