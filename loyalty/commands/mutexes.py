"""Holding many members at once: each one's default wallet, lowest id first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from loyalty.kernel.tx import Tx
from loyalty.models import Wallet
from loyalty.queries.programme import book_rules
from loyalty.values import MemberId


def hold_members(tx: Tx, member_ids: Sequence[MemberId], *, skip: bool) -> list[MemberId]:
    """Hold the default wallets of several members, and return whose are held.

    With ``skip`` those whom somebody else holds are left out instead of waited for. A member who
    has no such wallet yet is left out too.
    """
    if not member_ids:
        return []
    whose: dict[str, Any] = {"member_ids": list(member_ids), "main": book_rules(tx).main_unit}
    return [MemberId(one) for one in tx.run(_FREE if skip else _ALL, whose).scalars()]


_MUTEXES = (
    select(Wallet.member_id)
    .where(
        Wallet.member_id.in_(bindparam("member_ids", expanding=True)),
        Wallet.unit == bindparam("main"),
    )
    .order_by(Wallet.member_id)
)
_ALL, _FREE = _MUTEXES.with_for_update(), _MUTEXES.with_for_update(skip_locked=True)
