"""The rows of redemptions, and what their commands answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty.commands.ledger import lapse_day_of
from loyalty.journal import Cause, Journal
from loyalty.kernel.tx import Tx
from loyalty.programme import Programme
from loyalty.values import (
    IssuedVoucher,
    MemberId,
    Redeemed,
    RedemptionId,
    RedemptionState,
    RewardUse,
)
from loyalty.words import RedemptionKind


@dataclass(frozen=True, slots=True)
class Spent:
    """A redemption as a command left it.

    ``points`` are the grains of ``wallet`` that it costs, counted upwards; ``value_minor`` is what
    they are worth. ``available`` may be spent besides.
    """

    redemption_id: RedemptionId
    state: RedemptionState
    wallet: str
    points: int
    value_minor: int
    balance: int
    available: int
    reward_id: str = ""
    claims: int = 0
    seq: int | None = None
    vouchers: tuple[IssuedVoucher, ...] = ()
    replayed: bool = False


def redemption_row(
    tx: Tx, member_id: MemberId, use: RewardUse | Redeemed, *, source: str, cause: Cause
) -> dict[str, Any]:
    """Return the columns of a redemption that is done now."""
    reward = use if isinstance(use, RewardUse) else None
    return {
        "member_id": member_id,
        "id": RedemptionId(tx.new_id("rdm")),
        "kind": RedemptionKind.REWARD if reward else RedemptionKind.POINTS,
        "state": RedemptionState.DONE,
        "wallet": use.wallet,
        "points": reward.cost if reward else getattr(use, "points", 0),
        "value_minor": use.value_minor,
        "claims": reward.claims if reward else 0,
        "source": source,
        "request_hash": cause.request_hash,
        "at": tx.now,
        "reward_id": reward.reward_id if reward else None,
        "hold_id": None,
        "posting_seq": None,
        "purchase_id": None,
    }


def spent_of(
    row: Any,
    journal: Journal,
    programme: Programme,
    now: datetime,
    *,
    vouchers: tuple[IssuedVoucher, ...] = (),
    replayed: bool = False,
) -> Spent:
    """Return the answer about a redemption, with what its wallet holds now."""
    facts = row if isinstance(row, dict) else row._asdict()
    return Spent(
        redemption_id=facts["id"],
        state=facts["state"],
        wallet=facts["wallet"],
        points=facts["points"],
        value_minor=facts["value_minor"],
        balance=journal.balance,
        available=journal.usable(lapse_day=lapse_day_of(journal, programme, now)),
        reward_id=facts["reward_id"] or "",
        claims=facts["claims"],
        seq=facts["posting_seq"],
        vouchers=vouchers,
        replayed=replayed,
    )
