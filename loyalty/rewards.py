"""Rewards at a basket: what one takes off, how often it is claimed, and what that costs.

A reward works on what the offers left of each unit, as an offer would: it lowers lines and total.
Percentages are rounded half up on the reduction; one reduction over several lines is shared by
largest remainder over what is left of them, and each line's share over its units likewise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loyalty.programme import RewardKind, RewardRule
from loyalty.reward_targets import Target, as_shares, pieces_of, spread, targets_of
from loyalty.values import (
    AddedArticle,
    Asked,
    Refusal,
    RewardShare,
    RewardUse,
    SaleLine,
    Sku,
)

MOST_CLAIMS = 1000


@dataclass(frozen=True, slots=True)
class Purse:
    """What a reward may draw on: points to spend, and claims that stock and limits leave."""

    usable: int
    claims_left: int | None = None


def price_reward(
    rule: RewardRule, lines: Sequence[SaleLine], asked: Asked, purse: Purse
) -> RewardUse | Refusal:
    """Return how ``rule`` works on ``lines`` as the offers left them, or why it does not.

    A voucher lowers nothing here. An article that is not in the basket is named in ``added``.
    """
    if rule.kind is RewardKind.AMOUNT_PER_POINT:
        return _per_point(rule, lines, asked, purse)
    targets = targets_of(rule, lines)
    claims = _claims(rule, asked, purse, _room(rule, targets))
    if isinstance(claims, Refusal):
        return claims
    cost = claims * rule.cost
    if rule.kind is RewardKind.VOUCHER:
        return _checked(rule, asked, _use(rule, claims, cost, claims * rule.amount_minor))
    if rule.kind is RewardKind.ARTICLE and not targets:
        added = AddedArticle(Sku(rule.article), claims * rule.quantity)
        return _checked(rule, asked, replace(_use(rule, claims, cost), added=added))
    shares = _shares(rule, targets, claims)
    return _checked(rule, asked, _lowering(_use(rule, claims, cost), shares))


def claim_outside(rule: RewardRule, asked: Asked, purse: Purse) -> RewardUse | Refusal:
    """Return what a reward costs that is claimed without a basket, or why it cannot be."""
    if rule.kind is RewardKind.AMOUNT_PER_POINT:
        points = _points_wanted(rule, asked, purse)
        if isinstance(points, Refusal):
            return points
        worth = points * rule.amount_minor // rule.per_points
        return _checked(rule, asked, _use(rule, 1, points, worth))
    claims = _claims(rule, replace(asked, claims=asked.claims or 1), purse, None)
    if isinstance(claims, Refusal):
        return claims
    worth = claims * rule.amount_minor
    return _checked(rule, asked, _use(rule, claims, claims * rule.cost, worth))


def _room(rule: RewardRule, targets: Sequence[Target]) -> int | None:
    """Return how many claims the basket has room for; ``None``: any number.

    A claim that fits only in part counts where it is charged whole.
    """
    if rule.kind is RewardKind.VOUCHER or (rule.kind is RewardKind.ARTICLE and not targets):
        return None
    if rule.kind is RewardKind.ARTICLE:
        units = sum(len(one.units) for one in targets)
        return _fits(units, rule.quantity, rule)
    worth = [sum(one.left for one in piece) for piece in pieces_of(rule, targets)]
    if not any(worth):
        return 0
    if rule.kind is RewardKind.PERCENT:
        number, below = rule.percent
        return _fits(100 * below, number, rule) if number else 0
    rooms = [_fits(one, rule.amount_minor, rule) for one in worth if one]
    return min(rooms) if rule.refuse_part_claim else max(rooms)


def _fits(room: int, each: int, rule: RewardRule) -> int:
    return room // each if rule.refuse_part_claim else -(-room // each)


def _claims(rule: RewardRule, asked: Asked, purse: Purse, room: int | None) -> int | Refusal:
    """Return how often the reward is claimed."""
    if room == 0:
        return Refusal("part-claim" if rule.refuse_part_claim else "nothing-left")
    wanted = asked.claims
    if wanted is not None and wanted > 1 and not rule.as_many_as_fit and room is not None:
        return Refusal("limit-reached", 1)
    most = min(one for one in (room, purse.claims_left, MOST_CLAIMS) if one is not None)
    if wanted is None and rule.as_many_as_fit and rule.cost:
        wanted = max(1, min(most, purse.usable // rule.cost))
    elif wanted is None:
        wanted = most if rule.as_many_as_fit else 1
    if purse.claims_left is not None and wanted > purse.claims_left:
        return Refusal("limit-reached", purse.claims_left)
    wanted = min(wanted, most)
    if wanted * rule.cost > purse.usable:
        return Refusal("not-enough-points", wanted * rule.cost)
    return wanted


def _shares(rule: RewardRule, targets: Sequence[Target], claims: int) -> list[RewardShare]:
    """Return what the claims take off each line."""
    taken = {one.line_no: [0] * len(one.values) for one in targets}
    if rule.kind is RewardKind.ARTICLE:
        dearest = [(one, unit) for one in targets for unit in one.units]
        for one, unit in dearest[: claims * rule.quantity]:
            taken[one.line_no][unit] += one.values[unit]
    else:
        for piece in pieces_of(rule, targets):
            left = sum(one.left for one in piece)
            spread(_reduction(rule, claims, left), piece, taken)
    return as_shares(taken)


def _reduction(rule: RewardRule, claims: int, left: int) -> int:
    """Return what the claims take off something that is worth ``left``."""
    if rule.kind is RewardKind.AMOUNT:
        return min(claims * rule.amount_minor, left)
    number, below = rule.percent
    part, whole = left * claims * number, 100 * below
    return min(left, (2 * part + whole) // (2 * whole))


def _per_point(
    rule: RewardRule, lines: Sequence[SaleLine], asked: Asked, purse: Purse
) -> RewardUse | Refusal:
    """Return an amount per point: as much as the points buy and the basket takes."""
    targets = targets_of(rule, lines)
    left = sum(one.left for one in targets)
    if not left:
        return Refusal("nothing-left")
    points = _points_wanted(rule, asked, purse)
    if isinstance(points, Refusal):
        return points
    reduction = min(left, points * rule.amount_minor // rule.per_points)
    reduction, cost = cost_of_reduction(rule, reduction, points)
    if not cost:
        return Refusal("part-claim")
    taken = {one.line_no: [0] * len(one.values) for one in targets}
    spread(reduction, targets, taken)
    return _checked(rule, asked, _lowering(_use(rule, 1, cost), as_shares(taken)))


def cost_of_reduction(rule: RewardRule, reduction: int, asked: int) -> tuple[int, int]:
    """Return the reduction and what it costs, in whole steps and never above ``asked``.

    "The cost follows the reduction really applied": the last step, used only in part, is charged
    whole or, where the reward refuses part claims, left out with what it would have bought.
    """
    step = max(1, rule.step)
    if rule.refuse_part_claim:
        points = reduction * rule.per_points // rule.amount_minor // step * step
        points = min(points, asked)
        return points * rule.amount_minor // rule.per_points, points
    exact = -(-reduction * rule.per_points // rule.amount_minor)
    return reduction, min(-(-exact // step) * step, asked)


def _points_wanted(rule: RewardRule, asked: Asked, purse: Purse) -> int | Refusal:
    """Return the points that go into an amount per point: whole steps, all of them unless told."""
    if purse.claims_left == 0:
        return Refusal("limit-reached")
    step = max(1, rule.step)
    wanted = asked.points
    if wanted is None and asked.claims is not None:
        wanted = asked.claims * rule.per_points
    if wanted is None:
        wanted = purse.usable // step * step
        return wanted or Refusal("not-enough-points", step)
    if wanted % step:
        return Refusal("not-a-step", step)
    if wanted > purse.usable or not wanted:
        return Refusal("not-enough-points", wanted)
    return wanted


def _use(rule: RewardRule, claims: int, cost: int, value_minor: int = 0) -> RewardUse:
    return RewardUse(rule.id, claims, cost, rule.wallet, value_minor)


def _lowering(use: RewardUse, shares: list[RewardShare]) -> RewardUse:
    worth = sum(share.amount_minor for share in shares)
    return replace(use, shares=tuple(shares), value_minor=worth)


def _checked(rule: RewardRule, asked: Asked, use: RewardUse) -> RewardUse | Refusal:
    """Hold the till's figure against the cost, where the programme wants them equal."""
    if rule.refuse_other_cost and asked.till_cost not in {None, use.cost}:
        return Refusal("cost-different", use.cost)
    return use
