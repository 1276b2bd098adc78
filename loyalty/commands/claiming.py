"""Claiming a receipt number: whoever comes second with it gets the first answer."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, or_, select

from loyalty.commands.sql import insert, table_of
from loyalty.earning import Earning
from loyalty.errors import UnknownMember, UnknownStore
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import LooseReturn, Member, Purchase, PurchaseReturn, Store
from loyalty.programme import Programme
from loyalty.queries.sales import find_sale
from loyalty.sales import Totals
from loyalty.values import PurchaseId, PurchaseReceipt, Sale


def opening_receipt(
    purchase_id: PurchaseId, sale: Sale, totals: Totals, earning: Earning
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
        earned=earning.earned,
        balance=None,
        tier_before=None,
        tier=None,
        earned_by_unit=earning.by_unit,
        displaced=earning.displaced,
        codes_used=earning.codes_used,
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
        "earner_id": sale.beneficiary_id,
        "reinstates_id": sale.reinstates,
        "training": sale.training,
    }


def claim(tx: Tx, row: dict[str, Any]) -> bool:
    """Insert the purchase; ``False`` when its key is taken, its store or its member unknown.

    Whoever comes second waits here until the first has committed, and then does nothing.
    """
    return tx.run(_claiming(tx.dialect, tuple(row)), row).first() is not None


@cache
def _claiming(dialect: str, columns: tuple[str, ...]) -> Any:
    """Return the insert that happens only for a known store and member, and a key no return has."""
    table, models = table_of(Purchase), (PurchaseReturn, LooseReturn)
    values = {name: bindparam(name, type_=table.c[name].type) for name in columns}
    key = ("store_id", "till", "business_on", "sequence")
    known = exists().where(Store.id == values["store_id"])
    member_id = values["member_id"]
    member_known = or_(member_id.is_(None), exists().where(Member.id == member_id))
    taken = or_(
        *(
            exists().where(*(table_of(one).c[name] == values[name] for name in key))
            for one in models
        )
    )
    return (
        insert(dialect, Purchase)
        .from_select(list(columns), select(*values.values()).where(known, member_known, ~taken))
        .on_conflict_do_nothing()
        .returning(table.c.id)
    )


def answer_again(tx: Tx, sale: Sale, keys: Keys) -> PurchaseReceipt:
    """Return the first receipt of this key, or refuse."""
    earlier = find_sale(tx, sale.key, keys=keys, request_hash=sale.request_hash)
    if earlier is not None:
        return earlier
    if tx.run(select(Store.id).where(Store.id == sale.key.store_id)).first() is None:
        raise UnknownStore(sale.key.store_id)
    assert sale.member_id is not None, "only a store, a member or the key can stop a sale"
    raise UnknownMember(sale.member_id)
