"""``/api/v1/members/<id>``: a member's wallets, lots, statement and proof, for staff."""

from __future__ import annotations

from typing import Any

from loyalty.api.rights import LOOKING
from loyalty.errors import UnknownMember, UnknownWallet
from loyalty.kernel.access.principals import allow, staff
from loyalty.kernel.problems import InvalidInput
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.queries import lots_of, member_proof, membership, statement, waiting_lots
from loyalty.queries.ledger import Wanted
from loyalty.queries.wallets import known_wallet, wallets_of
from loyalty.schemas.books import LotsOut, LotsQuery, StatementOut, StatementQuery, WalletsOut
from loyalty.schemas.proof import ProofOut
from loyalty.values import MemberId

blueprint = api_blueprint(
    "books", prefix="/members", description="A member's wallets and every movement in them."
)


@blueprint.route("/<member_id>/wallets", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, WalletsOut)
@refuses(blueprint, UnknownMember)
def list_wallets(member_id: str) -> dict[str, Any]:
    """List a member's wallets: what is there, held, on its way, and what lapses next."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return {"items": wallets_of(tx, member.member_id, language=language())}


@blueprint.route("/<member_id>/lots", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.arguments(LotsQuery, location="query")
@blueprint.response(200, LotsOut)
@refuses(blueprint, InvalidInput, UnknownMember, UnknownWallet)
def list_lots(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """List what is left of a wallet by lot, in the order of use, then what waits."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return lots_in(tx, member.member_id, query["wallet"])


@blueprint.route("/<member_id>/postings", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.arguments(StatementQuery, location="query")
@blueprint.response(200, StatementOut)
@refuses(blueprint, InvalidInput, UnknownMember, UnknownWallet)
def list_postings(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """List the movements in a member's wallet, newest first, with their reasons."""
    with database().look(actor=current_actor()) as tx:
        member = membership(tx, MemberId(member_id))
        return statement_in(tx, member.member_id, query, spoken=language())


@blueprint.route("/<member_id>/proof", methods=["GET"])
@allow(staff(*LOOKING))
@blueprint.response(200, ProofOut)
@refuses(blueprint, UnknownMember)
def show_proof(member_id: str) -> dict[str, Any]:
    """Hand over the sealed movements of a member, to be checked without us."""
    with database().look(actor=current_actor()) as tx:
        return member_proof(tx, membership(tx, MemberId(member_id)).member_id)


def lots_in(tx: Tx, member_id: MemberId, wallet: str) -> dict[str, Any]:
    """Return the lots of a wallet as they are answered.

    Raises:
        UnknownWallet: no version of the programme has such a wallet.
    """
    unit = known_wallet(tx, wallet)
    return {"items": [*lots_of(tx, member_id, unit), *waiting_lots(tx, member_id, unit)]}


def statement_in(
    tx: Tx, member_id: MemberId, query: dict[str, Any], *, spoken: str
) -> dict[str, Any]:
    """Return a page of a statement as it is answered.

    Raises:
        UnknownWallet: no version of the programme has such a wallet.
    """
    wanted = Wanted(
        wallet=known_wallet(tx, query["wallet"]),
        kinds=query["kind"],
        first_on=query["first_on"],
        last_on=query["last_on"],
    )
    page = statement(
        tx,
        member_id,
        language=spoken,
        before=query["before"],
        limit=query["limit"],
        wanted=wanted,
    )
    return {"items": page.items, "next_before": int(page.after) if page.after else None}
