"""``/api/v1/me``: a member's own wallets, statement, rewards, vouchers, pool and proof."""

from __future__ import annotations

from typing import Any

from loyalty.api.books import lots_in, statement_in
from loyalty.api.joining import pool_shown
from loyalty.api.spending import REDEEMING, redeem, voucher_lines
from loyalty.commands import Spent, release_redemption
from loyalty.errors import (
    MemberBlocked,
    NotInAPool,
    RedemptionEnded,
    UnknownMember,
    UnknownRedemption,
    UnknownWallet,
)
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.problems import InvalidInput, NotSignedIn
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.kernel.web.api import api_blueprint, refuses, request_source
from loyalty.kernel.web.context import current_actor, database, principal
from loyalty.queries import member_proof, reward_catalogue, tier_steps
from loyalty.queries.membership import Membership, membership
from loyalty.queries.pools import pool_story
from loyalty.queries.redemptions import RedemptionRow, member_redemptions, state_of
from loyalty.queries.wallets import wallets_of
from loyalty.schemas.books import LotsOut, LotsQuery, StatementOut, StatementQuery, WalletsOut
from loyalty.schemas.levels import LevelStepsOut
from loyalty.schemas.moving import PoolOut
from loyalty.schemas.proof import ProofOut
from loyalty.schemas.spending import (
    RedemptionIn,
    RedemptionsOut,
    RedemptionsQuery,
    RewardsOut,
    SpentOut,
    VouchersOut,
)
from loyalty.values import MemberId, RedemptionId, RedemptionState

blueprint = api_blueprint(
    "my-books", prefix="/me", description="The signed-in member: wallets, rewards, vouchers, proof."
)


@blueprint.route("/wallets", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, WalletsOut)
@refuses(blueprint, NotSignedIn)
def list_wallets() -> dict[str, Any]:
    """List the member's wallets."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        return {"items": wallets_of(tx, member.member_id, language=member.language)}


@blueprint.route("/lots", methods=["GET"])
@allow(MEMBER)
@blueprint.arguments(LotsQuery, location="query")
@blueprint.response(200, LotsOut)
@refuses(blueprint, NotSignedIn, InvalidInput, UnknownWallet)
def list_lots(query: dict[str, Any]) -> dict[str, Any]:
    """List what is left of a wallet by lot, in the order of use, then what waits."""
    with database().look(actor=current_actor()) as tx:
        return lots_in(tx, herself(tx).member_id, query["wallet"])


@blueprint.route("/postings", methods=["GET"])
@allow(MEMBER)
@blueprint.arguments(StatementQuery, location="query")
@blueprint.response(200, StatementOut)
@refuses(blueprint, NotSignedIn, InvalidInput, UnknownWallet)
def list_postings(query: dict[str, Any]) -> dict[str, Any]:
    """List the movements in one of the member's wallets, newest first."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        return statement_in(tx, member.member_id, query, spoken=member.language)


@blueprint.route("/rewards", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, RewardsOut)
@refuses(blueprint, NotSignedIn)
def list_rewards() -> dict[str, Any]:
    """List what points buy and what she could claim now."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        return {"items": reward_catalogue(tx, member.member_id, language=member.language)}


@blueprint.route("/redemptions", methods=["GET"])
@allow(MEMBER)
@blueprint.arguments(RedemptionsQuery, location="query")
@blueprint.response(200, RedemptionsOut)
@refuses(blueprint, NotSignedIn, InvalidInput)
def list_redemptions(query: dict[str, Any]) -> Page[RedemptionRow]:
    """List what she spent points on, newest first."""
    with database().look(actor=current_actor()) as tx:
        member = herself(tx)
        return member_redemptions(
            tx,
            member.member_id,
            language=member.language,
            after=query["after"],
            limit=query["limit"],
        )


@blueprint.route("/redemptions", methods=["POST"])
@allow(MEMBER)
@blueprint.arguments(RedemptionIn)
@blueprint.response(201, SpentOut)
@refuses(blueprint, NotSignedIn, *REDEEMING)
def create_redemption(body: dict[str, Any]) -> Spent:
    """Claim a reward, or keep one until it is fetched. Needs an Idempotency-Key.

    Points that pay are taken at the till only.
    """
    if not body["reward_id"]:
        raise InvalidInput({"reward_id": ["Name a reward. Points pay at the till."]})
    source = request_source()
    with database().begin(actor=current_actor()) as tx:
        return redeem(tx, herself(tx).member_id, body, source=source)


@blueprint.route("/redemptions/<redemption_id>/release", methods=["PUT"])
@allow(MEMBER)
@blueprint.response(200, SpentOut)
@refuses(blueprint, NotSignedIn, MemberBlocked, UnknownRedemption, RedemptionEnded)
def put_release(redemption_id: str) -> Spent:
    """Free what one of her redemptions holds. What was handed over is given back by staff."""
    wanted = RedemptionId(redemption_id)
    with database().begin(actor=current_actor()) as tx:
        member = herself(tx)
        state = state_of(tx, member.member_id, wanted)
        if state not in {RedemptionState.HELD, RedemptionState.RELEASED}:
            raise RedemptionEnded(wanted, state)
        return release_redemption(tx, member_id=member.member_id, redemption_id=wanted)


@blueprint.route("/vouchers", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, VouchersOut)
@refuses(blueprint, NotSignedIn)
def list_vouchers() -> dict[str, Any]:
    """List her vouchers with what became of them, the newest first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": voucher_lines(tx, herself(tx).member_id)}


@blueprint.route("/level/steps", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, LevelStepsOut)
@refuses(blueprint, NotSignedIn)
def list_steps() -> dict[str, Any]:
    """List how her level has changed and why, the newest step first."""
    with database().look(actor=current_actor()) as tx:
        return {"items": tier_steps(tx, herself(tx).member_id)}


@blueprint.route("/pool", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, PoolOut)
@refuses(blueprint, NotSignedIn, NotInAPool)
def show_pool() -> dict[str, Any]:
    """Show the pool that she shares."""
    with database().look(actor=current_actor()) as tx:
        return pool_shown(pool_story(tx, herself(tx).member_id))


@blueprint.route("/proof", methods=["GET"])
@allow(MEMBER)
@blueprint.response(200, ProofOut)
@refuses(blueprint, NotSignedIn)
def show_proof() -> dict[str, Any]:
    """Hand over her sealed movements, to be checked without us."""
    with database().look(actor=current_actor()) as tx:
        return member_proof(tx, herself(tx).member_id)


def herself(tx: Tx) -> Membership:
    """Return the member who is signed in.

    Raises:
        NotSignedIn: her membership has ended meanwhile.
    """
    try:
        return membership(tx, MemberId(principal().id))
    except UnknownMember as error:
        raise NotSignedIn from error
