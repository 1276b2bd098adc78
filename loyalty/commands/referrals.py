"""Referrals: who was brought by whom, and what both get for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.events import At, count_on_stairs, record_event
from loyalty.commands.sql import insert_rows
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import SelfReferral
from loyalty.events import ReferralSettled
from loyalty.happening import REFERRAL
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.models import Referral
from loyalty.programme import Programme, ReferralRule
from loyalty.queries.members import member_name
from loyalty.queries.programme import current_programme
from loyalty.referral import after_purchase, is_same_person
from loyalty.settling import Filled, grant_now, note_activity, settle, take_earned_back
from loyalty.values import Fired, Identity, MemberId, PurchaseId, ReferralState


def refuse_self_referral(tx: Tx, *, referrer_id: MemberId | None, identity: Identity) -> None:
    """Refuse to bring oneself, where the programme looks for it.

    Raises:
        SelfReferral: address or number are the referrer's own.
        UnknownMember: nobody has the referrer's id.
    """
    if referrer_id is None:
        return
    rule, known = current_programme(tx).referral, member_name(tx, referrer_id)
    if rule is not None and is_same_person(rule, known, identity):
        raise SelfReferral


def note_referral(tx: Tx, *, member_id: MemberId, referrer_id: MemberId) -> None:
    """Write down that a new member was brought by another; nothing without a rule for it."""
    if current_programme(tx).referral is None:
        return
    row = {
        "member_id": member_id,
        "referrer_id": referrer_id,
        "state": ReferralState.PENDING,
        "at": tx.now,
        "changed_at": tx.now,
    }
    insert_rows(tx, Referral, [row])


def hold_referrer(
    tx: Tx, member_id: MemberId | None, *, returning: PurchaseId | None = None
) -> None:
    """Hold the wallets of a buyer and of who brought her, before hers alone is held.

    Everybody locks in one order; a purchase may reward both, and ``returning`` it may take both
    rewards back.
    """
    rule = current_programme(tx).referral
    if rule is None or member_id is None:
        return
    row = _row(tx, member_id)
    if row is None:
        return
    rewards = returning is None and row.state is ReferralState.PENDING
    takes_back = returning is not None and row.purchase_id == returning
    if rewards or takes_back:
        open_members(tx, sorted([member_id, row.referrer_id]))


def referred_bought(
    tx: Tx, *, member_id: MemberId, purchase_id: PurchaseId, total_minor: int, on: date
) -> ReferralState | None:
    """Let a purchase count for the referral of its buyer; return what became of it, if anything.

    The reward comes at once, or ``after_days`` later when nothing came back meanwhile.
    """
    rule = current_programme(tx).referral
    row = _waiting(tx, member_id) if rule is not None else None
    if rule is None or row is None:
        return None
    state = after_purchase(rule, total_minor)
    if state is None:
        return None
    if state is ReferralState.REJECTED:
        _change(tx, row, state=state, purchase_id=purchase_id)
        return state
    due_on = on + timedelta(days=rule.after_days)
    _change(tx, row, purchase_id=purchase_id, due_on=due_on)
    if rule.after_days:
        return ReferralState.PENDING
    _reward(tx, _row(tx, member_id), tx.now)
    return ReferralState.REWARDED


def referred_returned(
    tx: Tx, purchase: Any, *, kept_minor: int, cause: str
) -> ReferralState | None:
    """Let a return count for the referral that its purchase decided; return its state, if any.

    ``purchase`` has an ``id`` and a ``member_id``, which may be empty.

    Below the minimum a reward is taken back from both sides, as far as short balances let it. A
    reward still to come is lost, or waits for another purchase where any may count.
    """
    rule = current_programme(tx).referral
    row = _row(tx, purchase.member_id) if rule is not None and purchase.member_id else None
    if rule is None or row is None or row.purchase_id != purchase.id:
        return None
    if kept_minor and kept_minor >= rule.minimum_minor:
        return None
    if row.state is ReferralState.REWARDED:
        _take_back(tx, row, cause)
        return ReferralState.REVERSED
    if row.state is not ReferralState.PENDING:
        return None
    state = ReferralState.PENDING if rule.any_purchase else ReferralState.REJECTED
    _change(tx, row, state=state, purchase_id=None, due_on=None)
    return state


def settle_referrals(tx: Tx, *, limit: int = 500, as_of: datetime | None = None) -> int:
    """Reward up to ``limit`` referrals whose days are over; return how many. Zero: none is left."""
    at = as_of or tx.now
    today = current_programme(tx).local_day(at)
    rows = tx.run(
        select(Referral)
        .where(Referral.state == ReferralState.PENDING, Referral.due_on <= today)
        .order_by(Referral.due_on, Referral.member_id)
        .limit(limit)
    ).all()
    for row in rows:
        _reward(tx, row, at)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two, and what she gets by wallet."""

    member_id: MemberId
    name: str
    points: Mapping[str, int]


