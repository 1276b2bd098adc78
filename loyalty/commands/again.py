"""A voided purchase as it was: what it earned and what it spent, to be posted once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from loyalty.commands.spending import Settled
from loyalty.earning import Earning, LineEarning, fired_rows
from loyalty.errors import NotEnoughPoints
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.models import Redemption
from loyalty.programme import Programme
from loyalty.queries.returning import earnings_of
from loyalty.values import Earned, PurchaseId, Redeemed, RewardUse, SaleLine
from loyalty.words import RedemptionKind


def earned_again(tx: Tx, programme: Programme, purchase_id: PurchaseId) -> Earning:
    """Return what a purchase earned, rule by rule, as its receipt says."""
    rows: Sequence[LineEarning] = earnings_of(tx, purchase_id)
    by_unit: dict[str, int] = {}
    for row in rows:
        by_unit[row.unit] = by_unit.get(row.unit, 0) + row.points
    main = programme.default_wallet
    fired = fired_rows(rows, default_wallet=main, labels={})
    return Earning(Earned(by_unit.get(main, 0), fired), tuple(rows), by_unit)


def spent_again(
    tx: Tx,
    purchase_id: PurchaseId,
    *,
    lines: tuple[SaleLine, ...],
    journals: Mapping[str, Journal],
    usable: Mapping[str, int],
) -> Settled:
    """Return what a purchase spent; its rewards stand in its lines already.

    Raises:
        NotEnoughPoints: a wallet has not got it any more.
    """
    rows = tx.run(
        select(Redemption).where(Redemption.purchase_id == purchase_id).order_by(Redemption.id)
    ).all()
    settled = Settled(
        lines,
        rewards=tuple(
            RewardUse(row.reward_id, row.claims, row.points, row.wallet, row.value_minor)
            for row in rows
            if row.kind is RedemptionKind.REWARD
        ),
        redeemed=tuple(
            Redeemed(row.points, row.value_minor, row.wallet)
            for row in rows
            if row.kind is RedemptionKind.POINTS
        ),
    )
    for unit, points in settled.charged.items():
        if points > usable.get(unit, 0):
            owner = journals[unit].member_id
            raise NotEnoughPoints(owner, available=usable.get(unit, 0), required=points)
    return settled
