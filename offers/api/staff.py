"""Offers for staff: drafts, previews, launches, results, grants."""

from __future__ import annotations

from typing import Any

from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.values import Page
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.values import MemberId
from offers.commands import (
    Granted,
    OfferChanged,
    OfferDrafted,
    draft_offer,
    end_offer,
    grant_offer,
    launch_offer,
)
from offers.errors import (
    OfferAlreadyLive,
    OfferNotDraft,
    OfferNotForMember,
    OfferNotLive,
    OfferRefused,
    UnknownOffer,
)
from offers.queries import (
    CostPreview,
    OfferDetail,
    OfferSummary,
    list_offers,
    offer_detail,
    preview_cost,
)
from offers.schemas import (
    OfferChangedOut,
    OfferDetailOut,
    OfferDocumentIn,
    OfferDraftedOut,
    OfferGrantedOut,
    OfferListArgs,
    OfferPageOut,
    OfferPreviewOut,
    OfferStateIn,
)
from offers.values import OfferId, OfferState

MAKERS = staff(Role.MARKETER, Role.ADMIN)
GIVERS = staff(Role.MARKETER, Role.SUPPORT, Role.ADMIN)

blp = api_blueprint("offers", prefix="/offers", description="Offers, their previews and results.")


@blp.route("", methods=["GET"])
@allow(staff())
@blp.arguments(OfferListArgs, location="query")
@blp.response(200, OfferPageOut)
def list_(args: dict[str, Any]) -> Page[OfferSummary]:
    """List offers, the newest first."""
    with database().look(actor=current_actor()) as tx:
        return list_offers(tx, language=language(), **args)


@blp.route("", methods=["POST"])
@allow(MAKERS)
@blp.arguments(OfferDocumentIn)
@blp.response(201, OfferDraftedOut)
@refuses(blp, OfferRefused)
def draft(body: dict[str, Any]) -> OfferDrafted:
    """Keep an offer as a draft; a slug that exists gets its next version.

    Sending the same document again gives the draft that is there.
    """
    with database().begin(actor=current_actor()) as tx:
        return draft_offer(tx, document=body["document"])


@blp.route("/previews", methods=["POST"])
@allow(MAKERS)
@blp.arguments(OfferDocumentIn)
@blp.response(200, OfferPreviewOut)
@refuses(blp, OfferRefused)
def preview(body: dict[str, Any]) -> CostPreview:
    """Say what an offer would have cost in the last 30 days. Nothing is kept."""
    with database().look(actor=current_actor()) as tx:
        return preview_cost(tx, document=body["document"])


@blp.route("/<offer_id>", methods=["GET"])
@allow(staff())
@blp.response(200, OfferDetailOut)
@refuses(blp, UnknownOffer)
def show(offer_id: str) -> OfferDetail:
    """Return an offer with its document and results."""
    with database().look(actor=current_actor()) as tx:
        return offer_detail(tx, OfferId(offer_id), language())


@blp.route("/<offer_id>", methods=["PATCH"])
@allow(MAKERS)
@blp.arguments(OfferStateIn)
@blp.response(200, OfferChangedOut)
@refuses(blp, UnknownOffer, OfferNotDraft, OfferAlreadyLive, OfferRefused)
def change(body: dict[str, Any], offer_id: str) -> OfferChanged:
    """Launch a draft or end an offer. Doing it again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        if body["state"] is OfferState.LIVE:
            return launch_offer(tx, offer_id=OfferId(offer_id))
        return end_offer(tx, offer_id=OfferId(offer_id), reason=body["reason"])


@blp.route("/<offer_id>/grants/<member_id>", methods=["PUT"])
@allow(GIVERS)
@blp.response(200, OfferGrantedOut)
@refuses(blp, UnknownOffer, OfferNotLive, OfferNotForMember)
def grant(offer_id: str, member_id: str) -> Granted:
    """Give a member an offer. Giving it again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return grant_offer(tx, member_id=MemberId(member_id), offer_id=OfferId(offer_id))
