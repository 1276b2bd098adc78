"""Has this receipt number been recorded already, and with what answer?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, select

from loyalty.errors import CardMistyped, CardNotReadable, SaleConflict
from loyalty.kernel.prepared import Asked
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import LooseReturn, Purchase, PurchaseReturn
from loyalty.queries.cards import holder_question
from loyalty.queries.catalogue import articles_question
from loyalty.receipts import purchase_again, return_again
from loyalty.values import PurchaseId, PurchaseReceipt, ReturnReceipt, SaleKey


def find_sale(
    tx: Tx, key: SaleKey, *, keys: Keys, request_hash: str | None = None
) -> PurchaseReceipt | None:
    """Return the first receipt of the sale with this key; ``None`` when it is new.

    Raises:
        SaleConflict: ``request_hash`` is given and other content was recorded, or a return was.
    """
    row = tx.run(*sale_question(key)).one()
    if row.id is None:
        if request_hash is not None and row.return_id is not None:
            raise conflict(key)
        return None
    if request_hash not in {None, row.request_hash}:
        raise conflict(key)
    return purchase_again(row, keys=keys)


def sale_question(key: SaleKey) -> Asked:
    """Return what ``find_sale`` asks."""
    return _SALE_OR_RETURN, _parts(key)


def ask_ahead(
    tx: Tx,
    *,
    keys: Keys,
    card: str | None,
    skus: Sequence[str],
    eans: Sequence[str],
    key: SaleKey | None = None,
) -> None:
    """Ask for the articles, the holder of a card and the sale with a key, all at once.

    ``articles_by_codes``, ``card_holder`` and ``find_sale`` then find their answers there.
    """
    if tx.dialect != "postgresql":
        return
    questions = [] if key is None else [sale_question(key)]
    if card is not None:
        with suppress(CardNotReadable, CardMistyped):  # who asks for the card says so
            questions.append(holder_question(tx, card, keys=keys))
    questions.append(articles_question(skus, eans))
    tx.ask_ahead(*questions)


def find_return(tx: Tx, key: SaleKey, *, request_hash: str | None = None) -> ReturnReceipt | None:
    """Return the first receipt of the return with this key; ``None`` when it is new.

    Raises:
        SaleConflict: ``request_hash`` is given and other content was recorded, or a sale was.
    """
    row = tx.run(_RETURN, _parts(key)).first() or tx.run(_LOOSE, _parts(key)).first()
    if row is None:
        if request_hash is not None and tx.run(_SALE, _parts(key)).first() is not None:
            raise conflict(key)
        return None
    if request_hash not in {None, row.request_hash}:
        raise conflict(key)
    return return_again(row)


def purchase_id_of(tx: Tx, key: SaleKey) -> PurchaseId | None:
    """Return the purchase with this key; ``None`` when there is none."""
    found = tx.run(_SALE, _parts(key)).first()
    return None if found is None else PurchaseId(found.id)


def last_sequence(tx: Tx, *, store_id: str, till: str, business_on: Any) -> int:
    """Return the highest receipt number of a till on a business day, returns included; else 0."""
    highest = [
        tx.run(
            select(func.max(model.sequence)).where(
                model.store_id == store_id, model.till == till, model.business_on == business_on
            )
        ).scalar()
        for model in (Purchase, PurchaseReturn, LooseReturn)
    ]
    return max((int(one) for one in highest if one is not None), default=0)


def conflict(key: SaleKey) -> SaleConflict:
    """Return the refusal of a receipt number that stands for something else."""
    return SaleConflict(key.store_id, key.till, key.business_on, key.sequence)


def _parts(key: SaleKey) -> dict[str, Any]:
    """Return the columns of a key."""
    return {
        "store_id": key.store_id,
        "till": key.till,
        "business_on": key.business_on,
        "sequence": key.sequence,
    }


def _has_key(model: type[Purchase | PurchaseReturn | LooseReturn]) -> ColumnElement[bool]:
    names = ("store_id", "till", "business_on", "sequence")
    return and_(*(getattr(model, name) == bindparam(name) for name in names))


def _of(model: type[Purchase | PurchaseReturn | LooseReturn]) -> Select[Any]:
    return select(model.__table__).where(_has_key(model))


def _sale_or_return() -> Select[Any]:
    """Return one row in any case: the sale with a key, beside the return with the same one."""
    always = select(literal(1)).subquery()
    returned = func.coalesce(PurchaseReturn.id, LooseReturn.id).label("return_id")
    return select(Purchase.__table__, returned).select_from(
        always.outerjoin(Purchase, _has_key(Purchase))
        .outerjoin(PurchaseReturn, _has_key(PurchaseReturn))
        .outerjoin(LooseReturn, _has_key(LooseReturn))
    )


_SALE, _RETURN, _LOOSE = _of(Purchase), _of(PurchaseReturn), _of(LooseReturn)
_SALE_OR_RETURN = _sale_or_return()
