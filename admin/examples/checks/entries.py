"""What a step posted in the ledger, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from admin.examples.compare import AnyOf, Named
from admin.examples.stage import Stage, View
from loyalty import queries
from loyalty.values import MemberId


def entries(view: View, wanted: Any) -> Any:
    """Return signed amounts of this step, in posting order."""
    return _per_wallet(view, wanted, lambda one: one.points)


def running_balance(view: View, wanted: Any) -> Any:
    """Return the balance after each entry of this step."""
    return _per_wallet(view, wanted, lambda one: one.balance)


def consumed(view: View, wanted: Any) -> Any:
    """Return what this step took of each lot, in the order taken; or by the lot's id."""
    stage, member_id = view.stage, view.member_id
    if member_id is None:
        return None
    if isinstance(wanted, Mapping) and set(wanted) <= set(stage.cast.members):
        return {name: _taken(view, stage.member_id(name), wanted[name]) for name in wanted}
    return _taken(view, member_id, wanted)


def _taken(view: View, member_id: MemberId, wanted: Any) -> Any:
    stage = view.stage
    if isinstance(wanted, Mapping) and set(wanted) <= set(stage.wallets):
        return {wallet: _taken_of(view, member_id, wallet) for wallet in wanted}
    return _taken_of(view, member_id, stage.wallet)


def _taken_of(view: View, member_id: MemberId, wallet: str) -> Any:
    stage = view.stage
    seqs = [
        one.seq
        for one in queries.postings_since(view.tx, member_id, view.before.marks)
        if one.unit == wallet and one.points < 0
    ]
    taken = queries.taken_by(view.tx, member_id, seqs, unit=wallet)
    amounts = [stage.held(wallet, one.points) for one in taken]
    named = {one.client_id or one.lot_id: stage.held(wallet, one.points) for one in taken}
    rows = [
        {
            "id": one.client_id or one.lot_id,
            "amount": stage.held(wallet, one.points),
            "expires_on": one.expires_on.isoformat() if one.expires_on else "none",
        }
        for one in taken
    ]
    ways = [AnyOf((amount, row)) for amount, row in zip(amounts, rows, strict=True)]
    return Named(named, stage.held(wallet, 0), alone=ways)


def _per_wallet(view: View, wanted: Any, read: Callable[[Any], int]) -> Any:
    """Return figures of the step's entries: of her only wallet, or by wallet, or by member."""
    stage = view.stage
    if isinstance(wanted, Mapping) and set(wanted) <= set(stage.cast.members):
        return {
            name: _of_member(view, stage.member_id(name), wanted[name], read) for name in wanted
        }
    if view.member_id is None:
        everybody = tuple(stage.cast.members.values())
        found = [one for id_ in everybody for one in _rows(view, id_)]
        return [stage.held(one.unit, read(one)) for one in found]
    return _of_member(view, view.member_id, wanted, read)


def _of_member(view: View, member_id: MemberId, wanted: Any, read: Callable[[Any], int]) -> Any:
    stage, rows = view.stage, _rows(view, member_id)
    if isinstance(wanted, Mapping):
        return {
            wallet: [stage.held(wallet, read(one)) for one in rows if one.unit == wallet]
            for wallet in wanted
        }
    return [stage.held(one.unit, read(one)) for one in rows]


def _rows(view: View, member_id: MemberId) -> list[Any]:
    found = queries.postings_since(view.tx, member_id, view.before.marks)
    return [one for one in found if str(one.kind) != "opening"]


def seq_marks(stage: Stage, tx: Any) -> Any:
    """Return where every member's ledgers stand now."""
    return queries.seq_marks(tx, tuple(stage.cast.members.values()))


ENTRIES: dict[str, Callable[[View, Any], Any]] = {
    "entries": entries,
    "running_balance": running_balance,
    "consumed": consumed,
}
