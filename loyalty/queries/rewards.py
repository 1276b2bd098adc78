"""What points buy: the catalogue of rewards, their stock, and what a member may redeem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import Redemption, RewardCounter
from loyalty.programme import RewardKind, RewardRule
from loyalty.queries.balances import balances_of
from loyalty.queries.programme import current_programme
from loyalty.redemption import settle_redemption
from loyalty.values import (
    Asked,
    MemberId,
    PurchaseId,
    Redeemed,
    RedemptionId,
    RedemptionState,
)


@dataclass(frozen=True, slots=True)
class RewardView:
    """A reward of the catalogue. ``cost`` are grains of ``wallet`` for the least claim.

    ``stock_left`` is ``None`` where there is no end to it; ``claimable`` tells whether the
    member's points suffice, and there is one left.
    """

    reward_id: str
    kind: RewardKind
    name: str
    cost: int
    wallet: str
    stock_left: int | None
    claimable: bool


@dataclass(frozen=True, slots=True)
class RedemptionFacts:
    """What a purchase spent: ``posting_seq`` is the posting of ``wallet`` that took the points."""

    member_id: MemberId
    redemption_id: RedemptionId
    state: RedemptionState
    wallet: str
    points: int
    value_minor: int
    reward_id: str
    claims: int
    posting_seq: int | None


def reward_catalogue(
    tx: Tx, member_id: MemberId | None = None, *, language: str = "en"
) -> tuple[RewardView, ...]:
    """Return the rewards of the programme in force, in its order; for nobody none is claimable."""
    programme = current_programme(tx)
    left = stock_left(tx)
    usable = _usable(tx, member_id)
    return tuple(
        RewardView(
            reward_id=rule.id,
            kind=rule.kind,
            name=rule.names.get(language) or rule.names.get("en") or rule.id,
            cost=least_cost(rule),
            wallet=rule.wallet,
            stock_left=left.get(rule.id),
            claimable=least_cost(rule) <= usable.get(rule.wallet, -1) and left.get(rule.id, 1) > 0,
        )
        for rule in programme.rewards
    )


def claimable(tx: Tx, member_id: MemberId) -> tuple[str, ...]:
    """Return the rewards that a member's points suffice for, in the programme's order."""
    return tuple(one.reward_id for one in reward_catalogue(tx, member_id) if one.claimable)


def redeemable(tx: Tx, member_id: MemberId) -> dict[str, int]:
    """Return how many grains of each wallet a member could spend at once.

    In the wallet that the programme redeems, its minimum, step and maximum are looked at.
    """
    programme = current_programme(tx)
    usable = _usable(tx, member_id)
    rule = programme.redemption
    if rule is not None:
        got = settle_redemption(rule, Asked(all_points=True), usable=usable.get(rule.wallet, 0))
        usable[rule.wallet] = got.points if isinstance(got, Redeemed) else 0
    return usable


def stock_left(tx: Tx) -> dict[str, int]:
    """Return what is left of each reward that has a stock."""
    programme = current_programme(tx)
    used = {
        row.reward_id: row.uses
        for row in tx.run(select(RewardCounter).where(RewardCounter.scope == "stock"))
    }
    return {
        rule.id: max(0, rule.stock - used.get(rule.id, 0))
        for rule in programme.rewards
        if rule.stock is not None
    }


def redemptions_of(tx: Tx, purchase_id: PurchaseId) -> tuple[RedemptionFacts, ...]:
    """Return what a purchase spent, in the order in which it did."""
    rows = tx.run(
        select(Redemption).where(Redemption.purchase_id == purchase_id).order_by(Redemption.id)
    )
    return tuple(_facts(row) for row in rows)


def least_cost(rule: RewardRule) -> int:
    """Return the grains of the least claim: of an amount per point, one step."""
    return rule.step if rule.kind is RewardKind.AMOUNT_PER_POINT else rule.cost


def _usable(tx: Tx, member_id: MemberId | None) -> dict[str, int]:
    if member_id is None:
        return {}
    wallets = balances_of(tx, [member_id])[member_id]
    return {unit: wallet.usable for unit, wallet in wallets.items()}


def _facts(row: Any) -> RedemptionFacts:
    return RedemptionFacts(
        member_id=row.member_id,
        redemption_id=row.id,
        state=row.state,
        wallet=row.wallet,
        points=row.points,
        value_minor=row.value_minor,
        reward_id=row.reward_id or "",
        claims=row.claims,
        posting_seq=row.posting_seq,
    )
