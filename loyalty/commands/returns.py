"""Recording a return: everything the articles brought about goes back exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import exists, select

from loyalty.commands.challenging import meet_challenges
from loyalty.commands.giving_back import give_back, split_of
from loyalty.commands.referrals import hold_referrer, referred_returned
from loyalty.commands.return_effects import (
    Coming,
    balances,
    cancel_vouchers,
    fired_back,
    give_vouchers_back,
    lower_credit,
    take_back_points,
    uncounted_spend,
)
from loyalty.commands.return_rows import amount_rows, line_rows, return_row
from loyalty.commands.sold_to import purchase_now
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import (
    CancelledByExtension,
    NothingToReturn,
    UnknownStore,
)
from loyalty.events import PurchaseReturned
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseReturn, ReturnAmount, ReturnLine, Store
from loyalty.queries.programme import current_programme, programme_of
from loyalty.queries.purchases import returned_amounts, returned_quantities
from loyalty.queries.returning import earlier_totals, goods_of
from loyalty.queries.sales import find_return
from loyalty.returning import Back, Goods, spread_amount
from loyalty.settling import settle
from loyalty.values import MemberId, Returned, ReturnId, ReturnReceipt

NOBODY: dict[MemberId, Journals] = {}


def record_return(tx: Tx, *, returned: Returned) -> ReturnReceipt:
    """Write down that articles came back; money, points, credit, offers and vouchers follow.

    Lines come back, or an amount of money for none, or the whole of what is left; a void undoes
    the visit too. Any sequence of partial returns ends where one return of the same articles
    would. The till's own key makes it happen once: the same content again answers with the first
    receipt.

    Raises:
        SaleConflict: the key stands for other content, or for a sale.
        UnknownPurchase, UnknownStore: nothing was recorded.
        NothingToReturn: a line is not on the receipt, or less of it is left.
        CancelledByExtension: an extension said no.
    """
    if returned.extension is not None and returned.extension.cancel:
        raise CancelledByExtension
    purchase = purchase_now(tx, returned.purchase_id)
    hold_referrer(tx, purchase.member_id, returning=purchase.id)
    purchase, opened = _held(tx, purchase)
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
    receipt = _settle(tx, coming, opened, receipt)
    insert_rows(tx, PurchaseReturn, [return_row(tx, coming, receipt, uncounted_spend(coming))])
    insert_rows(tx, ReturnLine, line_rows(coming))
    insert_rows(tx, ReturnAmount, amount_rows(coming))
    kept_minor = purchase.total_minor - coming.goods.value(coming.back)
    referred_returned(tx, purchase, kept_minor=kept_minor, cause=f"return:{coming.return_id}")
    if opened:
        meet_challenges(tx, coming.programme, coming.earner_id, occurred_at=purchase.occurred_at)
    member_id, return_id = purchase.member_id or "", coming.return_id
    tx.announce(PurchaseReturned(purchase_id=purchase.id, return_id=return_id, member_id=member_id))
    return receipt


def _held(tx: Tx, purchase: Any) -> tuple[Any, dict[MemberId, Journals]]:
    """Hold the purchase and its wallets; it may have become somebody's while it was waited for."""
    opened = _lock(tx, purchase)
    found = purchase_now(tx, purchase.id)
    if found.member_id is not None and not opened:
        opened = _lock(tx, found)
    return found, opened


def _lock(tx: Tx, purchase: Any) -> dict[MemberId, Journals]:
    """Hold the wallets of who paid and who earned, then the purchase: its returns queue here."""
    opened = NOBODY
    if purchase.member_id is not None:
        programme = current_programme(tx)
        people = {purchase.member_id, purchase.earner_id or purchase.member_id}
        others = [unit for unit in programme.wallets if unit != programme.main_unit]
        opened = open_members(tx, sorted(people), others)
    tx.run(select(Purchase.id).where(Purchase.id == purchase.id).with_for_update())
    return opened


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
    had_back = Back(returned_quantities(tx, purchase.id), returned_amounts(tx, purchase.id))
    return Coming(
        return_id=ReturnId(tx.new_id("ret")),
        returned=returned,
        purchase=purchase,
        programme=programme,
        goods=goods,
        before=earlier_totals(tx, purchase.id),
        had_back=had_back,
        back=_with_this(returned, goods, had_back),
    )


