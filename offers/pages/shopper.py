"""A member's offers: the list with its reasons, one tap, and its undo."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from loyalty.errors import MemberBlocked, UnknownMember
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, NotSignedIn, Problem
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, principal, speak
from loyalty.kernel.web.pages import render_page
from loyalty.queries import current_programme, has_consent, membership
from loyalty.values import MemberId, Purpose
from offers.commands import activate_offer, deactivate_offer
from offers.errors import OfferNotForMember, OfferNotLive, OfferUsedUp, UnknownOffer
from offers.queries import member_offers
from offers.values import GrantState, MemberOffer, OfferId

blueprint = Blueprint("offers_app", __name__, url_prefix="/app/offers")

_SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class OffersPage:
    """What the page shows: offers to tap, those that work by themselves, and those used up."""

    to_tap: tuple[MemberOffer, ...]
    by_themselves: tuple[MemberOffer, ...]
    used: tuple[MemberOffer, ...]
    level_names: dict[str, str]
    personal: bool


@blueprint.get("")
@allow(MEMBER)
def mine() -> Response:
    """Show a member her offers, best first."""
    with database().look(actor=current_actor()) as tx:
        page = _page(tx, _member(tx))
    return render_page("offers/mine.html", page=page)


@blueprint.post("/<offer_id>/activation")
@allow(MEMBER)
def activate(offer_id: str) -> AnyResponse:
    """Activate an offer, for browsers without scripts; the same again changes nothing."""
    try:
        with database().begin(actor=current_actor()) as tx:
            member_id = _member(tx)
            activate_offer(tx, member_id=member_id, offer_id=OfferId(offer_id))
    except (UnknownOffer, OfferNotLive, OfferNotForMember, OfferUsedUp) as refused:
        return _back(offer_id, refused)
    return _back(offer_id)


@blueprint.post("/<offer_id>/activation/undo")
@allow(MEMBER)
def deactivate(offer_id: str) -> AnyResponse:
    """Undo an activation, for browsers without scripts."""
    try:
        with database().begin(actor=current_actor()) as tx:
            member_id = _member(tx)
            deactivate_offer(tx, member_id=member_id, offer_id=OfferId(offer_id))
    except OfferUsedUp as refused:
        return _back(offer_id, refused)
    flash(gettext(language(), N_("Undone: the offer is not active any more.")), "info")
    return _back(offer_id)


@blueprint.errorhandler(MemberBlocked)
def show_blocked(problem: MemberBlocked) -> Response:
    """Tell a blocked member whom to ask."""
    return render_page("loyalty/blocked.html", status=409, problem=problem, nav=())


def _member(tx: Tx) -> MemberId:
    """Return the member who is signed in; answer in her language unless another is asked for.

    Raises:
        NotSignedIn: her membership has ended meanwhile.
        MemberBlocked: staff have stopped it.
    """
    try:
        found = membership(tx, MemberId(principal().id))
    except UnknownMember as error:
        raise NotSignedIn from error
    if "lang" not in request.args:
        speak(found.language)
    if found.is_blocked:
        raise MemberBlocked(found.member_id)
    return found.member_id


def _page(tx: Tx, member_id: MemberId) -> OffersPage:
    found = member_offers(tx, member_id, language())
    programme = current_programme(tx)
    levels = {one.tier for one in found if one.tier}
    usable = [one for one in found if one.state is not GrantState.USED]
    return OffersPage(
        to_tap=tuple(one for one in usable if one.activation),
        by_themselves=tuple(one for one in usable if not one.activation),
        used=tuple(one for one in found if one.state is GrantState.USED),
        level_names={level: programme.level_name(level, language()) for level in levels},
        personal=has_consent(tx, member_id, Purpose.PERSONAL_OFFERS),
    )


def _back(offer_id: str, refused: Problem | None = None) -> AnyResponse:
    """Return to the list, at the offer, saying why if it was refused."""
    if refused is not None:
        flash(problem_text(language(), refused)[1], "warn")
    return redirect(url_for("offers_app.mine", _anchor=f"o-{offer_id}"), code=_SEE_OTHER)
