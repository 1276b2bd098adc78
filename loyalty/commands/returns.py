"""Recording a return: everything the articles brought about goes back exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import exists, select

from loyalty.commands.return_effects import (
    Coming,
    cancel_vouchers,
    give_vouchers_back,
    lower_credit,
    take_back_points,
    uncounted_spend,
)
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import open_wallets, write_wallets
from loyalty.errors import NothingToReturn, UnknownPurchase, UnknownStore
from loyalty.events import PurchaseReturned
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseReturn, ReturnLine, Store
from loyalty.queries.programme import programme_of
from loyalty.queries.purchases import returned_quantities
from loyalty.queries.returning import earlier_totals, goods_of
from loyalty.queries.sales import find_return
from loyalty.receipts import return_document
from loyalty.returning import Back, paid_for
from loyalty.values import PurchaseId, Returned, ReturnId, ReturnReceipt


def record_return(tx: Tx, *, returned: Returned) -> ReturnReceipt:
    """Write down that articles came back; money, points, credit, offers and vouchers follow.

    Any sequence of partial returns ends where one return of the same articles would. The till's
    own key makes it happen once: the same content again answers with the first receipt.

    Raises:
        SaleConflict: the key stands for other content, or for a sale.
        UnknownPurchase, UnknownStore: nothing was recorded.
        NothingToReturn: a line is not on the receipt, or less of it is left.
    """
    purchase = _purchase(tx, returned.purchase_id)
    journal = _lock(tx, purchase)
    earlier = find_return(tx, returned.key, request_hash=returned.request_hash)
    if earlier is not None:
        return earlier
    _refuse_unknown_store(tx, returned)
    coming = _coming(tx, returned, purchase)
    receipt = ReturnReceipt(
        return_id=coming.return_id,
        purchase_id=purchase.id,
        replayed=False,
        refund_minor=_refund(coming),
        points=0,
        spend_minor=coming.basis_minor,
        balance=None,
        tier_before=None,
        tier=None,
        offers_given_back=_offers(coming),
    )
    if journal is not None:
        receipt = _settle(tx, coming, journal, receipt)
    insert_rows(tx, PurchaseReturn, [_return_row(tx, coming, receipt)])
    insert_rows(tx, ReturnLine, _line_rows(coming))
    tx.announce(
        PurchaseReturned(
            purchase_id=purchase.id,
            return_id=coming.return_id,
            member_id=purchase.member_id or "",
        )
    )
    return receipt


def _purchase(tx: Tx, purchase_id: PurchaseId) -> Any:
    row = tx.run(select(Purchase).where(Purchase.id == purchase_id)).first()
    if row is None:
        raise UnknownPurchase(purchase_id)
    return row


def _lock(tx: Tx, purchase: Any) -> Journal | None:
    """Hold the member's wallet, then the purchase: returns of one purchase queue here."""
    journal = None
    if purchase.member_id is not None:
        journal = open_wallets(tx, [purchase.member_id])[purchase.member_id]
    tx.run(select(Purchase.id).where(Purchase.id == purchase.id).with_for_update())
    return journal


def _refuse_unknown_store(tx: Tx, returned: Returned) -> None:
    known = tx.run(select(exists().where(Store.id == returned.key.store_id))).scalar()
    if not known:
        raise UnknownStore(returned.key.store_id)


def _coming(tx: Tx, returned: Returned, purchase: Any) -> Coming:
    """Read the purchase as it stands and add what comes back now.

    Raises:
        NothingToReturn: a line is not on the receipt, or less of it is left.
    """
    programme = programme_of(tx, purchase.programme_version_id)
    goods = goods_of(tx, purchase.id, programme)
    had_back = Back(returned_quantities(tx, purchase.id))
    back = dict(had_back.quantities)
    for one in returned.lines:
        sold = goods.lines[one.line_no].quantity_milli if one.line_no in goods.lines else 0
        left = sold - back.get(one.line_no, 0)
        if not 0 < one.quantity_milli <= left:
            raise NothingToReturn(purchase.id, one.line_no, left)
        back[one.line_no] = back.get(one.line_no, 0) + one.quantity_milli
    if not returned.lines:
        raise NothingToReturn(purchase.id, 0, 0)
    return Coming(
        return_id=ReturnId(tx.new_id("ret")),
        returned=returned,
        purchase=purchase,
        programme=programme,
        goods=goods,
        before=earlier_totals(tx, purchase.id),
        had_back=had_back,
        back=Back(back),
    )


def _refund(coming: Coming) -> int:
    """Return the money to hand out now.

    Money goes back first and never exceeds what was paid in money; vouchers follow it.
    """
    due: int = coming.purchase.due_minor
    return min(coming.goods.value(coming.back), due) - min(coming.before.value_minor, due)


def _offers(coming: Coming) -> tuple[str, ...]:
    """Return the offers of which the last line came back with this return."""
    goods = coming.goods
    return tuple(
        sorted(goods.complete_offers(coming.back) - goods.complete_offers(coming.had_back))
    )


def _settle(tx: Tx, coming: Coming, journal: Journal, receipt: ReturnReceipt) -> ReturnReceipt:
    """Let points, credit, level and vouchers follow what came back."""
    taken = take_back_points(tx, coming, journal)
    write_wallets(tx, [journal])
    moved = lower_credit(tx, coming)
    return replace(
        receipt,
        points=-taken,
        balance=journal.balance,
        tier_before=moved.before,
        tier=moved.tier,
        cancelled_vouchers=cancel_vouchers(tx, coming),
        restored_vouchers=give_vouchers_back(tx, coming),
    )


def _return_row(tx: Tx, coming: Coming, receipt: ReturnReceipt) -> dict[str, Any]:
    key, member_id = coming.returned.key, coming.purchase.member_id
    return {
        "id": coming.return_id,
        "purchase_id": coming.purchase.id,
        "store_id": key.store_id,
        "till": key.till,
        "business_on": key.business_on,
        "sequence": key.sequence,
        "member_id": member_id,
        "staff_id": coming.returned.staff_id,
        "occurred_at": coming.returned.occurred_at,
        "posted_at": tx.now,
        "request_hash": coming.returned.request_hash,
        "value_minor": coming.goods.value(coming.back) - coming.before.value_minor,
        "refund_minor": receipt.refund_minor,
        "basis_minor": coming.basis_minor,
        "voucher_spend_minor": uncounted_spend(coming) if member_id else 0,
        "points": coming.points_due,
        "points_taken": -receipt.points,
        "receipt": return_document(receipt),
    }


def _line_rows(coming: Coming) -> list[dict[str, Any]]:
    """Return one row for each line that came back, with the money that was paid for it."""
    rows = []
    for line_no in sorted({one.line_no for one in coming.returned.lines}):
        line = coming.goods.lines[line_no]
        now = coming.back.quantities[line_no]
        before = coming.had_back.quantities.get(line_no, 0)
        rows.append(
            {
                "return_id": coming.return_id,
                "line_no": line_no,
                "quantity_milli": now - before,
                "paid_minor": paid_for(line, now) - paid_for(line, before),
            }
        )
    return rows
