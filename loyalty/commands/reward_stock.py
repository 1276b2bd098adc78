"""How often rewards were claimed: their stock and their limits, never exceeded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from loyalty.commands.sql import insert
from loyalty.errors import LimitReached
from loyalty.kernel.tx import Tx
from loyalty.models import RewardCounter
from loyalty.programme import RewardRule
from loyalty.values import MemberId

STOCK = "stock"
PER_PURCHASE = ("basket", "receipt")


@dataclass(frozen=True, slots=True)
class ClaimPlace:
    """Who claims a reward, on which local day, and where; limits count by these."""

    member_id: MemberId
    on: date
    store_id: str = ""
    cashier: str = ""

    def key(self, scope: str) -> str:
        """Return what a limit of ``scope`` counts apart."""
        keys = {
            "member": self.member_id,
            "day": self.on.isoformat(),
            "store": self.store_id,
            "cashier": self.cashier,
        }
        return keys.get(scope, "")


def claims_left(tx: Tx, rule: RewardRule, place: ClaimPlace) -> int | None:
    """Return how often the reward may still be claimed; ``None``: nothing limits it."""
    counted = _counted(rule)
    left = [rule.limit[scope] for scope in PER_PURCHASE if scope in rule.limit]
    if counted:
        used = _used(tx, rule, place, counted)
        left += [max(0, most - used.get(scope, 0)) for scope, most in counted.items()]
    return min(left, default=None)


def take_claims(tx: Tx, claims: Iterable[tuple[RewardRule, int]], place: ClaimPlace) -> None:
    """Count claims in every scope that limits them: the last rows that a command touches.

    Raises:
        LimitReached: somebody was faster; the caller's transaction is not committed.
    """
    wanted: dict[tuple[str, str], tuple[int, int]] = {}
    for rule, times in claims:
        for scope, most in _counted(rule).items():
            before = wanted.get((rule.id, scope), (0, most))[0]
            wanted[rule.id, scope] = (before + times, most)
    for (reward_id, scope), (times, most) in sorted(wanted.items()):
        row = {"reward_id": reward_id, "scope": scope, "key": place.key(scope), "uses": times}
        statement = insert(tx.dialect, RewardCounter)
        uses = RewardCounter.uses + times
        guarded = statement.on_conflict_do_update(
            index_elements=["reward_id", "scope", "key"],
            set_={"uses": uses},
            where=uses <= most,
        ).returning(RewardCounter.uses)
        if times > most or tx.run(guarded, row).first() is None:
            raise LimitReached(reward_id, scope)


def give_claims_back(tx: Tx, rule: RewardRule, times: int, place: ClaimPlace) -> None:
    """Count claims off again in every scope that limits them."""
    for scope in sorted(_counted(rule)):
        tx.run(
            update(RewardCounter)
            .where(
                RewardCounter.reward_id == rule.id,
                RewardCounter.scope == scope,
                RewardCounter.key == place.key(scope),
                RewardCounter.uses >= times,
            )
            .values(uses=RewardCounter.uses - times)
        )


def _counted(rule: RewardRule) -> dict[str, int]:
    """Return the limits that are counted across purchases, the stock among them."""
    counted = {
        scope: most
        for scope, most in rule.limit.items()
        if scope in {"member", "day", "store", "cashier", "offer"}
    }
    if rule.stock is not None:
        counted[STOCK] = rule.stock
    return counted


def _used(
    tx: Tx, rule: RewardRule, place: ClaimPlace, counted: Mapping[str, int]
) -> dict[str, int]:
    rows = tx.run(
        select(RewardCounter.scope, RewardCounter.key, RewardCounter.uses).where(
            RewardCounter.reward_id == rule.id, RewardCounter.scope.in_(list(counted))
        )
    )
    return {row.scope: row.uses for row in rows if row.key == place.key(row.scope)}
