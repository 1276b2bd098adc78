"""Claims of purchases: the member's own, and those that wait for staff."""

from __future__ import annotations

from typing import Any

from loyalty import errors as loyalty
from loyalty.kernel.access.principals import MEMBER, Role, allow, staff
from loyalty.kernel.problems import InvalidInput, NotSignedIn
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database, principal, runtime
from loyalty.queries import claims_by_state, claims_of
from loyalty.values import Claim, ClaimId, MemberId, PurchaseId, ReceiptNamed, StoreId
from pos_adapter.commands import claim_purchase, decide_claim
from pos_adapter.errors import UnknownReceipt
from pos_adapter.queries import purchase_of_code
from pos_adapter.schemas.claims import ClaimDecisionIn, ClaimIn, ClaimOut, ClaimsOut, ClaimsQuery

mine = api_blueprint("my-claims", prefix="/me/claims", description="Purchases without the card.")
waiting = api_blueprint("claims", prefix="/claims", description="Claims that staff look at.")

CARE = staff(Role.SUPPORT, Role.STORE_MANAGER, Role.ADMIN)
_CLAIMING = (
    InvalidInput,
    NotSignedIn,
    UnknownReceipt,
    loyalty.MemberBlocked,
    loyalty.UnknownMember,
    loyalty.SourceReused,
    loyalty.TooManyClaims,
)


@mine.route("", methods=["GET"])
@allow(MEMBER)
@mine.response(200, ClaimsOut)
@refuses(mine, NotSignedIn)
def list_mine() -> dict[str, Any]:
    """List your claims, the newest first."""
    with database().look(actor=current_actor()) as tx:
        found = claims_of(tx, MemberId(principal().id))
    return {"items": [claim_facts(one) for one in found], "after": None}


@mine.route("", methods=["POST"])
@allow(MEMBER)
@mine.arguments(ClaimIn)
@mine.response(201, ClaimOut)
@refuses(mine, *_CLAIMING)
def create_mine(body: dict[str, Any]) -> dict[str, Any]:
    """Claim a purchase that you made without your card; send `Idempotency-Key`."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        member_id = MemberId(principal().id)
        claim = claim_purchase(
            tx, keys=runtime().keys, member_id=member_id, receipt=_named(body), source=source
        )
    return claim_facts(claim)


@waiting.route("", methods=["GET"])
@allow(CARE)
@waiting.arguments(ClaimsQuery, location="query")
@waiting.response(200, ClaimsOut)
@refuses(waiting, InvalidInput)
def list_waiting(query: dict[str, Any]) -> dict[str, Any]:
    """List claims in a state, the oldest first."""
    with database().look(actor=current_actor()) as tx:
        page = claims_by_state(tx, **query)
    return {"items": [claim_facts(one) for one in page.items], "after": page.after}


@waiting.route("/<claim_id>/decision", methods=["PUT"])
@allow(CARE)
@waiting.arguments(ClaimDecisionIn)
@waiting.response(200, ClaimOut)
@refuses(
    waiting,
    InvalidInput,
    loyalty.UnknownClaim,
    loyalty.ClaimDecided,
    loyalty.UnknownPurchase,
    loyalty.PurchaseNotFree,
    loyalty.MemberBlocked,
    loyalty.UnknownMember,
)
def decide(body: dict[str, Any], claim_id: str) -> dict[str, Any]:
    """Accept a claim, which gives the purchase to the member, or refuse it; she reads why."""
    named = body["purchase_id"]
    with database().begin(actor=current_actor()) as tx:
        claim = decide_claim(
            tx,
            keys=runtime().keys,
            claim_id=ClaimId(claim_id),
            accept=body["accept"],
            reason=body["reason"],
            purchase_id=PurchaseId(named) if named else None,
        )
    return claim_facts(claim)


def claim_facts(claim: Claim) -> dict[str, Any]:
    """Return a claim as the wire has it."""
    names = ("claim_id", "member_id", "state", "why", "reason", "points", "asked_at", "decided_at")
    receipt = ("number", "purchase_id", "store_id", "bought_on", "total_minor")
    return {name: getattr(claim, name) for name in names} | {
        name: getattr(claim.receipt, name) for name in receipt
    }


def _named(body: dict[str, Any]) -> ReceiptNamed:
    code, store = body.get("receipt_code"), body.get("store_id")
    return ReceiptNamed(
        bought_on=body["bought_on"],
        total_minor=body["total_minor"],
        number=body.get("number"),
        store_id=StoreId(store) if store else None,
        till=body["till"],
        purchase_id=purchase_of_code(code) if code else None,
    )
