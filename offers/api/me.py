"""Offers for the member herself: her list, one tap, and its undo."""

from __future__ import annotations

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, language, principal
from loyalty.values import MemberId
from offers.commands import Activation, activate_offer, deactivate_offer
from offers.errors import OfferNotForMember, OfferNotLive, OfferUsedUp, UnknownOffer
from offers.queries import member_offers
from offers.schemas import MemberOffersOut, OfferActivationOut
from offers.values import MemberOffer, OfferId

blp = api_blueprint("my-offers", prefix="/me/offers", description="The offers of one member.")


@blp.route("", methods=["GET"])
@allow(MEMBER)
@blp.response(200, MemberOffersOut)
def mine() -> dict[str, list[MemberOffer]]:
    """Return your offers, best first, each with the reason why you see it."""
    with database().look(actor=current_actor()) as tx:
        return {"items": member_offers(tx, MemberId(principal().id), language())}


@blp.route("/<offer_id>/activation", methods=["PUT"])
@allow(MEMBER)
@blp.response(200, OfferActivationOut)
@refuses(blp, UnknownOffer, OfferNotLive, OfferNotForMember, OfferUsedUp)
def activate(offer_id: str) -> Activation:
    """Have an offer work at the till for you. Doing it again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return activate_offer(tx, member_id=MemberId(principal().id), offer_id=OfferId(offer_id))


@blp.route("/<offer_id>/activation", methods=["DELETE"])
@allow(MEMBER)
@blp.response(200, OfferActivationOut)
@refuses(blp, OfferUsedUp)
def deactivate(offer_id: str) -> Activation:
    """Undo an activation. Doing it again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return deactivate_offer(tx, member_id=MemberId(principal().id), offer_id=OfferId(offer_id))
