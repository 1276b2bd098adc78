"""Letting those who wait for a wallet look at its owner anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from loyalty.commands.sql import table_of
from loyalty.kernel.tx import Tx
from loyalty.models import Wallet
from loyalty.values import MemberId


def wake(tx: Tx, member_ids: Sequence[MemberId]) -> None:
    """Write the wallets of members again whose state has just changed while they were held.

    On PostgreSQL a statement that waited for a row decides again only if the row is another one
    now. So whoever earns or spends in one statement finds out that the member was merged or erased.
    """
    wallets = table_of(Wallet)
    if tx.dialect == "postgresql":
        tx.run(
            update(wallets).where(wallets.c.member_id.in_(member_ids)).values(held=wallets.c.held)
        )
