"""Settling a sale: once, whoever sends it however often."""

from __future__ import annotations

from loyalty.commands import record_purchase
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import find_sale
from loyalty.values import PurchaseReceipt, Sale
from offers.commands import use_offers
from offers.values import PricedBasket
from pos_adapter.basket import quoted_amounts, sale_hash
from pos_adapter.commands.days import MAX_DAYS_LATE, check_day
from pos_adapter.errors import (
    CardCannotSpend,
    CouponWithoutEffect,
    QuoteChanged,
    TendersDiffer,
)
from pos_adapter.promotions import as_earned
from pos_adapter.queries.asking import ask_about
from pos_adapter.queries.cards import holder_of
from pos_adapter.queries.quotes import AMOUNTS, Priced, price
from pos_adapter.receipts import receipt_code
from pos_adapter.values import SaleClaim, Settled, Trust


def commit_sale(
    tx: Tx,
    *,
    keys: Keys,
    claim: SaleClaim,
    language: str,
    most_days_late: int = MAX_DAYS_LATE,
) -> Settled:
    """Record a sale with all that follows from it: points, tier, vouchers, offers used.

    The server prices the basket again; what the till showed only serves to notice a difference.
    The same content under the same store, till, business day and sequence gives the first answer,
    with ``replayed``, even when card, prices or vouchers have changed since.

    Raises:
        SaleConflict: the same identity stands for another content; nothing was stored.
        QuoteChanged: it no longer costs or earns what was shown; nothing was stored.
        CouponWithoutEffect: all coupons were to have one.
        CardCannotSpend, TendersDiffer: the card only identifies; too much or little was paid.
        DayRefused: its time or business day cannot be right.
        LimitReached, BudgetExceeded: an offer ran out between quote and sale: quote again.
        Whatever ``quote`` raises.
    """
    content = sale_hash(claim)
    ask_about(tx, keys=keys, claim=claim.basket, key=claim.key)
    earlier = find_sale(tx, claim.key, keys=keys, request_hash=content)
    if earlier is not None:
        return Settled(claim.key, earlier, receipt_code(earlier.purchase_id))
    check_day(tx, claim.key, claim.occurred_at, most_days_late=most_days_late)
    _check_trust(claim)
    priced = price(
        tx,
        keys=keys,
        claim=claim.basket,
        language=language,
        paid_at=claim.priced_at or claim.occurred_at,
        with_points=claim.quote_hash is not None,
    )
    _check_quote(claim, priced)
    _check_tenders(claim, priced)
    sale = _sale(tx, keys, claim, priced, content)
    with tx.together():
        receipt = record_purchase(tx, keys=keys, sale=sale)
        basket = as_earned(priced.basket, receipt.earned)
        _check_codes(claim, receipt)
        if not (receipt.replayed or claim.training):
            _use_offers(tx, claim, receipt, basket)
    return Settled(claim.key, receipt, receipt_code(receipt.purchase_id), basket)


def _use_offers(tx: Tx, claim: SaleClaim, receipt: PurchaseReceipt, basket: PricedBasket) -> None:
    """Count what the offers gave against their limits and budgets."""
    use_offers(
        tx,
        member_id=receipt.member_id,
        purchase_id=receipt.purchase_id,
        applied=basket.applied,
        at=claim.occurred_at,
        business_on=claim.key.business_on,
        is_new=True,
    )


_MEMBERS_OWN = frozenset({"wallet", "points"})
"""Tenders that take from what the programme keeps for the member."""


def _check_quote(claim: SaleClaim, priced: Priced) -> None:
    """Compare what was quoted with what is due now."""
    if claim.quote_hash is None or claim.quote_hash == priced.fingerprint:
        return
    quoted = quoted_amounts(claim.quote_hash, AMOUNTS) or {}
    raise QuoteChanged(
        differences=[
            {"what": name, "quoted": quoted.get(name), "now": amount}
            for name, amount in priced.amounts.items()
            if quoted.get(name) != amount
        ],
        quote_hash=priced.fingerprint,
    )


def _check_tenders(claim: SaleClaim, priced: Priced) -> None:
    """Compare what was paid with what is due, for tills that say how it was paid."""
    tendered = sum(tender.amount_minor or 0 for tender in claim.tenders)
    due = priced.amounts["due_minor"]
    if claim.tenders and not claim.part_paid and tendered != due:
        raise TendersDiffer(due_minor=due, tendered_minor=tendered)


def _check_codes(claim: SaleClaim, receipt: PurchaseReceipt) -> None:
    """Refuse the sale for a coupon without effect, if the till wants that."""
    for code in claim.basket.codes if claim.codes_must_apply else ():
        if code not in receipt.codes_used:
            raise CouponWithoutEffect(code)


def _check_trust(claim: SaleClaim) -> None:
    """Refuse to spend what belongs to the member on a card that anybody may have copied."""
    card = claim.basket.card
    if card is None and claim.spending:
        raise CardCannotSpend
    if card is None or card.trust is Trust.SPEND:
        return
    kept = any(tender.kind in _MEMBERS_OWN for tender in claim.tenders)
    if claim.spending or claim.basket.voucher_codes or kept:
        raise CardCannotSpend


def _sale(tx: Tx, keys: Keys, claim: SaleClaim, priced: Priced, content: str) -> Sale:
    """Return the sale as the ledger records it."""
    holder, friend = priced.holder, claim.beneficiary
    gainer = holder_of(tx, keys=keys, shown=friend).member_id if friend else None
    return Sale(
        key=claim.key,
        occurred_at=claim.occurred_at,
        currency=claim.basket.currency,
        lines=priced.lines,
        request_hash=content,
        member_id=holder.member_id if holder else None,
        card_id=holder.card_id if holder else None,
        staff_id=claim.staff_id,
        points_effects=priced.basket.points_effects if holder else (),
        voucher_ids=(*(one.voucher_id for one in priced.vouchers), *claim.voucher_ids),
        tenders=claim.tenders,
        codes=claim.basket.codes,
        spending=claim.spending,
        beneficiary_id=gainer,
        extension=claim.extension,
        training=claim.training,
        offline=claim.offline,
        reinstates=claim.reinstates,
    )
