"""What members do with their offers: given, tapped, put back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from loyalty.kernel.tx import Tx
from loyalty.queries import tier_progress
from loyalty.values import MemberId
from offers.eligibility import LiveOffer, Shopper, Why, who
from offers.errors import OfferNotForMember, OfferNotLive, OfferUsedUp, UnknownOffer
from offers.events import OfferActivated, OfferGranted
from offers.models import OfferGrant, OfferRow
from offers.queries.live import live, terms
from offers.queries.member import granted_to
from offers.scoring import Reason, ReasonCode
from offers.sql import insert_into
from offers.values import GrantCause, GrantState, OfferId

UNRANKED = 1_000
"""The place of an offer in a list that has not been ranked since: behind those that were."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to a grant; ``changed`` is false when the member already had it."""

    member_id: MemberId
    offer_id: OfferId
    changed: bool


@dataclass(frozen=True, slots=True)
class Activation:
    """Where the member stands with an offer; ``changed`` is false when she already stood there."""

    member_id: MemberId
    offer_id: OfferId
    state: GrantState
    changed: bool


def grant_offer(
    tx: Tx,
    *,
    member_id: MemberId,
    offer_id: OfferId,
    cause: GrantCause = GrantCause.STAFF,
    reason: Reason | None = None,
    rank: int = 0,
) -> Granted:
    """Give a member an offer that not everybody sees. Giving it again changes nothing.

    Raises:
        UnknownOffer, OfferNotLive: there is none, or it is over.
        OfferNotForMember: it is for another tier.
    """
    found = _live_offer(tx, offer_id)
    level = tier_progress(tx, member_id).level
    why = who(found, Shopper(member=True, level=level, granted=frozenset({offer_id})))
    if why not in {None, Why.NOT_ACTIVATED}:
        raise OfferNotForMember(offer_id, why.value if why else "")
    changed = tx.run(
        insert_into(tx, OfferGrant)
        .values(
            member_id=member_id,
            offer_id=offer_id,
            state=GrantState.AVAILABLE,
            cause=cause,
            rank=rank,
            score_micro=0,
            reason=reason_as_facts(reason or Reason(ReasonCode.EVERYBODY)),
            granted_at=tx.now,
        )
        .on_conflict_do_update(
            index_elements=["member_id", "offer_id"],
            set_={"cause": cause, "granted_at": tx.now},
            where=OfferGrant.cause == GrantCause.RANKING,
        )
        .returning(OfferGrant.offer_id)
    ).first()
    if changed:
        tx.announce(OfferGranted(member_id, offer_id, cause.value))
    return Granted(member_id, offer_id, changed=changed is not None)


def activate_offer(tx: Tx, *, member_id: MemberId, offer_id: OfferId) -> Activation:
    """Have an offer work at the till for this member. Tapping twice changes nothing.

    An offer that works by itself needs no tap and is left as it is.

    Raises:
        UnknownOffer, OfferNotLive: there is none, or it is over.
        OfferNotForMember: it is for another tier, or was not given to her.
        OfferUsedUp: she has used it as often as it allows.
    """
    found = _live_offer(tx, offer_id)
    _refuse_stranger(tx, member_id, found)
    if not found.offer.activation:
        return Activation(member_id, offer_id, GrantState.AVAILABLE, changed=False)
    changed = tx.run(
        insert_into(tx, OfferGrant)
        .values(
            member_id=member_id,
            offer_id=offer_id,
            state=GrantState.ACTIVATED,
            cause=GrantCause.RANKING,
            rank=UNRANKED,
            score_micro=0,
            reason=reason_as_facts(Reason(ReasonCode.EVERYBODY)),
            granted_at=tx.now,
            activated_at=tx.now,
        )
        .on_conflict_do_update(
            index_elements=["member_id", "offer_id"],
            set_={"state": GrantState.ACTIVATED, "activated_at": tx.now},
            where=OfferGrant.state == GrantState.AVAILABLE,
        )
        .returning(OfferGrant.offer_id)
    ).first()
    if not changed and _state(tx, member_id, offer_id) is GrantState.USED:
        raise OfferUsedUp(offer_id)
    if changed:
        tx.announce(OfferActivated(member_id, offer_id))
    return Activation(member_id, offer_id, GrantState.ACTIVATED, changed=changed is not None)


def deactivate_offer(tx: Tx, *, member_id: MemberId, offer_id: OfferId) -> Activation:
    """Undo an activation. Undoing twice, or what was never tapped, changes nothing.

    Raises:
        OfferUsedUp: it was used in the meantime; there is nothing left to undo.
    """
    changed = tx.run(
        update(OfferGrant)
        .where(
            OfferGrant.member_id == member_id,
            OfferGrant.offer_id == offer_id,
            OfferGrant.state == GrantState.ACTIVATED,
        )
        .values(state=GrantState.AVAILABLE, activated_at=None)
    ).rowcount
    if not changed and _state(tx, member_id, offer_id) is GrantState.USED:
        raise OfferUsedUp(offer_id)
    return Activation(member_id, offer_id, GrantState.AVAILABLE, changed=bool(changed))


def reason_as_facts(reason: Reason) -> dict[str, object]:
    """Return a reason as a grant's row keeps it."""
    facts: dict[str, object] = {"code": reason.code.value}
    if reason.subject:
        facts["subject"] = reason.subject
    if reason.times:
        facts["times"] = reason.times
    if reason.since_on:
        facts["since_on"] = reason.since_on.isoformat()
    return facts


def _live_offer(tx: Tx, offer_id: OfferId) -> LiveOffer:
    """Return a live offer whose last day has not passed."""
    found = live(tx).index.offers.get(offer_id)
    if found is not None:
        until = found.offer.until_on
        if until is None or terms(tx).local_day <= until:
            return found
        raise OfferNotLive(offer_id)
    known = tx.run(select(OfferRow.id).where(OfferRow.id == offer_id)).first()
    raise OfferNotLive(offer_id) if known else UnknownOffer(offer_id)


def _refuse_stranger(tx: Tx, member_id: MemberId, found: LiveOffer) -> None:
    """Raise when this member may not have the offer."""
    granted = granted_to(tx, member_id) if found.offer.granted_only else frozenset()
    level = tier_progress(tx, member_id).level
    why = who(found, Shopper(member=True, level=level, granted=granted))
    if why not in {None, Why.NOT_ACTIVATED}:
        raise OfferNotForMember(found.id, why.value if why else "")


def _state(tx: Tx, member_id: MemberId, offer_id: OfferId) -> GrantState | None:
    state = tx.run(
        select(OfferGrant.state).where(
            OfferGrant.member_id == member_id, OfferGrant.offer_id == offer_id
        )
    ).scalar()
    return None if state is None else GrantState(state)
