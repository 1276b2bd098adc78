"""Bringing in history: many sales at once, with the same results as one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from loyalty.commands.claiming import opening_receipt, purchase_row
from loyalty.commands.import_state import Books, MemberBooks, open_books, write_books
from loyalty.commands.purchase_rows import Details, detail_rows, insert_details
from loyalty.commands.purchases import check
from loyalty.commands.sql import insert_rows
from loyalty.commands.vouchers import new_voucher, voucher_row
from loyalty.earning import NOTHING, earn
from loyalty.errors import SaleInconsistent, UnknownStore
from loyalty.journal import Cause
from loyalty.kernel.audit import record_audit
from loyalty.kernel.ids import new_id
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import (
    Purchase,
    Store,
    Voucher,
)
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.queries.sales import conflict
from loyalty.queries.sealed import IMPORTED
from loyalty.receipts import purchase_document
from loyalty.sales import Totals, counting_basis, totals_of
from loyalty.settling import book_purchase
from loyalty.values import (
    IssuedVoucher,
    PurchaseId,
    PurchaseReceipt,
    Sale,
    SaleKey,
)
from loyalty.vouchers import vouchers_due

FLUSH_EVERY = 2000
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote; ``repeated`` sales had been recorded before."""

    purchases: int
    repeated: int
    postings: int
    vouchers: int
    tier_changes: int


@dataclass(slots=True)
class _Import:
    """An import while it runs: the books it moves and the rows on their way to the tables."""

    keys: Keys
    books: Books
    purchases: Rows = field(default_factory=list)
    details: Details = field(default_factory=lambda: Details([], [], []))
    vouchers: Rows = field(default_factory=list)
    issued: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member's sale of the past, with the programme that was in force."""

    sale: Sale
    programme: Programme
    totals: Totals

    @property
    def day(self) -> date:
        """Return the local day on which the sale counts."""
        return self.programme.local_day(self.sale.occurred_at)


