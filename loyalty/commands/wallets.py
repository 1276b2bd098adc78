"""Opening wallets under a lock and writing what was posted to them.

Everybody locks in one order: the default wallets by member id, then the others by member id and
name. A member's default wallet is her mutex: whoever holds it may move anything of hers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, bindparam, or_, select, tuple_, update

from loyalty.chain import genesis
from loyalty.commands.book_rows import lot_rows, pour, wallet_row
from loyalty.commands.bulk import MANY, bulk_insert, bulk_update, bulk_upsert
from loyalty.commands.messages import note_milestones
from loyalty.commands.sql import Upsert, insert, insert_rows, table_of
from loyalty.errors import MemberBlocked, UnknownMember, UnknownWallet
from loyalty.journal import Journal, Row
from loyalty.kernel.tx import Tx
from loyalty.lots import POOL, LotKey
from loyalty.lots import Lot as LotState
from loyalty.models import Give, Lot, Member, Posting, Take, Wallet
from loyalty.queries.programme import BookRules, book_rules
from loyalty.values import MemberId, MemberState

Journals: TypeAlias = dict[str, Journal]
"""The wallets of one member by name, the default one first."""

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
    Wallet.active_on,
)
_LOT = (Lot.expires_on, Lot.granted, Lot.consumed, Lot.lot_no, Lot.earned_at)
_MEMBERS: BindParameter[Any] = bindparam("member_ids", expanding=True)
_UNITS: BindParameter[Any] = bindparam("units", expanding=True)
_GONE = frozenset({MemberState.ERASED, MemberState.MERGED})
_STATE = select(Member.state).where(Member.id == bindparam("member_id"))
_HOLD = (
    select(*_WALLET)
    .where(Wallet.member_id.in_(_MEMBERS), Wallet.unit.in_(_UNITS))
    .order_by(Wallet.unit != bindparam("main"), Wallet.member_id, Wallet.unit)
    .with_for_update()
)
_LOTS = select(Lot.member_id, Lot.unit, *_LOT).where(
    Lot.member_id.in_(_MEMBERS),
    Lot.unit.in_(_UNITS),
    or_(Lot.lot_no == POOL, Lot.granted > Lot.consumed),
)


def open_wallet(tx: Tx, member_id: MemberId, *, unit: str | None = None) -> Journal:
    """Hold an active member's wallet until the transaction ends, and read it.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
        MemberBlocked: the membership neither earns nor spends.
    """
    unit = unit or book_rules(tx).main_unit
    return open_member(tx, member_id, [unit])[unit]


def open_member(
    tx: Tx, member_id: MemberId, units: Collection[str] = (), *, any_state: bool = False
) -> Journals:
    """Hold an active member's default wallet and ``units``, and those where their points wait.

    With ``any_state`` a membership that neither earns nor spends is opened too. Its state is read
    once the wallets are held: it may have been blocked or merged while they were waited for.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
        MemberBlocked: the membership neither earns nor spends.
    """
    journals = open_members(tx, [member_id], units).get(member_id)
    if journals is None:
        raise UnknownMember(member_id)
    if not any_state:
        refuse_inactive(tx, member_id)
    return journals


def refuse_inactive(tx: Tx, member_id: MemberId) -> None:
    """Refuse a membership that neither earns nor spends.

    Raises:
        UnknownMember: nobody has this id, or the person was erased or merged.
        MemberBlocked: it was blocked.
    """
    state = tx.run(_STATE, {"member_id": member_id}).scalar()
    if state is None or state in _GONE:
        raise UnknownMember(member_id)
    if state is MemberState.BLOCKED:
        raise MemberBlocked(member_id)


def open_wallets(
    tx: Tx, member_ids: Sequence[MemberId], *, unit: str | None = None
) -> dict[MemberId, Journal]:
    """Hold one wallet of several members, and read it; members who do not exist are left out."""
    unit = unit or book_rules(tx).main_unit
    opened = open_members(tx, member_ids, [unit])
    return {member_id: journals[unit] for member_id, journals in opened.items()}


def open_members(
    tx: Tx, member_ids: Sequence[MemberId], units: Collection[str] = ()
) -> dict[MemberId, Journals]:
    """Hold the default wallets of several members and ``units``, then read their lots.

    A wallet that a member does not have yet is opened for her. The lots are read by a statement
    of their own: one that waited for the lock would see them as they were before the wait.

    Raises:
        UnknownWallet: no version of the programme has such a wallet.
    """
    if not member_ids:
        return {}
    rules = book_rules(tx)
    for unit in sorted(set(units) - rules.wallets.keys() - {rules.main_unit}):
        raise UnknownWallet(unit)
    named = {rules.main_unit, *units, *rules.waiting}
    whose: dict[str, Any] = {
        "member_ids": list(member_ids),
        "units": sorted(named | set(rules.shadows)),
        "main": rules.main_unit,
    }
    opened = _held(tx, whose, rules)
    if _open_missing(tx, opened, whose["member_ids"], named, rules):
        opened = _held(tx, whose, rules)
    for member_id, unit, *lot in tx.run(_LOTS, whose):
        if member_id in opened and unit in opened[member_id]:
            state = LotState(*lot)
            opened[member_id][unit].lots[state.key] = state
    return opened


def ensure_lots(tx: Tx, journal: Journal, keys: Iterable[LotKey]) -> None:
    """Read the lots of ``keys`` that hold nothing any more, so that they can be filled again."""
    missing = [tuple(key) for key in keys if key not in journal.lots]
    if not missing:
        return
    rows = tx.run(
        select(*_LOT).where(
            Lot.member_id == journal.member_id,
            Lot.unit == journal.unit,
            tuple_(Lot.expires_on, Lot.lot_no).in_(missing),
        )
    )
    for row in rows:
        state = LotState(*row)
        journal.lots[state.key] = state


def _held(tx: Tx, whose: dict[str, Any], rules: BookRules) -> dict[MemberId, Journals]:
    opened: dict[MemberId, Journals] = {}
    for row in tx.run(_HOLD, whose):
        journal = Journal(**row._asdict(), rule=rules.rule(row.unit))
        opened.setdefault(row.member_id, {})[row.unit] = journal
    return opened


def _open_missing(
    tx: Tx,
    opened: dict[MemberId, Journals],
    member_ids: Sequence[MemberId],
    units: Collection[str],
    rules: BookRules,
) -> bool:
    """Open the wallets that members lack; ``False`` when there is nothing to do."""
    lacking = {
        member_id: sorted(set(units) - opened.get(member_id, {}).keys()) for member_id in member_ids
    }
    who = sorted(member_id for member_id, missing in lacking.items() if missing)
    if not who:
        return False
    known = tx.run(select(Member.id, Member.joined_on).where(Member.id.in_(who))).all()
    rows = [
        new_wallet(row.id, unit, rules.rule(unit).hard_floor) | {"active_on": row.joined_on}
        for row in known
        for unit in lacking[row.id]
    ]
    if rows:
        tx.run(insert(tx.dialect, Wallet).on_conflict_do_nothing(), rows)
    return bool(rows)


def new_wallet(member_id: MemberId, unit: str, floor: int | None) -> dict[str, Any]:
    """Return the row of an empty wallet."""
    zeros = dict.fromkeys(("balance", "held", "lifetime_earned", "lifetime_spent", "seq"), 0)
    head = genesis(member_id, unit)
    return {"member_id": member_id, "unit": unit, "head": head, "floor": floor, **zeros}


def write_wallets(tx: Tx, journals: Iterable[Journal]) -> None:
    """Write what was posted: wallets, lots, postings, takes and gives, each in one statement.

    Milestones that were passed are written to their members.
    """
    moved = [journal for journal in journals if journal.moved]
    if not moved:
        return
    note_milestones(tx, moved)
    write = _write_many if len(moved) >= MANY else _write_few
    write(tx, [wallet_row(journal) for journal in moved], lot_rows(moved))
    insert = bulk_insert if len(moved) >= MANY else insert_rows
    insert(tx, Posting, pour(moved, "postings"))
    insert(tx, Take, pour(moved, "takes"))
    insert(tx, Give, pour(moved, "gives"))
    for journal in moved:
        journal.touched.clear()
        journal.moved = False


def _write_many(tx: Tx, wallets: list[Row], lots: list[Row]) -> None:
    bulk_update(tx, Wallet, wallets, keys=("member_id", "unit"))
    bulk_upsert(tx, Lot, lots, keys=("member_id", "unit", "expires_on", "lot_no"))


def _write_few(tx: Tx, wallets: list[Row], lots: list[Row]) -> None:
    for row in wallets:
        row |= {"for_member": row.pop("member_id"), "for_unit": row.pop("unit")}
    tx.run(_UPDATE_WALLET, wallets)
    if lots:
        tx.run(_counted_lots(tx.dialect), lots)


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
        floor=bindparam("floor"),
        active_on=bindparam("active_on"),
    )
)


@cache
def _counted_lots(dialect: str) -> Upsert:
    statement = insert(dialect, Lot)
    counters = {name: statement.excluded[name] for name in ("granted", "consumed")}
    return statement.on_conflict_do_update(
        index_elements=["member_id", "unit", "expires_on", "lot_no"], set_=counters
    )
