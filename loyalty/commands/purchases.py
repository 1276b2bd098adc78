"""Recording a sale: once, with everything it brings about, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from loyalty.commands.challenging import meet_challenges
from loyalty.commands.claiming import answer_again, claim, opening_receipt, purchase_row
from loyalty.commands.crediting import Credit, credit_sale
from loyalty.commands.credits import Progress
from loyalty.commands.earning import post_earning
from loyalty.commands.movements import Posted
from loyalty.commands.purchase_rows import (
    Completion,
    close_purchase,
    complete_purchase,
    detail_rows,
    insert_details,
)
from loyalty.commands.referrals import hold_referrer, referred_bought
from loyalty.commands.selling import Sold, sell
from loyalty.commands.visits import visit_of
from loyalty.commands.voucher_uses import keep_rest
from loyalty.commands.vouchers import issue_vouchers, use_vouchers
from loyalty.earning import NOTHING, earn
from loyalty.errors import CancelledByExtension, SaleInconsistent
from loyalty.events import PurchaseRecorded
from loyalty.journal import Cause
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.receipts import purchase_document
from loyalty.sales import (
    SaleWrong,
    Totals,
    asks_more,
    check_sale,
    counting_basis,
    practised,
    totals_of,
)
from loyalty.settling import waits_until
from loyalty.values import (
    IssuedVoucher,
    MemberId,
    PurchaseId,
    PurchaseReceipt,
    Sale,
)
from loyalty.vouchers import vouchers_due


def record_purchase(tx: Tx, *, keys: Keys, sale: Sale) -> PurchaseReceipt:
    """Write down a sale: points, tier credit, level and vouchers move with it, or nothing does.

    The till's own key makes it happen once: the same content again answers with the first receipt
    and ``replayed``. The programme in force when it occurred decides, however late it arrives.

    Raises:
        SaleConflict: the key stands for other content.
        SaleInconsistent, UnknownStore: the sale contradicts itself, or the shop is not ours.
        UnknownMember, MemberBlocked: the member neither earns nor spends.
        UnknownVoucher, VoucherNotUsable: a voucher cannot pay.
        NoProgramme: no programme was in force.
    """
    programme = current_programme(tx, sale.occurred_at)
    if sale.extension is not None and sale.extension.cancel:
        raise CancelledByExtension
    if sale.training:
        sale = practised(sale)
    check(sale, programme)
    purchase_id = PurchaseId(tx.new_id("pur"))
    record = _with_everything if asks_more(sale, programme) else _plainly
    hold_referrer(tx, sale.member_id)
    receipt = record(tx, keys, sale, programme, purchase_id)
    if not receipt.replayed:
        if sale.member_id is not None:
            referred_bought(
                tx,
                member_id=sale.member_id,
                purchase_id=purchase_id,
                total_minor=receipt.total_minor,
                on=programme.local_day(sale.occurred_at),
            )
            earner = sale.beneficiary_id or sale.member_id
            meet_challenges(tx, programme, earner, occurred_at=sale.occurred_at)
        tx.announce(PurchaseRecorded(purchase_id=purchase_id, member_id=sale.member_id or ""))
    return receipt


def quote_purchase(tx: Tx, *, keys: Keys, sale: Sale) -> PurchaseReceipt:
    """Return the receipt that ``record_purchase`` would give now, and leave no trace.

    Raises:
        Whatever ``record_purchase`` raises.
    """
    tx.flush()
    with tx.connection.begin_nested() as attempt:
        receipt = record_purchase(tx, keys=keys, sale=sale)
        attempt.rollback()
    return receipt


def _plainly(
    tx: Tx, keys: Keys, sale: Sale, programme: Programme, purchase_id: PurchaseId
) -> PurchaseReceipt:
    """Record a sale that fills one wallet at most: the till's usual way, with few statements."""
    spend = counting_basis(programme, sale.lines)
    totals = totals_of(sale, programme, spend)
    earning = NOTHING
    if sale.member_id is not None:
        day = programme.local_day(sale.occurred_at)
        visit = visit_of(tx, sale, programme, purchase_id)
        earning = earn(programme, sale.lines, on=day, effects=sale.points_effects, visit=visit)
    row = purchase_row(purchase_id, sale, programme, totals, points=earning.earned.points)
    if not claim(tx, row | {"posted_at": tx.now}):
        return answer_again(tx, sale, keys)
    receipt = opening_receipt(purchase_id, sale, totals, earning)
    completion = None
    if sale.member_id is not None:
        entry = _Entry(keys, sale.member_id, sale, programme, totals)
        receipt = _work_out(tx, entry, receipt)
        completion = Completion(
            purchase_id, receipt.voucher_minor, receipt.due_minor, purchase_document(receipt)
        )
    close_purchase(tx, detail_rows(purchase_id, sale.lines, earning.lines, spend), completion)
    return receipt


