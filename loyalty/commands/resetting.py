"""Points that a review takes away, when the stairs begin anew with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from loyalty.commands.ledger import expire_lapsed
from loyalty.commands.wallets import open_wallets, write_wallets
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.programme import Metric, Programme
from loyalty.values import MemberId
from loyalty.words import Contra, PostingKind


def reset_wallets(
    tx: Tx, programme: Programme, member_ids: Sequence[MemberId], today: date
) -> None:
    """Empty the wallet of the stairs of each member; held points stay.

    Spend and visits have no wallet: their credits merely begin anew.
    """
    if not member_ids or programme.tiers.metric not in {Metric.EARNED, Metric.ACTIVE_BALANCE}:
        return
    journals = open_wallets(tx, member_ids, unit=programme.tier_wallet)
    for journal in journals.values():
        expire_lapsed(journal, programme, tx.now)
        points = journal.balance - journal.held
        if points <= 0:
            continue
        cause = Cause(
            source=f"reset:{journal.unit}:{today.isoformat()}",
            request_hash="",
            programme_version_id=programme.version_id,
            occurred_at=tx.now,
            posted_at=tx.now,
        )
        journal.take(PostingKind.RESET, Contra.ADJUSTED, points, cause)
    write_wallets(tx, journals.values())
