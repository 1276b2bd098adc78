"""What takes more than SQL to prove: the seals of the chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, func, select, tuple_

from loyalty.chain import genesis, posting_digest, seal
from loyalty.kernel.tx import Tx
from loyalty.models import Posting, Wallet
from loyalty.queries.verifying.rule import Finding

BATCH = 5000

Progress = Callable[[str, int, int], None]
"""Hears the rule, how many rows are done and how many there are."""


def silent(rule: str, done: int, total: int) -> None:
    """Report nothing."""
    del rule, done, total


def first_broken_seal(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first posting whose seal does not follow from its content and the one before."""
    total = tx.run(select(func.count()).select_from(Posting)).scalar_one()
    owner: tuple[str, str] | None = None
    head = ""
    for done, row in enumerate(_in_batches(tx), start=1):
        if (row.member_id, row.unit) != owner:
            owner = (row.member_id, row.unit)
            head = genesis(*owner)
        digest = posting_digest(row._asdict())
        head = seal(head, seq=row.seq, balance=row.balance, digest=digest)
        if head != row.hash:
            return Finding("chain", f"{row.member_id}/{row.unit}/{row.seq}", "the seal is broken")
        if done % BATCH == 0 or done == total:
            progress("chain", done, total)
    return None


def first_broken_head(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first wallet whose head is not the seal of its last posting."""
    last = and_(
        Posting.member_id == Wallet.member_id,
        Posting.unit == Wallet.unit,
        Posting.seq == Wallet.seq,
    )
    rows = tx.run(
        select(Wallet.member_id, Wallet.unit, Wallet.head, Posting.hash)
        .outerjoin(Posting, last)
        .order_by(Wallet.member_id, Wallet.unit)
    )
    done = 0
    for member_id, unit, head, hash_ in rows:
        done += 1
        if head != (hash_ or genesis(member_id, unit)):
            return Finding("chain-head", f"{member_id}/{unit}", "the head is not the last seal")
    progress("chain-head", done, done)
    return None


def _in_batches(tx: Tx) -> Iterator[Any]:
    """Yield every posting by member, unit and seq, a bounded number at a time in memory."""
    key = tuple_(Posting.member_id, Posting.unit, Posting.seq)
    statement = select(Posting).order_by(Posting.member_id, Posting.unit, Posting.seq).limit(BATCH)
    rows = tx.run(statement).all()
    while rows:
        yield from rows
        last = rows[-1]
        rows = tx.run(statement.where(key > (last.member_id, last.unit, last.seq))).all()
