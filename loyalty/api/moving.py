"""Adjustments and transfers of points, over the API: reasons, limits, a second pair of eyes."""

from __future__ import annotations

from typing import Any

from loyalty.api.rights import LOOKING, WRITING
from loyalty.commands import (
    Adjusted,
    Transferred,
    adjust_points,
    decide_adjustment,
    transfer_points,
)
from loyalty.errors import (
    AdjustmentDecided,
    AdjustmentLimit,
    MemberBlocked,
    NotEnoughPoints,
    OwnAccount,
    SamePerson,
    SourceReused,
    TransferLimit,
    TransferToSelf,
    UnknownAdjustment,
    UnknownMember,
    UnknownWallet,
)
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.problems import InvalidInput
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database, principal
from loyalty.queries import adjustments_of, adjustments_waiting, membership
from loyalty.queries.transfers import transfers_of
from loyalty.schemas.moving import (
    AdjustedOut,
    AdjustmentIn,
    AdjustmentsOut,
    DecisionIn,
    TransferIn,
    TransferredOut,
    TransfersOut,
)
from loyalty.values import AdjustmentId, MemberId

blueprint = api_blueprint(
    "adjustments", prefix="", description="Points that staff give, take or move."
)


@blueprint.route("/adjustments", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, AdjustmentsOut)
def list_waiting() -> dict[str, Any]:
    """List the adjustments that wait for a second person, the oldest first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": adjustments_waiting(tx)}


@blueprint.route("/members/<member_id>/adjustments", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, AdjustmentsOut)
@refuses(blueprint, UnknownMember)
def list_adjustments(member_id: str) -> dict[str, Any]:
    """List the adjustments of a member, the newest first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": adjustments_of(tx, membership(tx, MemberId(member_id)).member_id)}


@blueprint.route("/members/<member_id>/adjustments", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(AdjustmentIn)
@blueprint.response(201, AdjustedOut)
@refuses(
    blueprint,
    InvalidInput,
    UnknownMember,
    UnknownWallet,
    MemberBlocked,
    AdjustmentLimit,
    NotEnoughPoints,
    OwnAccount,
    SourceReused,
)
def create_adjustment(body: dict[str, Any], member_id: str) -> Adjusted:
    """Give points or take some, for a reason. Needs an Idempotency-Key.

    Above the programme's limit it is only proposed, and somebody else decides.
    """
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return adjust_points(
            tx,
            member_id=MemberId(member_id),
            source=source,
            actor=current_actor(),
            role=role_of_caller(),
            **body,
        )


@blueprint.route("/members/<member_id>/adjustments/<adjustment_id>/decision", methods=["PUT"])
@allow(staff(*WRITING))
@blueprint.arguments(DecisionIn)
@blueprint.response(200, AdjustedOut)
@refuses(
    blueprint,
    InvalidInput,
    UnknownMember,
    UnknownAdjustment,
    MemberBlocked,
    OwnAccount,
    SamePerson,
    AdjustmentDecided,
    AdjustmentLimit,
    NotEnoughPoints,
)
def put_decision(body: dict[str, Any], member_id: str, adjustment_id: str) -> Adjusted:
    """Post a proposed adjustment or refuse it; never one's own. Again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return decide_adjustment(
            tx,
            member_id=MemberId(member_id),
            adjustment_id=AdjustmentId(adjustment_id),
            approve=body["approve"],
            actor=current_actor(),
            role=role_of_caller(),
        )


@blueprint.route("/members/<member_id>/transfers", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, TransfersOut)
@refuses(blueprint, UnknownMember)
def list_transfers(member_id: str) -> dict[str, Any]:
    """List what moved between a member and others, newest first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": transfers_of(tx, membership(tx, MemberId(member_id)).member_id)}


@blueprint.route("/members/<member_id>/transfers", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(TransferIn)
@blueprint.response(201, TransferredOut)
@refuses(
    blueprint,
    InvalidInput,
    UnknownMember,
    UnknownWallet,
    MemberBlocked,
    TransferToSelf,
    TransferLimit,
    NotEnoughPoints,
    SourceReused,
)
def create_transfer(body: dict[str, Any], member_id: str) -> Transferred:
    """Give a member's points to another; each keeps its day of lapse. Needs an Idempotency-Key."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return transfer_points(
            tx,
            member_id=MemberId(member_id),
            to_member_id=MemberId(body.pop("to_member_id")),
            source=source,
            **body,
        )


def role_of_caller() -> str:
    """Return the role by which the programme's limits go."""
    role = principal().role
    assert role is not None, "only staff come here"
    return role.value