def import_history(
    tx: Tx,
    *,
    keys: Keys,
    sales: Sequence[Sale],
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Record sales of the past, oldest first, as if each had been recorded when it occurred.

    Points, credits, levels and vouchers come out exactly as by ``record_purchase`` at the time:
    ``posted_at`` is ``occurred_at``. Nothing is announced: nobody is written to about the past.
    A sale that is recorded already is left alone. ``progress`` hears how many are done.

    Raises:
        SaleConflict: a key stands for other content; nothing of this call is recorded.
        SaleInconsistent: a sale contradicts itself, or uses a voucher.
        UnknownStore, UnknownMember, MemberBlocked, NoProgramme: as ``record_purchase``.
    """
    ordered = sorted(sales, key=lambda sale: sale.occurred_at)
    fresh = _not_recorded(tx, ordered)
    _refuse_unknown_stores(tx, fresh)
    members = sorted({sale.member_id for sale in fresh if sale.member_id})
    run = _Import(keys, open_books(tx, members))
    for number, sale in enumerate(fresh, start=1):
        _record(tx, run, sale)
        if number % FLUSH_EVERY == 0 or number == len(fresh):
            _write(tx, run)
            if progress is not None:
                progress(number + len(ordered) - len(fresh))
    if fresh:
        first = fresh[0].occurred_at.isoformat()
        details = {"from": first, "purchases": len(fresh)}
        record_audit(tx, action=IMPORTED, subject="purchases", details=details)
    return Imported(
        purchases=len(fresh),
        repeated=len(ordered) - len(fresh),
        postings=run.books.postings,
        vouchers=run.issued,
        tier_changes=run.books.changes,
    )


def _not_recorded(tx: Tx, sales: Sequence[Sale]) -> list[Sale]:
    """Return the sales whose key is new; refuse a key that stands for other content."""
    days = {sale.key.business_on for sale in sales}
    known: dict[SaleKey, str] = {}
    if days:
        rows = tx.run(
            select(
                Purchase.store_id,
                Purchase.till,
                Purchase.business_on,
                Purchase.sequence,
                Purchase.request_hash,
            ).where(Purchase.business_on.between(min(days), max(days)))
        )
        known = {SaleKey(*tuple(row)[:-1]): row.request_hash for row in rows}
    fresh = []
    for sale in sales:
        earlier = known.setdefault(sale.key, "")
        if not earlier:
            known[sale.key] = sale.request_hash
            fresh.append(sale)
        elif earlier != sale.request_hash:
            raise conflict(sale.key)
    return fresh


def _refuse_unknown_stores(tx: Tx, sales: Sequence[Sale]) -> None:
    known = set(tx.run(select(Store.id)).scalars())
    for sale in sales:
        if sale.key.store_id not in known:
            raise UnknownStore(sale.key.store_id)


def _record(tx: Tx, run: _Import, sale: Sale) -> None:
    """Work out one sale and keep its rows for writing."""
    programme = current_programme(tx, sale.occurred_at)
    check(sale, programme)
    if sale.voucher_ids:
        raise SaleInconsistent("history does not use vouchers")
    spend = counting_basis(programme, sale.lines)
    totals = totals_of(sale, programme, spend)
    earning = NOTHING
    if sale.member_id is not None:
        day = programme.local_day(sale.occurred_at)
        earning = earn(programme, sale.lines, on=day, effects=sale.points_effects)
    purchase_id = PurchaseId(new_id("pur", sale.occurred_at))
    row = purchase_row(purchase_id, sale, programme, totals, points=earning.earned.points)
    row |= {"posted_at": sale.occurred_at, "receipt": None}
    if sale.member_id is not None:
        receipt = opening_receipt(purchase_id, sale, totals, earning)
        member = run.books.members[sale.member_id]
        receipt = _effects(run, member, _Entry(sale, programme, totals), receipt)
        row["receipt"] = purchase_document(receipt)
    run.purchases.append(row)
    details = detail_rows(purchase_id, sale.lines, earning.lines, spend)
    run.details.lines.extend(details.lines)
    run.details.shares.extend(details.shares)
    run.details.earnings.extend(details.earnings)


def _effects(
    run: _Import, member: MemberBooks, entry: _Entry, receipt: PurchaseReceipt
) -> PurchaseReceipt:
    """Let the sale move the member's books; return the receipt that she was given then."""
    cause = Cause(
        source=f"purchase:{receipt.purchase_id}",
        request_hash=entry.sale.request_hash,
        programme_version_id=entry.programme.version_id,
        occurred_at=entry.sale.occurred_at,
        posted_at=entry.sale.occurred_at,
        reasons=receipt.earned.fired,
        purchase_id=receipt.purchase_id,
    )
    book_purchase(
        member.journals,
        entry.programme,
        unit=member.journal.unit,
        points=receipt.earned.points,
        day=entry.day,
        cause=cause,
    )
    member.add_credit(
        entry.programme, entry.day, entry.totals.basis_minor, earned=receipt.earned.points
    )
    moved = member.settle(entry.programme, entry.sale.occurred_at, cause=cause.source)
    return replace(
        receipt,
        balance=member.journal.balance,
        tier_before=moved.before,
        tier=moved.tier,
        vouchers=_vouchers(run, member, entry, receipt.purchase_id),
    )


def _vouchers(
    run: _Import, member: MemberBooks, entry: _Entry, purchase_id: PurchaseId
) -> tuple[IssuedVoucher, ...]:
    """Add to the spend that earns vouchers and keep those that are due for writing."""
    rule, at = entry.programme.vouchers, entry.sale.occurred_at
    if rule is None:
        return ()
    member.spend_minor += entry.totals.voucher_spend_minor
    due = max(0, vouchers_due(rule, spend_minor=member.spend_minor, issued=member.issued))
    member.issued += due
    run.issued += due
    given = tuple(new_voucher(run.keys, rule, entry.day, new_id("vch", at)) for _ in range(due))
    run.vouchers.extend(
        voucher_row(
            run.keys, member.journal.member_id, voucher, issued_at=at, purchase_id=purchase_id
        )
        for voucher in given
    )
    return given


def _write(tx: Tx, run: _Import) -> None:
    """Write the rows that are waiting, then the books."""
    insert_rows(tx, Purchase, run.purchases)
    insert_details(tx, run.details)
    insert_rows(tx, Voucher, run.vouchers)
    run.purchases.clear()
    run.details = Details([], [], [])
    run.vouchers.clear()
    write_books(tx, run.books)
