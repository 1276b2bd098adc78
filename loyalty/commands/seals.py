"""Sealing the ledger: once a day one hash stands for every posting made so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, literal, or_, select

from loyalty.commands.sql import insert_rows, table_of
from loyalty.kernel.tx import Tx
from loyalty.merkle import Leaf, day_seal, root_of
from loyalty.models import SealDay, SealLeaf, Wallet
from loyalty.queries.programme import current_programme
from loyalty.queries.proof import leaves_of


def seal_is_due(tx: Tx) -> bool:
    """Tell whether no seal was made today, or one was begun and not finished.

    Raises:
        NoProgramme: no programme is in force; its zone says what today is.
    """
    last = _last(tx)
    begun = tx.run(select(func.max(SealLeaf.number))).scalar() or 0
    if begun > (last.number if last else 0):
        return True
    return last is None or last.sealed_on < current_programme(tx).local_day(tx.now)


def seal_ledger(tx: Tx, *, limit: int = 2000) -> int:
    """Seal what was posted since the last seal, up to ``limit`` wallets; return how many.

    Wallets are collected in batches; the day is closed by the call that finds no more, which
    returns zero. Nothing is sealed when nothing was posted.
    """
    last = _last(tx)
    number = (last.number if last else 0) + 1
    rows = tx.run(_unsealed(number, limit)).all()
    if rows:
        insert_rows(tx, SealLeaf, [row._asdict() for row in rows])
        return len(rows)
    leaves = leaves_of(tx, number)
    if leaves:
        _close(tx, number, leaves, previous=last.seal if last else "")
    return 0


def _close(tx: Tx, number: int, leaves: Sequence[Leaf], *, previous: str) -> None:
    on, root = current_programme(tx).local_day(tx.now), root_of(leaves)
    row = {
        "number": number,
        "sealed_on": on,
        "wallets": len(leaves),
        "postings": sum(leaf.to_seq - leaf.from_seq + 1 for leaf in leaves),
        "root": root,
        "previous": previous,
        "seal": day_seal(number, on.isoformat(), root, previous),
        "made_at": tx.now,
    }
    insert_rows(tx, SealDay, [row])


def _last(tx: Tx) -> Any:
    return tx.run(select(SealDay).order_by(SealDay.number.desc()).limit(1)).first()


def _unsealed(number: int, limit: int) -> Any:
    """Return the statement for wallets with postings that no leaf holds, after the last leaf."""
    leaf = table_of(SealLeaf)
    sealed = (
        select(func.coalesce(func.max(leaf.c.to_seq), 0))
        .where(leaf.c.member_id == Wallet.member_id, leaf.c.unit == Wallet.unit)
        .correlate(table_of(Wallet))
        .scalar_subquery()
    )
    mine = select(leaf.c.member_id, leaf.c.unit).where(leaf.c.number == number)
    last = mine.order_by(leaf.c.member_id.desc(), leaf.c.unit.desc()).limit(1).subquery()
    begun = select(last.c.member_id).scalar_subquery()
    begun_unit = select(last.c.unit).scalar_subquery()
    after = or_(
        begun.is_(None),
        Wallet.member_id > begun,
        and_(Wallet.member_id == begun, Wallet.unit > begun_unit),
    )
    return (
        select(
            Wallet.member_id,
            Wallet.unit,
            literal(number).label("number"),
            (sealed + 1).label("from_seq"),
            Wallet.seq.label("to_seq"),
            Wallet.head,
        )
        .where(after, Wallet.seq > sealed)
        .order_by(Wallet.member_id, Wallet.unit)
        .limit(limit)
    )
