"""Where members stand in challenges, and the badges they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select

from loyalty.challenges import Kept, Reached, reached
from loyalty.kernel.tx import Tx
from loyalty.models import (
    ChallengeAward,
    Purchase,
    PurchaseLine,
    PurchaseReturn,
    ReturnAmount,
    ReturnLine,
)
from loyalty.programme import Programme
from loyalty.programme.challenges import ChallengeRule, Goal
from loyalty.queries.programme import current_programme
from loyalty.queries.sold import sale_line
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class ChallengeProgress:
    """A challenge as its member sees it: how far she is, and what comes next.

    ``value`` and ``target`` count in minor units where ``is_money``. ``done`` tells that nothing
    more is to be had in this window, which ends before ``ends_on``.
    """

    challenge: str
    name: str
    is_money: bool
    value: int
    target: int
    points: int
    wallet: str
    badge: str
    done: bool
    ends_on: date | None


def challenges_of(tx: Tx, member_id: MemberId, language: str) -> tuple[ChallengeProgress, ...]:
    """Return the challenges that run today with the member's progress."""
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    return tuple(
        _progress(rule, reached_in(tx, programme, rule, member_id, today), today, language)
        for rule in programme.challenges
        if rule.holds_on(today)
    )


def badges_of(tx: Tx, member_id: MemberId) -> tuple[str, ...]:
    """Return the badges that a member holds, by name."""
    statement = (
        select(ChallengeAward.badge)
        .where(
            ChallengeAward.member_id == member_id,
            ChallengeAward.stands,
            ChallengeAward.badge != "",
        )
        .distinct()
        .order_by(ChallengeAward.badge)
    )
    return tuple(tx.run(statement).scalars())


def reached_in(
    tx: Tx, programme: Programme, rule: ChallengeRule, member_id: MemberId, day: date
) -> Reached:
    """Return how far a member is in the window around ``day``."""
    return reached(rule, _kept(tx, programme, member_id, rule.window_of(day)), day)


def _kept(
    tx: Tx, programme: Programme, member_id: MemberId, window: tuple[date, date]
) -> Sequence[Kept]:
    """Return a member's purchases of a window with what of each line she kept."""
    owner = func.coalesce(Purchase.earner_id, Purchase.member_id)
    where = [owner == member_id, Purchase.training.is_(False)]
    first, end = window
    if first > date.min:
        where.append(Purchase.occurred_at >= datetime.combine(first, time(0), programme.zone))
    if end < date.max:
        where.append(Purchase.occurred_at < datetime.combine(end, time(0), programme.zone))
    bought = {row.id: row.occurred_at for row in tx.run(select(Purchase).where(*where))}
    if not bought:
        return ()
    back = _back(tx, list(bought))
    lines: dict[str, list[tuple[object, int, int]]] = {}
    rows = tx.run(select(PurchaseLine).where(PurchaseLine.purchase_id.in_(bought)))
    for row in rows:
        milli, minor = back.get((row.purchase_id, row.line_no), (0, 0))
        left = row.quantity_milli - milli
        basis = row.basis_minor if row.basis_minor is not None else row.paid_minor
        kept = max(0, basis * left // row.quantity_milli - minor)
        lines.setdefault(row.purchase_id, []).append((sale_line(row), kept, left))
    return [
        Kept(programme.local_day(at), tuple(lines.get(id_, ())))  # type: ignore[arg-type]  # as put in
        for id_, at in bought.items()
    ]


def _back(tx: Tx, ids: Sequence[str]) -> dict[tuple[str, int], tuple[int, int]]:
    """Return what came back of each line: thousandths, and money without articles."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for model, column in ((ReturnLine, ReturnLine.quantity_milli), (ReturnAmount, None)):
        amount = ReturnAmount.amount_minor if column is None else column
        rows = tx.run(
            select(PurchaseReturn.purchase_id, model.line_no, func.sum(amount))
            .join(PurchaseReturn, PurchaseReturn.id == model.return_id)
            .where(PurchaseReturn.purchase_id.in_(ids))
            .group_by(PurchaseReturn.purchase_id, model.line_no)
        )
        for purchase_id, line_no, total in rows:
            milli, minor = found.get((purchase_id, line_no), (0, 0))
            more = (0, int(total)) if column is None else (int(total), 0)
            found[purchase_id, line_no] = (milli + more[0], minor + more[1])
    return found


def _progress(rule: ChallengeRule, found: Reached, today: date, language: str) -> ChallengeProgress:
    """Return the next step that is not reached; at the end, the last one."""
    done = sum(found.times)
    most = rule.repeats if len(rule.steps) == 1 else len(rule.steps)
    step = rule.steps[0] if len(rule.steps) == 1 else rule.steps[min(done, len(rule.steps) - 1)]
    again = len(rule.steps) == 1 and rule.goal is not Goal.STREAK
    target = step.at * (min(done, most - 1) + 1) if again else step.at
    end = rule.window_of(today)[1]
    return ChallengeProgress(
        challenge=rule.id,
        name=rule.names.get(language) or rule.names.get("en") or rule.id,
        is_money=rule.goal is Goal.SPEND,
        value=min(found.value, target),
        target=target,
        points=step.points,
        wallet=step.wallet,
        badge=step.badge,
        done=done >= most,
        ends_on=end if end < date.max else None,
    )