def _sides(rule: ReferralRule, row: Any) -> tuple[_Side, _Side]:
    return (
        _Side(row.referrer_id, "referrer", rule.referrer),
        _Side(row.member_id, "referee", rule.referee),
    )


def _reward(tx: Tx, row: Any, at: datetime) -> None:
    """Give both sides what the programme promises, and tell the rules of the event."""
    programme = current_programme(tx)
    assert programme.referral is not None, "asked only where referrals are rewarded"
    sides = _sides(programme.referral, row)
    opened = open_members(tx, sorted(side.member_id for side in sides), _units(sides))
    given: dict[str, dict[str, int]] = {}
    for side in sides:
        given[side.name] = _give(tx, programme, opened[side.member_id], side, row)
    moved = [journal for journals in opened.values() for journal in journals.values()]
    write_wallets(tx, moved)
    _change(tx, row, state=ReferralState.REWARDED, given=given)
    for side in sides:
        told = At(side.member_id, at, _source(row))
        count_on_stairs(tx, told, earned=given[side.name])
    record_event(tx, member_id=row.referrer_id, event=REFERRAL, source=_source(row), occurred_at=at)
    _announce(tx, row, ReferralState.REWARDED)


def _give(
    tx: Tx, programme: Programme, journals: Journals, side: _Side, row: Any
) -> dict[str, int]:
    """Post what one side gets; return it by wallet."""
    settle(journals, programme, tx.now)
    today = programme.local_day(tx.now)
    points = {unit: amount for unit, amount in side.points.items() if amount}
    if points:
        note_activity(journals, programme, today, tx.now)
    for unit, amount in points.items():
        cause = _cause(tx, programme, f"{_source(row)}:{unit}", Fired(side.name, amount, 0))
        grant_now(journals, unit=unit, points=amount, day=today, cause=cause)
    return points


def _take_back(tx: Tx, row: Any, why: str) -> None:
    """Take back what both sides got, as far as short balances let it."""
    programme = current_programme(tx)
    assert programme.referral is not None, "asked only where referrals are rewarded"
    given: Mapping[str, Mapping[str, int]] = row.given or {}
    sides = [
        _Side(side.member_id, side.name, given.get(side.name, {}))
        for side in _sides(programme.referral, row)
    ]
    opened = open_members(tx, sorted(side.member_id for side in sides), _units(sides))
    today = programme.local_day(tx.now)
    for side in sides:
        journals = opened[side.member_id]
        settle(journals, programme, tx.now)
        for unit, amount in side.points.items():
            cause = _cause(tx, programme, f"{_source(row)}:{unit}:back", Fired(why, -amount, 0))
            take_earned_back(
                journals,
                unit=unit,
                points=amount,
                filled=Filled(),
                policy=programme.returns.short_balance,
                cause=cause,
                lapse_day=journals[unit].lapse_day(today),
            )
    write_wallets(tx, [one for journals in opened.values() for one in journals.values()])
    _change(tx, row, state=ReferralState.REVERSED)
    for side in sides:
        told = At(side.member_id, row.changed_at, f"{_source(row)}:back")
        back = {unit: -amount for unit, amount in side.points.items()}
        count_on_stairs(tx, told, earned=back)
    _announce(tx, row, ReferralState.REVERSED)


def _units(sides: tuple[_Side, ...] | list[_Side]) -> list[str]:
    return sorted({unit for side in sides for unit in side.points})


def _source(row: Any) -> str:
    return f"referral:{row.member_id}"


def _cause(tx: Tx, programme: Programme, source: str, reason: Fired) -> Cause:
    return Cause(source, source, programme.version_id, tx.now, tx.now, (reason,))


def _waiting(tx: Tx, member_id: MemberId) -> Any:
    """Return the referral of a member that no purchase has decided yet."""
    row = _row(tx, member_id)
    waits = row is not None and row.state is ReferralState.PENDING and row.purchase_id is None
    return row if waits else None


def _row(tx: Tx, member_id: MemberId) -> Any:
    return tx.run(select(Referral).where(Referral.member_id == member_id)).first()


def _change(tx: Tx, row: Any, **facts: Any) -> None:
    tx.run(
        update(Referral)
        .where(Referral.member_id == row.member_id)
        .values(changed_at=tx.now, **facts)
    )


def _announce(tx: Tx, row: Any, state: ReferralState) -> None:
    tx.announce(ReferralSettled(member_id=row.member_id, referrer_id=row.referrer_id, state=state))
