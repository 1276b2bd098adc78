"""Opening wallets under a lock and writing what was posted to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, update

from loyalty.commands.sql import Upsert, insert, insert_rows, table_of
from loyalty.errors import MemberBlocked, UnknownMember
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.lots import Lot as LotState
from loyalty.models import Give, Lot, Member, Posting, Take, Wallet
from loyalty.values import POINTS, MemberId, MemberState

_WALLET = (
    Wallet.member_id,
    Wallet.unit,
    Wallet.balance,
    Wallet.held,
    Wallet.lifetime_earned,
    Wallet.lifetime_spent,
    Wallet.seq,
    Wallet.head,
    Wallet.floor,
)
_MEMBERS: BindParameter[Any] = bindparam("member_ids", expanding=True)
_STATE = select(Member.state).where(Member.id == bindparam("member_id"))
_HOLD = (
    select(*_WALLET)
    .where(Wallet.member_id.in_(_MEMBERS), Wallet.unit == bindparam("unit"))
    .order_by(Wallet.member_id)
    .with_for_update()
)
_LOTS = select(Lot.member_id, Lot.expires_on, Lot.granted, Lot.consumed).where(
    Lot.member_id.in_(_MEMBERS), Lot.unit == bindparam("unit")
)


def open_wallet(tx: Tx, member_id: MemberId, *, unit: str = POINTS) -> Journal:
    """Hold an active member's wallet until the transaction ends, and read it.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
        MemberBlocked: the membership neither earns nor spends.
    """
    state = tx.run(_STATE, {"member_id": member_id}).scalar()
    if state is None or state is MemberState.ERASED:
        raise UnknownMember(member_id)
    if state is MemberState.BLOCKED:
        raise MemberBlocked(member_id)
    return open_wallets(tx, [member_id], unit=unit)[member_id]


def open_wallets(
    tx: Tx, member_ids: Sequence[MemberId], *, unit: str = POINTS
) -> dict[MemberId, Journal]:
    """Hold several wallets, lowest member id first, then read their lots.

    The lots are read by a statement of their own: one that waited for the lock would see them
    as they were before the wait.
    """
    whose = {"member_ids": list(member_ids), "unit": unit}
    journals = {row.member_id: Journal(**row._asdict(), lots={}) for row in tx.run(_HOLD, whose)}
    lots = tx.run(_LOTS, whose)
    for member_id, expires_on, granted, consumed in lots:
        if member_id in journals:
            journals[member_id].lots[expires_on] = LotState(expires_on, granted, consumed)
    return journals


def write_wallets(tx: Tx, journals: Iterable[Journal]) -> None:
    """Write what was posted: wallets, lots, postings, takes and gives, each in one statement."""
    moved = [journal for journal in journals if journal.moved]
    if not moved:
        return
    tx.run(_UPDATE_WALLET, [_wallet_row(journal) for journal in moved])
    _write_lots(tx, moved)
    insert_rows(tx, Posting, _pour(moved, "postings"))
    insert_rows(tx, Take, _pour(moved, "takes"))
    insert_rows(tx, Give, _pour(moved, "gives"))
    for journal in moved:
        journal.touched.clear()
        journal.moved = False


_UPDATE_WALLET = (
    update(table_of(Wallet))
    .where(Wallet.member_id == bindparam("for_member"), Wallet.unit == bindparam("for_unit"))
    .values(
        balance=bindparam("balance"),
        held=bindparam("held"),
        lifetime_earned=bindparam("lifetime_earned"),
        lifetime_spent=bindparam("lifetime_spent"),
        seq=bindparam("seq"),
        head=bindparam("head"),
    )
)


def _wallet_row(journal: Journal) -> dict[str, Any]:
    return {
        "for_member": journal.member_id,
        "for_unit": journal.unit,
        "balance": journal.balance,
        "held": journal.held,
        "lifetime_earned": journal.lifetime_earned,
        "lifetime_spent": journal.lifetime_spent,
        "seq": journal.seq,
        "head": journal.head,
    }


def _write_lots(tx: Tx, journals: list[Journal]) -> None:
    """Write the counters of every lot that was touched; the wallet's lock makes them ours."""
    rows = [
        {
            "member_id": journal.member_id,
            "unit": journal.unit,
            "expires_on": expires_on,
            "granted": journal.lots[expires_on].granted,
            "consumed": journal.lots[expires_on].consumed,
        }
        for journal in journals
        for expires_on in sorted(journal.touched)
    ]
    if not rows:
        return
    tx.run(_counted_lots(tx.dialect), rows)


@cache
def _counted_lots(dialect: str) -> Upsert:
    statement = insert(dialect, Lot)
    counters = {name: statement.excluded[name] for name in ("granted", "consumed")}
    return statement.on_conflict_do_update(
        index_elements=["member_id", "unit", "expires_on"], set_=counters
    )


def _pour(journals: list[Journal], name: str) -> list[dict[str, Any]]:
    """Return the collected rows of one kind and empty the journals of them."""
    rows: list[dict[str, Any]] = []
    for journal in journals:
        waiting = getattr(journal, name)
        rows.extend(waiting)
        waiting.clear()
    return rows