def _with_this(returned: Returned, goods: Goods, had_back: Back) -> Back:
    """Return all that has come back with this return.

    Raises:
        NothingToReturn: a line is not on the receipt, or less of it is left.
    """
    if returned.whole or returned.void:
        everything = goods.everything.quantities
        if {no: n for no, n in had_back.quantities.items() if n} == everything:
            raise NothingToReturn(returned.purchase_id, 0, 0)
        return Back(everything, had_back.amounts)
    quantities = dict(had_back.quantities)
    for one in returned.lines:
        sold = goods.lines[one.line_no].quantity_milli if one.line_no in goods.lines else 0
        left = sold - quantities.get(one.line_no, 0)
        if not 0 < one.quantity_milli <= left:
            raise NothingToReturn(returned.purchase_id, one.line_no, left)
        quantities[one.line_no] = quantities.get(one.line_no, 0) + one.quantity_milli
    back = Back(quantities, had_back.amounts)
    if returned.amount_minor is None:
        if not returned.lines:
            raise NothingToReturn(returned.purchase_id, 0, 0)
        return back
    more = spread_amount(goods.lines, back, returned.amount_minor)
    if more is None:
        raise NothingToReturn(returned.purchase_id, 0, 0)
    amounts = {no: back.amounts.get(no, 0) + more.get(no, 0) for no in {**back.amounts, **more}}
    return Back(quantities, amounts)


def _refund(coming: Coming) -> int:
    """Return the money to hand out now.

    Money goes back first and never exceeds what was paid in money; tenders and vouchers follow
    it. What redeemed points had paid goes back as points.
    """
    now, before = split_of(coming, coming.back), split_of(coming, coming.had_back)
    return now.money_minor - before.money_minor


def _offers(coming: Coming) -> tuple[str, ...]:
    """Return the offers of which the last line came back with this return."""
    goods = coming.goods
    return tuple(
        sorted(goods.complete_offers(coming.back) - goods.complete_offers(coming.had_back))
    )


def _settle(
    tx: Tx, coming: Coming, opened: dict[MemberId, Journals], receipt: ReturnReceipt
) -> ReturnReceipt:
    """Let spent points come back, then earned points, credit, level and vouchers follow."""
    programme = current_programme(tx)
    for journals in opened.values():
        settle(journals, programme, tx.now)
    mine = opened.get(coming.purchase.member_id, {})
    given = give_back(tx, coming, mine)
    if not opened:
        return replace(receipt, gift_cards=given.gift_cards)
    theirs = opened[coming.earner_id]
    taken = take_back_points(tx, coming, theirs)
    write_wallets(tx, [journal for journals in opened.values() for journal in journals.values()])
    moved = lower_credit(tx, coming)
    main = coming.programme.default_wallet
    return replace(
        receipt,
        points=-taken.points.get(main, 0),
        balance=theirs[main].balance if main in theirs else None,
        tier_before=moved.before,
        tier=moved.tier,
        cancelled_vouchers=cancel_vouchers(tx, coming),
        restored_vouchers=give_vouchers_back(tx, coming, _paid_otherwise(coming)),
        earned_by_unit={unit: -points for unit, points in taken.points.items()},
        fired=fired_back(coming),
        pending={unit: -points for unit, points in taken.pending.items()},
        charged={unit: -points for unit, points in given.points.items()},
        lost=given.lost,
        forgiven=taken.forgiven,
        balances=balances(mine, programme),
        gift_cards=given.gift_cards,
    )


def _paid_otherwise(coming: Coming) -> int:
    """Return what of all that is back something else than vouchers paid at most."""
    purchase = coming.purchase
    split = split_of(coming, coming.back)
    other: int = purchase.due_minor - purchase.redeemed_minor + split.redeemed_minor
    return other
