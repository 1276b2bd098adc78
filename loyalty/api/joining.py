"""``/api/v1/members/<id>``: pools, merges and levels given by hand, for staff."""

from __future__ import annotations

from typing import Any

from loyalty.api.rights import DEEPLY, LOOKING, WRITING
from loyalty.commands import (
    Merged,
    PoolJoined,
    PoolLeft,
    Transferred,
    Unmerged,
    assign_level,
    draw_points,
    form_pool,
    join_pool,
    leave_pool,
    merge_members,
    pool_points,
    unmerge_members,
)
from loyalty.errors import (
    AlreadyMerged,
    HoldOpen,
    InAPool,
    MemberBlocked,
    NotEnoughPoints,
    NotInAPool,
    NotMerged,
    SourceReused,
    UnknownLevel,
    UnknownMember,
    UnknownWallet,
)
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.problems import InvalidInput
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database
from loyalty.queries import membership, tier_steps
from loyalty.queries.merging import MergePreview, merge_preview, merges_of
from loyalty.queries.pools import Pool, pool_story
from loyalty.schemas.levels import LevelIn, LevelOut, LevelStepsOut
from loyalty.schemas.moving import (
    MergedOut,
    MergeIn,
    MergePreviewOut,
    MergeQuery,
    MergesOut,
    PoolIn,
    PoolJoinedOut,
    PoolLeftOut,
    PoolMoveIn,
    PoolOut,
    TransferredOut,
    UnmergedOut,
)
from loyalty.values import MemberId, MergeId, TierProgress

blueprint = api_blueprint(
    "joining", prefix="/members", description="Pools, merges and levels given by hand."
)


@blueprint.route("/<member_id>/pool", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, PoolOut)
@refuses(blueprint, UnknownMember, NotInAPool)
def show_pool(member_id: str) -> dict[str, Any]:
    """Show the pool that a member shares, with its people and wallets."""
    with database().look(actor=current_actor()) as tx:
        return pool_shown(pool_story(tx, membership(tx, MemberId(member_id)).member_id))


@blueprint.route("/<member_id>/pool", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(PoolIn)
@blueprint.response(201, PoolJoinedOut)
@refuses(blueprint, InvalidInput, UnknownMember, MemberBlocked, InAPool, NotInAPool, SourceReused)
def create_pool(body: dict[str, Any], member_id: str) -> PoolJoined:
    """Let a member share a pool, or open one for her. Needs an Idempotency-Key."""
    source, wanted = request_source(), MemberId(member_id)
    with database().begin(actor=current_actor()) as tx:
        if not body["pool_id"]:
            return form_pool(tx, owner_id=wanted, source=source)
        return join_pool(tx, pool_id=MemberId(body["pool_id"]), member_id=wanted, source=source)


@blueprint.route("/<member_id>/pool", methods=["DELETE"])
@allow(staff(*WRITING))
@blueprint.response(200, PoolLeftOut)
@refuses(blueprint, UnknownMember, MemberBlocked, NotInAPool)
def delete_pool(member_id: str) -> PoolLeft:
    """Take a member out of her pool, with the share that the programme gives her."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return leave_pool(tx, member_id=MemberId(member_id), source=source)


@blueprint.route("/<member_id>/pool/moves", methods=["POST"])
@allow(staff(*WRITING))
@blueprint.arguments(PoolMoveIn)
@blueprint.response(201, TransferredOut)
@refuses(
    blueprint,
    InvalidInput,
    UnknownMember,
    UnknownWallet,
    MemberBlocked,
    NotInAPool,
    NotEnoughPoints,
    SourceReused,
)
def create_move(body: dict[str, Any], member_id: str) -> Transferred:
    """Move points into the pool or out of it; without a number, all. Needs an Idempotency-Key."""
    source = request_source()
    move = pool_points if body.pop("into_pool") else draw_points
    with database().begin(actor=current_actor()) as tx:
        return move(tx, member_id=MemberId(member_id), source=source, **body)


@blueprint.route("/<member_id>/merges", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, MergesOut)
def list_merges(member_id: str) -> dict[str, Any]:
    """List the merges that a member was part of, the newest first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": merges_of(tx, MemberId(member_id))}


@blueprint.route("/<member_id>/merges/preview", methods=["GET"])
@allow(staff(*DEEPLY))
@blueprint.arguments(MergeQuery, location="query")
@blueprint.response(200, MergePreviewOut)
@refuses(blueprint, InvalidInput, UnknownMember)
def show_preview(query: dict[str, Any], member_id: str) -> MergePreview:
    """Show what a merge would move, and what hinders it; nothing is written."""
    with database().look(actor=current_actor()) as tx:
        return merge_preview(
            tx, survivor_id=MemberId(member_id), other_id=MemberId(query["other_id"])
        )


@blueprint.route("/<member_id>/merges", methods=["POST"])
@allow(staff(*DEEPLY))
@blueprint.arguments(MergeIn)
@blueprint.response(201, MergedOut)
@refuses(
    blueprint, InvalidInput, UnknownMember, MemberBlocked, AlreadyMerged, HoldOpen, SourceReused
)
def create_merge(body: dict[str, Any], member_id: str) -> Merged:
    """Move the books of another membership to this one. Needs an Idempotency-Key."""
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return merge_members(
            tx,
            survivor_id=MemberId(member_id),
            other_id=MemberId(body["other_id"]),
            source=source,
        )


@blueprint.route("/<member_id>/merges/<merge_id>", methods=["DELETE"])
@allow(staff(*DEEPLY))
@blueprint.response(200, UnmergedOut)
@refuses(blueprint, NotMerged, HoldOpen)
def delete_merge(member_id: str, merge_id: str) -> Unmerged:
    """Undo a merge: what moved goes back, as far as it is still there. Again changes nothing."""
    with database().begin(actor=current_actor()) as tx:
        if all(one.merge_id != merge_id for one in merges_of(tx, MemberId(member_id))):
            raise NotMerged(merge_id)
        return unmerge_members(tx, merge_id=MergeId(merge_id))


@blueprint.route("/<member_id>/level/steps", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, LevelStepsOut)
@refuses(blueprint, UnknownMember)
def list_steps(member_id: str) -> dict[str, Any]:
    """List how a member's level has changed and why, the newest step first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": tier_steps(tx, membership(tx, MemberId(member_id)).member_id)}


@blueprint.route("/<member_id>/level", methods=["PUT"])
@allow(staff(*DEEPLY))
@blueprint.arguments(LevelIn)
@blueprint.response(200, LevelOut)
@refuses(blueprint, InvalidInput, UnknownMember, UnknownLevel)
def put_level(body: dict[str, Any], member_id: str) -> TierProgress:
    """Give a member a level by hand until a day, or take a given one away."""
    with database().begin(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return assign_level(tx, member_id=member.member_id, **body).tier


def pool_shown(pool: Pool | None) -> dict[str, Any]:
    """Return a pool as it is answered.

    Raises:
        NotInAPool: there is none.
    """
    if pool is None:
        raise NotInAPool
    return {
        "pool_id": pool.pool_id,
        "people": pool.people,
        "wallets": list(pool.wallets.values()),
    }
