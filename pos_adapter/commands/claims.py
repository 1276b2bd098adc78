"""Purchases made without the card: claimed, settled by themselves or by staff."""

from __future__ import annotations

from loyalty.commands import (
    attach_purchase,
    claimable,
    close_claim,
    file_claim,
    level_at,
    note_why,
    waiting_claim,
)
from loyalty.errors import PurchaseNotFree
from loyalty.kernel.clock import local
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme, purchase_detail, settled_lines
from loyalty.values import (
    Claim,
    ClaimId,
    ClaimState,
    ClaimWhy,
    MemberId,
    PointsEffect,
    PurchaseId,
    ReceiptNamed,
    SaleLine,
)
from offers.queries import price_basket
from offers.values import Basket, BasketLine


def claim_purchase(
    tx: Tx, *, keys: Keys, member_id: MemberId, receipt: ReceiptNamed, source: str
) -> Claim:
    """Claim a purchase for a member. It settles now if it is there, free, and fits in every way.

    What cannot settle waits for staff, and says why; one that is hers already is refused at once.
    The same ``source`` again answers with the claim as it stands.

    Raises:
        TooManyClaims, SourceReused, UnknownMember, MemberBlocked: nothing was written.
    """
    claim = file_claim(tx, member_id=member_id, receipt=receipt, source=source)
    return _try(tx, keys, claim) if claim.state is ClaimState.WAITING else claim


def settle_waiting(tx: Tx, *, keys: Keys, claim_id: ClaimId) -> Claim:
    """Try again to settle a claim that waits: its sale may have been sent late.

    Raises:
        UnknownClaim, ClaimDecided: there is nothing to settle.
    """
    return _try(tx, keys, waiting_claim(tx, claim_id))


def decide_claim(
    tx: Tx,
    *,
    keys: Keys,
    claim_id: ClaimId,
    accept: bool,
    reason: str,
    purchase_id: PurchaseId | None = None,
) -> Claim:
    """Accept a claim, which gives the purchase to the member, or refuse it, with a reason.

    Staff may accept what came too late or was bought before she joined, and name the purchase
    themselves. The member reads the reason.

    Raises:
        UnknownClaim, ClaimDecided: there is nothing to decide.
        UnknownPurchase, PurchaseNotFree: it cannot be given to her; nothing was decided.
    """
    claim = waiting_claim(tx, claim_id)
    if not accept:
        return close_claim(tx, claim, ClaimState.REFUSED, reason=reason)
    meant = purchase_id or claimable(tx, claim)[0]
    if meant is None:
        raise PurchaseNotFree(PurchaseId(""), ClaimWhy.NOT_FOUND.value)
    return _attach(tx, keys, claim, meant, state=ClaimState.ACCEPTED, reason=reason)


def _try(tx: Tx, keys: Keys, claim: Claim) -> Claim:
    purchase_id, why = claimable(tx, claim)
    if why is ClaimWhy.ALREADY_YOURS:
        claim = note_why(tx, claim, why)
        return close_claim(tx, claim, ClaimState.REFUSED, reason="")
    if purchase_id is None or why is not ClaimWhy.NONE:
        return note_why(tx, claim, why)
    note_why(tx, claim, why)
    return _attach(tx, keys, claim, purchase_id, state=ClaimState.SETTLED)


def _attach(
    tx: Tx,
    keys: Keys,
    claim: Claim,
    purchase_id: PurchaseId,
    *,
    state: ClaimState,
    reason: str = "",
) -> Claim:
    receipt = attach_purchase(
        tx,
        keys=keys,
        member_id=claim.member_id,
        purchase_id=purchase_id,
        effects=_effects(tx, claim.member_id, purchase_id),
    )
    points = receipt.earned.points
    return close_claim(tx, claim, state, purchase_id=purchase_id, points=points, reason=reason)


def _effects(tx: Tx, member_id: MemberId, purchase_id: PurchaseId) -> tuple[PointsEffect, ...]:
    """Return the points that the offers of the purchase's day would have given her.

    Money that they would have taken off stays paid: the till has closed that sale.
    """
    detail, programme = purchase_detail(tx, purchase_id), current_programme(tx)
    at = detail.purchase.occurred_at
    basket = Basket(
        store_id=detail.key.store_id,
        business_on=detail.key.business_on,
        lines=tuple(_basket_line(line) for line in settled_lines(tx, purchase_id)),
        local_time=local(at, str(programme.zone)).time(),
    )
    level = level_at(tx, member_id, at)
    priced = price_basket(
        tx, basket=basket, member_id=member_id, level=level, language="fr", as_of=at
    )
    return priced.points_effects


def _basket_line(line: SaleLine) -> BasketLine:
    return BasketLine(
        line_no=line.line_no,
        sku=line.sku,
        name=line.name,
        category=line.category,
        brand=line.brand,
        labels=tuple(sorted(line.labels)),
        kind=line.kind,
        quantity_milli=line.quantity_milli,
        unit_price_minor=line.unit_price_minor,
        gross_minor=line.gross_minor,
        tax_bp=line.tax_bp,
    )
