"""Lots, and what the ledger adds up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from admin.examples.compare import AnyOf, Named
from admin.examples.stage import View
from loyalty import queries
from loyalty.values import MemberId


def lots(view: View, wanted: Any) -> Any:
    """Return usable lots in order of use."""
    return _everywhere(view, wanted, lambda id_, wallet: _lots(view, id_, wallet, every=False))


def all_lots(view: View, wanted: Any) -> Any:
    """Return every lot in order of arrival, empty and lapsed ones too."""
    return _everywhere(view, wanted, lambda id_, wallet: _lots(view, id_, wallet, every=True))


def entry_count(view: View, wanted: Any) -> Any:
    """Return entries since the file began; opening amounts are not counted."""

    def count(member_id: MemberId, wallet: str) -> Any:
        found = queries.postings_since(view.tx, member_id, view.stage.first_marks)
        return sum(one.unit == wallet and str(one.kind) != "opening" for one in found)

    if not isinstance(wanted, Mapping):
        ids = [view.member_id] if view.member_id else list(view.stage.cast.members.values())
        return sum(count(id_, wallet) for id_ in ids for wallet in view.stage.wallets)
    return _everywhere(view, wanted, count)


def ledger_sum(view: View, wanted: Any) -> Any:
    """Return sum of entries, lapsed but not yet expired lots included."""

    def total(member_id: MemberId, wallet: str) -> Any:
        found = queries.postings_since(view.tx, member_id, {})
        return view.stage.held(wallet, sum(one.points for one in found if one.unit == wallet))

    return _everywhere(view, wanted, total)


def deficit(view: View, wanted: Any) -> Any:
    """Return debits that no lot covers."""

    def missing(member_id: MemberId, wallet: str) -> Any:
        balance = queries.balances_of(view.tx, [member_id])[member_id][wallet].balance
        left = sum(one.left for one in queries.lots_of(view.tx, member_id, wallet))
        return view.stage.held(wallet, max(0, left - balance))

    return _everywhere(view, wanted, missing)


def _lots(view: View, member_id: MemberId, wallet: str, *, every: bool) -> list[Any]:
    found = queries.lots_of(view.tx, member_id, wallet, all=every)
    return [_lot(view, one) for one in found]


def _lot(view: View, one: Any) -> Any:
    amount = view.stage.held(one.wallet, one.left)
    closed = str(one.closed or "")
    facts = {
        "wallet": one.wallet,
        "amount": amount,
        "granted": view.stage.held(one.wallet, one.granted),
        "earned_on": one.earned_on.isoformat() if one.earned_on else "none",
        "expires_on": one.expires_on.isoformat() if one.expires_on else "none",
        "closed": AnyOf((bool(closed), closed or "none")),
        "pending": one.pending,
        "id": one.client_id or one.lot_id,
    }
    return Named(facts, alone=amount)


def _everywhere(view: View, wanted: Any, ask: Callable[[MemberId, str], Any]) -> Any:
    """Answer for the step's member and default wallet, or by wallet, or by member."""
    stage = view.stage
    if isinstance(wanted, Mapping):
        names = set(wanted)
        if names and names <= set(stage.cast.members):
            return {
                name: _of_member(view, stage.member_id(name), wanted[name], ask) for name in wanted
            }
    if view.member_id is None:
        return None
    return _of_member(view, view.member_id, wanted, ask)


def _of_member(
    view: View, member_id: MemberId, wanted: Any, ask: Callable[[MemberId, str], Any]
) -> Any:
    if isinstance(wanted, Mapping):
        return {wallet: ask(member_id, wallet) for wallet in wanted if wallet in view.stage.wallets}
    return ask(member_id, view.stage.wallet)


LOTS: dict[str, Callable[[View, Any], Any]] = {
    "lots": lots,
    "all_lots": all_lots,
    "entry_count": entry_count,
    "ledger_sum": ledger_sum,
    "deficit": deficit,
}
