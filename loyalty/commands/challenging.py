"""Giving what reached challenges promise, and taking it back when a return undoes them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.events import At, count_on_stairs, record_event
from loyalty.commands.sql import insert_rows, table_of
from loyalty.commands.wallets import Journals, open_member, write_wallets
from loyalty.events import ChallengeMet
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.models import ChallengeAward, TierStanding
from loyalty.programme import Programme
from loyalty.programme.challenges import ChallengeRule, ChallengeStep
from loyalty.queries.challenges import reached_in
from loyalty.settling import Filled, earn_into, note_activity, settle, take_earned_back
from loyalty.values import Fired, MemberId

CHALLENGE = "challenge"
"""The event that each step which is reached counts as, for rules that pay for it."""


def meet_challenges(
    tx: Tx, programme: Programme, member_id: MemberId, *, occurred_at: datetime
) -> None:
    """Bring a member's challenges up to date after a purchase of hers, or after its return.

    Each step that is reached gives what it promises, once; one that a return undoes gives it
    back, as far as the policy for a short balance lets it. Her wallet is held.
    """
    day = programme.local_day(occurred_at)
    running = [rule for rule in programme.challenges if rule.holds_on(day)]
    if not running:
        return
    level = select(TierStanding.level).where(TierStanding.member_id == member_id)
    tier = tx.run(level).scalar_one()
    for rule in running:
        there = _awards(tx, member_id, rule, day)
        found = reached_in(tx, programme, rule, member_id, day)
        may_win = not rule.tiers or tier in rule.tiers
        for number, (step, times) in enumerate(zip(rule.steps, found.times, strict=True)):
            place = _Place(programme, member_id, rule, step, number, occurred_at)
            _settle_step(tx, place, there.get(number, {}), times, may_win=may_win)


@dataclass(frozen=True, slots=True)
class _Place:
    """A step of a challenge of one member, because of a purchase."""

    programme: Programme
    member_id: MemberId
    rule: ChallengeRule
    step: ChallengeStep
    number: int
    occurred_at: datetime

    @property
    def day(self) -> date:
        """Return the local day of the purchase."""
        return self.programme.local_day(self.occurred_at)

    @property
    def unit(self) -> str:
        """Return the wallet that it pays into."""
        return self.step.wallet or self.programme.default_wallet

    def key(self, nth: int) -> dict[str, Any]:
        """Return what names the award."""
        return {
            "member_id": self.member_id,
            "challenge": self.rule.id,
            "period": self.rule.period(self.day),
            "step": self.number,
            "nth": nth,
        }

    def source(self, nth: int, turn: int) -> str:
        """Return the cause of what is given."""
        period = self.rule.period(self.day)
        return f"challenge:{self.rule.id}:{period}:{self.number}:{nth}:{turn}"


def _awards(
    tx: Tx, member_id: MemberId, rule: ChallengeRule, day: date
) -> dict[int, dict[int, Any]]:
    """Return what was given in this window, by step and turn."""
    rows = tx.run(
        select(ChallengeAward).where(
            ChallengeAward.member_id == member_id,
            ChallengeAward.challenge == rule.id,
            ChallengeAward.period == rule.period(day),
        )
    )
    found: dict[int, dict[int, Any]] = {}
    for row in rows:
        found.setdefault(row.step, {})[row.nth] = row
    return found


def _settle_step(
    tx: Tx, place: _Place, there: dict[int, Any], times: int, *, may_win: bool
) -> None:
    for nth in range(1, max([times, *there]) + 1):
        row = there.get(nth)
        stands = row is not None and row.stands
        if nth <= times and not stands and may_win:
            _give(tx, place, nth, row)
        elif nth > times and stands and place.rule.takes_back:
            _take(tx, place, nth, row)


def _give(tx: Tx, place: _Place, nth: int, row: Any) -> None:
    """Give what a step promises, and remember it."""
    turn = 1 if row is None else row.turns + 1
    step, points = place.step, place.step.points
    if points:
        journals = open_member(tx, place.member_id, [place.unit], any_state=True)
        settle(journals, place.programme, tx.now)
        note_activity(journals, place.programme, place.day, tx.now)
        cause = _cause(tx, place, place.source(nth, turn), points)
        unit, day = place.unit, place.day
        earn_into(journals, place.programme, unit=unit, points=points, day=day, cause=cause)
        write_wallets(tx, journals.values())
        _count(tx, place, place.source(nth, turn), points)
    facts = {"stands": True, "turns": turn, "at": tx.now}
    facts |= {"points": points, "wallet": place.unit, "badge": step.badge}
    if row is None:
        insert_rows(tx, ChallengeAward, [place.key(nth) | facts])
    else:
        _change(tx, place, nth, facts)
    tx.announce(ChallengeMet(member_id=place.member_id, challenge=place.rule.id, step=place.number))
    if any(rule.event == CHALLENGE for rule in place.programme.earn):
        source = place.source(nth, turn)
        at = place.occurred_at
        record_event(tx, member_id=place.member_id, event=CHALLENGE, source=source, occurred_at=at)


def _take(tx: Tx, place: _Place, nth: int, row: Any) -> None:
    """Take back what a step had given that a return has undone."""
    if row.points:
        unit = row.wallet
        journals: Journals = open_member(tx, place.member_id, [unit], any_state=True)
        settle(journals, place.programme, tx.now)
        source = place.source(nth, row.turns) + ":back"
        today = place.programme.local_day(tx.now)
        left = take_earned_back(
            journals,
            unit=unit,
            points=row.points,
            filled=Filled(),
            policy=place.programme.returns.short_balance,
            cause=_cause(tx, place, source, -row.points),
            lapse_day=journals[unit].lapse_day(today),
        )
        write_wallets(tx, journals.values())
        _count(tx, replace(place), source, -left.points)
    _change(tx, place, nth, {"stands": False})


def _cause(tx: Tx, place: _Place, source: str, points: int) -> Cause:
    name = place.rule.names.get("en", place.rule.id)
    return Cause(
        source=source,
        request_hash=source,
        programme_version_id=place.programme.version_id,
        occurred_at=place.occurred_at,
        posted_at=tx.now,
        reasons=(Fired(place.rule.id, points, 0, label=name),),
    )


def _count(tx: Tx, place: _Place, source: str, points: int) -> None:
    """Let what was given, or taken back, count on the stairs."""
    at = At(place.member_id, place.occurred_at, source)
    count_on_stairs(tx, at, earned={place.unit: points})


def _change(tx: Tx, place: _Place, nth: int, facts: dict[str, Any]) -> None:
    table = table_of(ChallengeAward)
    where = [table.c[name] == value for name, value in place.key(nth).items()]
    tx.run(update(table).where(*where).values(**facts))
