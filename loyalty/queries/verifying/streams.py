"""What takes more than SQL to prove: seals of the chain, levels that follow from credits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, func, select, tuple_

from loyalty.chain import genesis, posting_digest, seal
from loyalty.kernel.tx import Tx
from loyalty.models import Posting, TierCredit, TierStanding, Wallet
from loyalty.queries.programme import current_programme
from loyalty.queries.verifying.rule import Finding
from loyalty.tiers import Spend, period_of, previous_period, standing_on
from loyalty.values import NO_TIER

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


def first_wrong_level(tx: Tx, progress: Progress) -> Finding | None:
    """Return the first member whose level does not follow from her credits.

    Levels that still await their review are left out; an assigned floor that ran out since the
    last movement may still show.
    """
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    period = period_of(today)
    done = 0
    for row in tx.run(_standings(period)):
        done += 1
        spend = Spend(row.this or 0, row.previous or 0)
        floor = Spend(spend.this_minor, spend.previous_minor, row.assigned_level)
        deserved = {standing_on(programme.tiers, today, one).level for one in (spend, floor)}
        if row.level not in deserved:
            detail = f"stands at {row.level}, deserves {min(deserved)}"
            return Finding("tier-level", row.member_id, detail)
    progress("tier-level", done, done)
    return None


def _standings(period: str) -> Any:
    credit = select(TierCredit.spend_minor).where(TierCredit.member_id == TierStanding.member_id)
    before = previous_period(period)
    return (
        select(
            TierStanding.member_id,
            TierStanding.level,
            func.coalesce(TierStanding.assigned_level, NO_TIER).label("assigned_level"),
            credit.where(TierCredit.period == period).scalar_subquery().label("this"),
            credit.where(TierCredit.period == before).scalar_subquery().label("previous"),
        )
        .where(TierStanding.reviewed_period == period)
        .order_by(TierStanding.member_id)
    )


def _in_batches(tx: Tx) -> Iterator[Any]:
    """Yield every posting by member, unit and seq, a bounded number at a time in memory."""
    key = tuple_(Posting.member_id, Posting.unit, Posting.seq)
    statement = select(Posting).order_by(Posting.member_id, Posting.unit, Posting.seq).limit(BATCH)
    rows = tx.run(statement).all()
    while rows:
        yield from rows
        last = rows[-1]
        rows = tx.run(statement.where(key > (last.member_id, last.unit, last.seq))).all()