def _with_everything(
    tx: Tx, keys: Keys, sale: Sale, programme: Programme, purchase_id: PurchaseId
) -> PurchaseReceipt:
    """Record a sale in which points pay, several wallets move or somebody else earns."""
    row = purchase_row(purchase_id, sale, programme, totals_of(sale, programme), points=0)
    if not claim(tx, row | {"posted_at": tx.now}):
        return answer_again(tx, sale, keys)
    sold = sell(tx, keys, sale, programme, purchase_id)
    lowered = replace(sale, lines=sold.lines)
    spend = counting_basis(programme, sold.lines, sold.redeemed)
    totals = totals_of(lowered, programme, spend)
    receipt = _sold_receipt(opening_receipt(purchase_id, lowered, totals, sold.earning), sold)
    earner = sale.beneficiary_id or sale.member_id
    if earner is not None:
        receipt = _credit(tx, _Entry(keys, earner, lowered, programme, totals), receipt)
    insert_details(tx, detail_rows(purchase_id, sold.lines, sold.earning.lines, spend))
    complete_purchase(
        tx,
        purchase_id,
        {
            "total_minor": totals.total_minor,
            "discount_minor": totals.discount_minor,
            "basis_minor": totals.basis_minor,
            "voucher_spend_minor": totals.voucher_spend_minor,
            "points": sold.earning.earned.points,
            "voucher_minor": sold.voucher_minor,
            "due_minor": totals.total_minor - sold.voucher_minor,
            "redeemed_minor": sold.redeemed_minor,
            "tendered_minor": sold.tendered_minor,
            "tenders": [*row["tenders"], *sold.paid],
            "receipt": purchase_document(receipt) if sale.member_id else None,
        },
    )
    return receipt


def _sold_receipt(receipt: PurchaseReceipt, sold: Sold) -> PurchaseReceipt:
    """Return the receipt with what points, vouchers and tenders paid, and where wallets stand."""
    paid = sold.voucher_minor + sold.redeemed_minor + sold.tendered_minor
    return replace(
        receipt,
        voucher_minor=sold.voucher_minor,
        redeemed_minor=sold.redeemed_minor,
        tendered_minor=sold.tendered_minor,
        due_minor=receipt.total_minor - paid,
        pending=sold.pending,
        charged=sold.charged,
        balances=sold.balances,
    )


def check(sale: Sale, programme: Programme) -> None:
    """Refuse a sale that contradicts itself or the programme.

    Raises:
        SaleInconsistent: with the rule and the line.
    """
    try:
        check_sale(sale, programme)
    except SaleWrong as error:
        raise SaleInconsistent(error.reason, error.line_no) from error


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member's sale while it is being worked out."""

    keys: Keys
    member_id: MemberId
    sale: Sale
    programme: Programme
    totals: Totals

    @property
    def day(self) -> date:
        """Return the local day on which the sale counts."""
        return self.programme.local_day(self.sale.occurred_at)


def _work_out(tx: Tx, entry: _Entry, receipt: PurchaseReceipt) -> PurchaseReceipt:
    """Let the sale move points, vouchers and level; return the receipt that says so."""
    posted = _post(tx, entry, receipt)
    worth = use_vouchers(
        tx,
        member_id=entry.member_id,
        voucher_ids=entry.sale.voucher_ids,
        purchase_id=receipt.purchase_id,
    )
    paid = min(worth, receipt.total_minor)
    keep_rest(
        tx,
        keys=entry.keys,
        programme=entry.programme,
        member_id=entry.member_id,
        purchase_id=receipt.purchase_id,
        rest_minor=worth - paid,
    )
    due_on = waits_until(entry.programme, entry.programme.default_wallet, entry.day)
    waits = due_on is not None and due_on > entry.programme.local_day(tx.now)
    main = entry.programme.default_wallet
    receipt = replace(
        receipt,
        voucher_minor=paid,
        due_minor=receipt.total_minor - paid,
        pending={main: receipt.earned.points} if waits and receipt.earned.points else {},
        balances={main: posted.balance} if main else {},
    )
    return _credit(tx, entry, receipt)


def _credit(tx: Tx, entry: _Entry, receipt: PurchaseReceipt) -> PurchaseReceipt:
    """Let what the sale counts for lift the member who earns, and give the vouchers that follow."""
    now = current_programme(tx)
    credit = Credit(
        on=entry.day,
        spend_minor=entry.totals.basis_minor,
        voucher_spend_minor=entry.totals.voucher_spend_minor,
        earned=receipt.earned_by_unit.get(now.tier_wallet, 0),
        cause=f"purchase:{receipt.purchase_id}",
    )
    moved, progress = credit_sale(tx, entry.member_id, now, credit)
    return replace(
        receipt,
        balance=receipt.balances.get(entry.programme.default_wallet),
        tier_before=moved.before,
        tier=moved.tier,
        vouchers=_issue(tx, entry, receipt.purchase_id, progress),
    )


def _post(tx: Tx, entry: _Entry, receipt: PurchaseReceipt) -> Posted:
    """Post what the sale earns; from here on the member's wallet is ours."""
    cause = Cause(
        source=f"purchase:{receipt.purchase_id}",
        request_hash=entry.sale.request_hash,
        programme_version_id=entry.programme.version_id,
        occurred_at=entry.sale.occurred_at,
        posted_at=tx.now,
        reasons=receipt.earned.fired,
        purchase_id=receipt.purchase_id,
    )
    return post_earning(
        tx,
        member_id=entry.member_id,
        programme=entry.programme,
        points=receipt.earned.points,
        day=entry.day,
        cause=cause,
    )


def _issue(
    tx: Tx, entry: _Entry, purchase_id: PurchaseId, progress: Progress | None
) -> tuple[IssuedVoucher, ...]:
    """Give the vouchers that the cumulated spend now entitles to."""
    rule = entry.programme.vouchers
    if rule is None or progress is None:
        return ()
    due = vouchers_due(rule, spend_minor=progress.spend_minor, issued=progress.issued)
    return issue_vouchers(
        tx,
        keys=entry.keys,
        member_id=entry.member_id,
        rule=rule,
        earned_on=entry.day,
        purchase_id=purchase_id,
        count=max(0, due),
    )
