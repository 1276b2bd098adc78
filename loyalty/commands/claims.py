"""Claims: a member says which purchase was hers; it settles by itself, or staff decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from loyalty.commands.ledger import request_digest
from loyalty.commands.sql import insert_rows, table_of
from loyalty.commands.wallets import open_member
from loyalty.errors import ClaimDecided, SourceReused, TooManyClaims, UnknownClaim
from loyalty.events import ClaimAnswered
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx
from loyalty.models import Member, Purchase, PurchaseClaim, PurchaseReturn
from loyalty.queries.claims import claim_of
from loyalty.queries.programme import current_programme
from loyalty.values import (
    Claim,
    ClaimId,
    ClaimState,
    ClaimWhy,
    MemberId,
    PurchaseId,
    ReceiptNamed,
)


def file_claim(tx: Tx, *, member_id: MemberId, receipt: ReceiptNamed, source: str) -> Claim:
    """Write down that a member claims a purchase. It waits; ``claimable`` tells whether it fits.

    The same ``source`` with the same content answers with the claim as it stands.

    Raises:
        TooManyClaims: she has claimed as many as the programme lets her.
        SourceReused: the source stands for another claim.
        UnknownMember, MemberBlocked: she claims nothing.
    """
    open_member(tx, member_id)
    digest = request_digest("claim", *_facts(receipt).values())
    row = tx.run(
        select(PurchaseClaim.id, PurchaseClaim.request_hash).where(
            PurchaseClaim.member_id == member_id, PurchaseClaim.source == source
        )
    ).first()
    if row is not None:
        if row.request_hash != digest:
            raise SourceReused(source)
        return claim_of(tx, row.id)
    _refuse_too_many(tx, member_id)
    claim_id = ClaimId(tx.new_id("clm"))
    facts = {
        "id": claim_id,
        "member_id": member_id,
        "source": source,
        "request_hash": digest,
        "state": ClaimState.WAITING,
        "why": ClaimWhy.NONE,
        "reason": "",
        "points": 0,
        "asked_at": tx.now,
        "decided_by": "",
    }
    insert_rows(tx, PurchaseClaim, [facts | _facts(receipt)])
    return claim_of(tx, claim_id)


def claimable(tx: Tx, claim: Claim) -> tuple[PurchaseId | None, ClaimWhy]:
    """Return the purchase that a claim means and why it does not settle by itself, if it does not.

    A purchase is named when exactly one fits, even if something else stands in the way.
    """
    programme = current_programme(tx)
    rule, receipt = programme.claims, claim.receipt
    rows = tx.run(_meant(receipt)).all()
    free = [row for row in rows if row.member_id is None]
    if not rows:
        return None, ClaimWhy.NOT_FOUND
    if len(free) != 1:
        return None, ClaimWhy.SEVERAL if free else _owned(rows, claim.member_id)
    purchase_id = PurchaseId(free[0].id)
    today = programme.local_day(claim.asked_at)
    joined = tx.run(select(Member.joined_on).where(Member.id == claim.member_id)).scalar_one()
    if programme.local_day(free[0].occurred_at) < joined:
        return purchase_id, ClaimWhy.BEFORE_JOINING
    if receipt.bought_on < today - timedelta(days=rule.within_days):
        return purchase_id, ClaimWhy.TOO_OLD
    returned = select(func.count()).where(PurchaseReturn.purchase_id == purchase_id)
    if tx.run(returned).scalar_one():
        return purchase_id, ClaimWhy.RETURNED
    return purchase_id, ClaimWhy.NONE if rule.automatic else ClaimWhy.BY_HAND


def note_why(tx: Tx, claim: Claim, why: ClaimWhy) -> Claim:
    """Write down why a claim waits."""
    if claim.why is not why:
        tx.run(
            update(table_of(PurchaseClaim))
            .where(PurchaseClaim.id == claim.claim_id)
            .values(why=why.value)
        )
    return claim_of(tx, claim.claim_id)


def close_claim(
    tx: Tx,
    claim: Claim,
    state: ClaimState,
    *,
    purchase_id: PurchaseId | None = None,
    points: int = 0,
    reason: str = "",
) -> Claim:
    """Write down what became of a claim, and who decided; the member is told.

    Raises:
        ClaimDecided: somebody else was faster.
    """
    closed = tx.run(
        update(table_of(PurchaseClaim))
        .where(PurchaseClaim.id == claim.claim_id, PurchaseClaim.state == ClaimState.WAITING)
        .values(
            state=state.value,
            attached_id=purchase_id,
            points=points,
            reason=reason,
            decided_at=tx.now,
            decided_by=tx.actor,
        )
    )
    if not closed.rowcount:
        raise ClaimDecided(claim.claim_id, claim_of(tx, claim.claim_id).state)
    facts = {"member": claim.member_id, "purchase": purchase_id, "points": points}
    record_audit(tx, action=f"claim-{state.value}", subject=claim.claim_id, details=facts)
    tx.announce(
        ClaimAnswered(claim_id=claim.claim_id, member_id=claim.member_id, state=state.value)
    )
    return claim_of(tx, claim.claim_id)


def waiting_claim(tx: Tx, claim_id: ClaimId) -> Claim:
    """Hold a claim that waits, until the transaction ends.

    Raises:
        UnknownClaim, ClaimDecided: there is none, or nothing is left to decide.
    """
    held = select(PurchaseClaim.id).where(PurchaseClaim.id == claim_id).with_for_update()
    if tx.run(held).first() is None:
        raise UnknownClaim(claim_id)
    claim = claim_of(tx, claim_id)
    if claim.state is not ClaimState.WAITING:
        raise ClaimDecided(claim_id, claim.state)
    return claim


def _refuse_too_many(tx: Tx, member_id: MemberId) -> None:
    rule = current_programme(tx).claims
    if rule.times is None:
        return
    since = tx.now - timedelta(days=rule.days)
    filed = select(func.count()).where(
        PurchaseClaim.member_id == member_id, PurchaseClaim.asked_at > since
    )
    if int(tx.run(filed).scalar_one()) >= rule.times:
        raise TooManyClaims(rule.times, rule.days)


def _meant(receipt: ReceiptNamed) -> Any:
    """Return the select of the purchases that a receipt can be: by its code, or number and day."""
    statement = select(Purchase.id, Purchase.member_id, Purchase.occurred_at).where(
        Purchase.training.is_(False),
        Purchase.total_minor == receipt.total_minor,
        Purchase.business_on == receipt.bought_on,
    )
    if receipt.purchase_id is not None:
        return statement.where(Purchase.id == receipt.purchase_id)
    if receipt.store_id is not None:
        statement = statement.where(Purchase.store_id == receipt.store_id)
    if receipt.till:
        statement = statement.where(Purchase.till == receipt.till)
    return statement.where(Purchase.sequence == receipt.number).limit(3)


def _owned(rows: Any, member_id: MemberId) -> ClaimWhy:
    mine = all(row.member_id == member_id for row in rows)
    return ClaimWhy.ALREADY_YOURS if mine else ClaimWhy.OTHER_MEMBER


def _facts(receipt: ReceiptNamed) -> dict[str, Any]:
    return {
        "bought_on": receipt.bought_on,
        "total_minor": receipt.total_minor,
        "number": receipt.number,
        "store_id": receipt.store_id,
        "till": receipt.till,
        "named_id": receipt.purchase_id,
    }
