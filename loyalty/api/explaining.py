"""Why a purchase earned what it did: for the member herself, and for staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from loyalty.api.my_books import herself
from loyalty.api.rights import LOOKING
from loyalty.errors import UnknownMember, UnknownPurchase
from loyalty.kernel.access.principals import MEMBER, allow, staff
from loyalty.kernel.problems import NotSignedIn
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.queries import Explanation, explain_purchase, membership, purchase_detail
from loyalty.schemas.explaining import ExplanationOut
from loyalty.values import MemberId, PurchaseId

blueprint = api_blueprint("explanations", prefix="", description="Why a purchase earned what.")


@blueprint.route("/me/purchases/<purchase_id>/explanation", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, ExplanationOut)
@refuses(blueprint, NotSignedIn, UnknownPurchase)
def show_my_explanation(purchase_id: str) -> dict[str, Any]:
    """Tell the member what her purchase earned, and what nearly gave more."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        return _explained(
            tx, member.member_id, purchase_id, member.language, lambda found: found.shopper
        )


@blueprint.route("/members/<member_id>/purchases/<purchase_id>/explanation", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, ExplanationOut)
@refuses(blueprint, UnknownMember, UnknownPurchase)
def show_explanation(member_id: str, purchase_id: str) -> dict[str, Any]:
    """Tell staff every rule on every line, and each that did not fire with its reason."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return _explained(tx, member.member_id, purchase_id, language(), lambda found: found.staff)


def _explained(
    tx: Tx,
    member_id: MemberId,
    purchase_id: str,
    spoken: str,
    said: Callable[[Explanation], tuple[str, ...]],
) -> dict[str, Any]:
    """Return the explanation of a member's own purchase.

    Raises:
        UnknownPurchase: there is none, or it is somebody else's.
    """
    wanted = PurchaseId(purchase_id)
    found = explain_purchase(tx, wanted, language=spoken)
    if found is None or purchase_detail(tx, wanted).member_id != member_id:
        raise UnknownPurchase(wanted)
    return {
        "purchase_id": wanted,
        "fired": [asdict(one) for one in found.fired],
        "near": [asdict(one) for one in found.near],
        "capped": [asdict(one) for one in found.explained.capped],
        "rounded": [
            {"unit": one.unit, "exact": f"{one.exact[0]}/{one.exact[1]}", "whole": one.whole}
            for one in found.explained.rounded
        ],
        "sentences": list(said(found)),
    }
