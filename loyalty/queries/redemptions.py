"""What members spent outside and inside sales, and how a reward is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from loyalty.errors import UnknownRedemption
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import Hold, Redemption, RewardCounter
from loyalty.programme import RewardRule
from loyalty.queries.cursors import instant_cursor, page_size, read_instant_cursor
from loyalty.queries.programme import current_programme
from loyalty.values import MemberId, PurchaseId, RedemptionId, RedemptionState


@dataclass(frozen=True, slots=True)
class RedemptionRow:
    """A redemption of a member, in a list. ``points`` are grains of ``wallet``, counted upwards.

    ``held_until`` is when points that are only held become free by themselves.
    """

    redemption_id: RedemptionId
    state: RedemptionState
    reward_id: str
    name: str
    claims: int
    wallet: str
    points: int
    value_minor: int
    at: datetime
    ended_at: datetime | None
    held_until: datetime | None
    purchase_id: PurchaseId | None


@dataclass(frozen=True, slots=True)
class RewardUsage:
    """How often a reward was claimed so far: handed over, held, and given back again."""

    done: int = 0
    held: int = 0
    given_back: int = 0
    points: int = 0
    last_at: datetime | None = None


NO_USAGE = RewardUsage()


def member_redemptions(
    tx: Tx, member_id: MemberId, *, language: str, after: str | None = None, limit: int = 50
) -> Page[RedemptionRow]:
    """Return what a member spent points on, newest first."""
    names = {rule.id: reward_name(rule, language) for rule in current_programme(tx).rewards}
    wanted = (
        select(Redemption, Hold.expires_at)
        .outerjoin(
            Hold, and_(Hold.member_id == Redemption.member_id, Hold.id == Redemption.hold_id)
        )
        .where(Redemption.member_id == member_id)
        .order_by(Redemption.at.desc(), Redemption.id.desc())
        .limit(page_size(limit) + 1)
    )
    if after is not None:
        at, id_ = read_instant_cursor(after)
        same = and_(Redemption.at == at, Redemption.id < id_)
        wanted = wanted.where(or_(Redemption.at < at, same))
    rows = tx.run(wanted).all()
    page = rows[: page_size(limit)]
    return Page(
        items=tuple(
            RedemptionRow(
                redemption_id=one.id,
                state=one.state,
                reward_id=one.reward_id or "",
                name=names.get(one.reward_id or "", one.reward_id or ""),
                claims=one.claims,
                wallet=one.wallet,
                points=one.points,
                value_minor=one.value_minor,
                at=one.at,
                ended_at=one.ended_at,
                held_until=one.expires_at if one.state is RedemptionState.HELD else None,
                purchase_id=one.purchase_id,
            )
            for one in page
        ),
        after=instant_cursor(page[-1].at, page[-1].id) if len(rows) > len(page) else None,
    )


def state_of(tx: Tx, member_id: MemberId, redemption_id: RedemptionId) -> RedemptionState:
    """Return where a redemption of a member stands.

    Raises:
        UnknownRedemption: the member has no such redemption.
    """
    state = tx.run(
        select(Redemption.state).where(
            Redemption.member_id == member_id, Redemption.id == redemption_id
        )
    ).scalar()
    if state is None:
        raise UnknownRedemption(redemption_id)
    return RedemptionState(state)


def reward_name(rule: RewardRule, language: str) -> str:
    """Return the name of a reward, its id where it has none."""
    return rule.names.get(language) or rule.names.get("en") or rule.id


def claimed_by(tx: Tx, member_id: MemberId) -> dict[str, int]:
    """Return how often a member claimed each reward that is limited by member."""
    rows = tx.run(
        select(RewardCounter.reward_id, RewardCounter.uses).where(
            RewardCounter.scope == "member", RewardCounter.key == member_id
        )
    )
    return {row.reward_id: row.uses for row in rows}


def reward_usage(tx: Tx) -> dict[str, RewardUsage]:
    """Return how every reward that was ever claimed is doing; one statement."""
    rows = tx.run(
        select(
            Redemption.reward_id,
            Redemption.state,
            func.sum(Redemption.claims).label("claims"),
            func.sum(Redemption.points).label("points"),
            func.max(Redemption.at).label("last_at"),
        )
        .where(Redemption.reward_id.is_not(None))
        .group_by(Redemption.reward_id, Redemption.state)
    )
    by_reward: dict[str, dict[RedemptionState, tuple[int, int, datetime]]] = {}
    for row in rows:
        by_reward.setdefault(row.reward_id, {})[RedemptionState(row.state)] = (
            int(row.claims),
            int(row.points),
            row.last_at,
        )
    return {reward_id: _usage(states) for reward_id, states in by_reward.items()}


def _usage(states: dict[RedemptionState, tuple[int, int, datetime]]) -> RewardUsage:
    def count(*wanted: RedemptionState) -> int:
        return sum(states[state][0] for state in wanted if state in states)

    return RewardUsage(
        done=count(RedemptionState.DONE),
        held=count(RedemptionState.HELD),
        given_back=count(RedemptionState.RELEASED, RedemptionState.GIVEN_BACK),
        points=states[RedemptionState.DONE][1] if RedemptionState.DONE in states else 0,
        last_at=max(at for _, _, at in states.values()),
    )
