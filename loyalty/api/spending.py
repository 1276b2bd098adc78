"""``/api/v1/members/<id>``: rewards, redemptions and vouchers, for staff on her behalf."""

from __future__ import annotations

from typing import Any

from loyalty.api.rights import LOOKING, WRITING
from loyalty.commands import (
    Spent,
    cancel_voucher,
    capture_redemption,
    claim_reward,
    give_voucher,
    redeem_points,
    release_redemption,
)
from loyalty.errors import (
    AboveMaximum,
    BelowMinimum,
    HoldEnded,
    LimitReached,
    MemberBlocked,
    NoRedemption,
    NotAStep,
    NotEnoughPoints,
    RedemptionEnded,
    SourceReused,
    UnknownMember,
    UnknownRedemption,
    UnknownReward,
    UnknownVoucher,
    VoucherNotUsable,
    VoucherValueUnknown,
)
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.problems import InvalidInput, Problem
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.queries import membership, reward_catalogue
from loyalty.queries.redemptions import RedemptionRow, member_redemptions
from loyalty.queries.voucher_story import VoucherLine, voucher_story
from loyalty.schemas.spending import (
    CaptureIn,
    IssuedVoucherOut,
    RedemptionIn,
    RedemptionsOut,
    RedemptionsQuery,
    RewardsOut,
    SpentOut,
    VoucherIn,
    VouchersOut,
)
from loyalty.values import IssuedVoucher, MemberId, RedemptionId, VoucherId

blueprint = api_blueprint(
    "spending", prefix="/members", description="Rewards, redemptions and vouchers of a member."
)
REDEEMING: tuple[type[Problem], ...] = (
    InvalidInput,
    UnknownReward,
    MemberBlocked,
    NoRedemption,
    NotEnoughPoints,
    BelowMinimum,
    AboveMaximum,
    NotAStep,
    LimitReached,
    SourceReused,
)
"""What spending outside a sale may be refused for."""


@blueprint.route("/<member_id>/rewards", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, RewardsOut)
@refuses(blueprint, UnknownMember)
def list_rewards(member_id: str) -> dict[str, Any]:
    """List what points buy, what is left of it, and what this member could claim now."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return {"items": reward_catalogue(tx, member.member_id, language=language())}


@blueprint.route("/<member_id>/redemptions", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.arguments(RedemptionsQuery, location="query")
@blueprint.response(200, RedemptionsOut)
@refuses(blueprint, InvalidInput, UnknownMember)
def list_redemptions(query: dict[str, Any], member_id: str) -> Page[RedemptionRow]:
    """List what a member spent points on, newest first."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return member_redemptions(
            tx,
            member.member_id,
            language=language(),
            after=query["after"],
            limit=query["limit"],
        )


@blueprint.route("/<member_id>/redemptions", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(RedemptionIn)
@blueprint.response(201, SpentOut)
@refuses(blueprint, UnknownMember, *REDEEMING)
def create_redemption(body: dict[str, Any], member_id: str) -> Spent:
    """Claim a reward or let points pay, on a member's behalf. Needs an Idempotency-Key."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return redeem(tx, MemberId(member_id), body, source=source)


@blueprint.route("/<member_id>/redemptions/<redemption_id>/capture", methods=["PUT"])
@allow(staff(*WRITING))
@blueprint.arguments(CaptureIn)
@blueprint.response(200, SpentOut)
@refuses(blueprint, InvalidInput, UnknownRedemption, RedemptionEnded, HoldEnded, NotEnoughPoints)
def put_capture(body: dict[str, Any], member_id: str, redemption_id: str) -> Spent:
    """Take what a redemption holds, or part of it. Capturing again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return capture_redemption(
            tx,
            keys=runtime().keys,
            member_id=MemberId(member_id),
            redemption_id=RedemptionId(redemption_id),
            points=body["points"],
        )


@blueprint.route("/<member_id>/redemptions/<redemption_id>/release", methods=["PUT"])
@allow(staff(*WRITING))
@blueprint.response(200, SpentOut)
@refuses(blueprint, UnknownRedemption, RedemptionEnded, VoucherNotUsable)
def put_release(member_id: str, redemption_id: str) -> Spent:
    """Free what a redemption holds, or give back one that is done. Again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        return release_redemption(
            tx, member_id=MemberId(member_id), redemption_id=RedemptionId(redemption_id)
        )


@blueprint.route("/<member_id>/vouchers", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, VouchersOut)
@refuses(blueprint, UnknownMember)
def list_vouchers(member_id: str) -> dict[str, Any]:
    """List a member's vouchers with what became of them, the newest first."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return {"items": voucher_lines(tx, member.member_id)}


@blueprint.route("/<member_id>/vouchers", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(VoucherIn)
@blueprint.response(201, IssuedVoucherOut)
@refuses(blueprint, InvalidInput, UnknownMember, MemberBlocked, VoucherValueUnknown, SourceReused)
def create_voucher(body: dict[str, Any], member_id: str) -> IssuedVoucher:
    """Give a member a voucher that the programme hands out. Needs an Idempotency-Key."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return give_voucher(
            tx, keys=runtime().keys, member_id=MemberId(member_id), source=source, **body
        )


@blueprint.route("/<member_id>/vouchers/<voucher_id>", methods=["DELETE"])
@allow(staff(*WRITING))
@blueprint.response(204)
@refuses(blueprint, UnknownMember, MemberBlocked, UnknownVoucher, VoucherNotUsable)
def delete_voucher(member_id: str, voucher_id: str) -> None:
    """Take an unused voucher away for good. Again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        cancel_voucher(tx, member_id=MemberId(member_id), voucher_id=VoucherId(voucher_id))


def redeem(tx: Tx, member_id: MemberId, body: dict[str, Any], *, source: str) -> Spent:
    """Claim the reward that a request names, or let its points pay.

    Raises:
        InvalidInput: it names neither a reward nor points.
        Problem: one of ``REDEEMING``, or UnknownMember.
    """
    if body["reward_id"]:
        return claim_reward(tx, keys=runtime().keys, member_id=member_id, source=source, **body)
    if body["points"] is None or body["claims"] is not None:
        raise InvalidInput({"points": ["Name a reward, or how many points pay."]})
    return redeem_points(
        tx,
        member_id=member_id,
        points=body["points"],
        source=source,
        hold_seconds=body["hold_seconds"],
    )


def voucher_lines(tx: Tx, member_id: MemberId) -> list[dict[str, Any]]:
    """Return the vouchers of a member as they are answered."""
    return [_line(one) for one in voucher_story(tx, member_id, keys=runtime().keys)]


def _line(one: VoucherLine) -> dict[str, Any]:
    return {
        "voucher_id": one.voucher.voucher_id,
        "code": one.voucher.code,
        "value_minor": one.voucher.value_minor,
        "state": one.voucher.state,
        "expires_on": one.voucher.expires_on,
        "origin": one.origin,
        "issued_at": one.issued_at,
        "used_for": one.used_for,
        "ended_at": one.ended_at,
    }
