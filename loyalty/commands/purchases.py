"""Recording a sale: once, with everything it brings about, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select

from loyalty.commands.crediting import Credit, credit_sale
from loyalty.commands.credits import Progress
from loyalty.commands.earning import Posted, post_earning
from loyalty.commands.purchase_rows import Completion, close_purchase, detail_rows
from loyalty.commands.sql import insert, table_of
from loyalty.commands.vouchers import issue_vouchers, use_vouchers
from loyalty.earning import Earning, earn
from loyalty.errors import SaleInconsistent, UnknownMember, UnknownStore
from loyalty.events import PurchaseRecorded
from loyalty.journal import Cause
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import (
    Member,
    Purchase,
    PurchaseReturn,
    Store,
)
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.queries.sales import find_sale
from loyalty.receipts import purchase_document
from loyalty.sales import SaleWrong, Totals, check_sale, counting_basis, totals_of
from loyalty.values import (
    Earned,
    IssuedVoucher,
    MemberId,
    PurchaseId,
    PurchaseReceipt,
    Sale,
)
from loyalty.vouchers import vouchers_due

NOTHING = Earning(Earned(0), ())


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
    check(sale, programme)
    spend = counting_basis(programme, sale.lines)
    totals = totals_of(sale, programme, spend)
    earning = NOTHING
    if sale.member_id is not None:
        day = programme.local_day(sale.occurred_at)
        earning = earn(programme, sale.lines, on=day, effects=sale.points_effects)
    purchase_id = PurchaseId(tx.new_id("pur"))
    row = purchase_row(purchase_id, sale, programme, totals, points=earning.earned.points)
    if not _claim(tx, row | {"posted_at": tx.now}):
        return _answer_again(tx, sale, keys)
    receipt = opening_receipt(purchase_id, sale, totals, earning.earned)
    completion = None
    if sale.member_id is not None:
        entry = _Entry(keys, sale.member_id, sale, programme, totals)
        receipt = _work_out(tx, entry, receipt)
        completion = Completion(
            purchase_id, receipt.voucher_minor, receipt.due_minor, purchase_document(receipt)
        )
    close_purchase(tx, detail_rows(purchase_id, sale.lines, earning.lines, spend), completion)
    tx.announce(PurchaseRecorded(purchase_id=purchase_id, member_id=sale.member_id or ""))
    return receipt


def opening_receipt(
    purchase_id: PurchaseId, sale: Sale, totals: Totals, earned: Earned
) -> PurchaseReceipt:
    """Return the receipt of a sale before it has moved anything of a member's."""
    return PurchaseReceipt(
        purchase_id=purchase_id,
        replayed=False,
        member_id=sale.member_id,
        total_minor=totals.total_minor,
        discount_minor=totals.discount_minor,
        voucher_minor=0,
        due_minor=totals.total_minor,
        earned=earned,
        balance=None,
        tier_before=None,
        tier=None,
    )


def purchase_row(
    purchase_id: PurchaseId, sale: Sale, programme: Programme, totals: Totals, *, points: int
) -> dict[str, Any]:
    """Return the columns of a purchase that are known before its effects."""
    return {
        "id": purchase_id,
        "store_id": sale.key.store_id,
        "till": sale.key.till,
        "business_on": sale.key.business_on,
        "sequence": sale.key.sequence,
        "member_id": sale.member_id,
        "card_id": sale.card_id,
        "staff_id": sale.staff_id,
        "currency": sale.currency,
        "occurred_at": sale.occurred_at,
        "request_hash": sale.request_hash,
        "programme_version_id": programme.version_id,
        "period": f"{programme.local_day(sale.occurred_at).year:04d}",
        "total_minor": totals.total_minor,
        "discount_minor": totals.discount_minor,
        "voucher_minor": 0,
        "due_minor": totals.total_minor,
        "basis_minor": totals.basis_minor,
        "voucher_spend_minor": totals.voucher_spend_minor,
        "points": points,
        "tenders": [{"kind": one.kind, "amount_minor": one.amount_minor} for one in sale.tenders],
    }


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
    credit = Credit(
        on=entry.day,
        spend_minor=entry.totals.basis_minor,
        voucher_spend_minor=entry.totals.voucher_spend_minor,
        earned=receipt.earned.points,
        cause=f"purchase:{receipt.purchase_id}",
    )
    moved, progress = credit_sale(tx, entry.member_id, current_programme(tx), credit)
    return replace(
        receipt,
        voucher_minor=paid,
        due_minor=receipt.total_minor - paid,
        balance=posted.balance,
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


def _claim(tx: Tx, row: dict[str, Any]) -> bool:
    """Insert the purchase; ``False`` when its key is taken, its store or its member unknown.

    Whoever comes second waits here until the first has committed, and then does nothing.
    """
    return tx.run(_claiming(tx.dialect, tuple(row)), row).first() is not None


@cache
def _claiming(dialect: str, columns: tuple[str, ...]) -> Any:
    """Return the insert that happens only for a known store and member, and a key no return has."""
    table, returned = table_of(Purchase), table_of(PurchaseReturn)
    values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    key = ("store_id", "till", "business_on", "sequence")
    known = exists().where(Store.id == values["store_id"])
    member_id = values["member_id"]
    member_known = or_(member_id.is_(None), exists().where(Member.id == member_id))
    taken = exists().where(and_(*(returned.c[name] == values[name] for name in key)))
    return (
        insert(dialect, Purchase)
        .from_select(list(columns), select(*values.values()).where(known, member_known, ~taken))
        .on_conflict_do_nothing()
        .returning(table.c.id)
    )


def _answer_again(tx: Tx, sale: Sale, keys: Keys) -> PurchaseReceipt:
    """Return the first receipt of this key, or refuse."""
    earlier = find_sale(tx, sale.key, keys=keys, request_hash=sale.request_hash)
    if earlier is not None:
        return earlier
    if tx.run(select(Store.id).where(Store.id == sale.key.store_id)).first() is None:
        raise UnknownStore(sale.key.store_id)
    assert sale.member_id is not None, "only a store, a member or the key can stop a sale"
    raise UnknownMember(sale.member_id)
