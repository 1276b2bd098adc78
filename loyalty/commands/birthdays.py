"""Birthdays: once a year each, on the local day."""

from __future__ import annotations

from calendar import isleap
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, extract, or_, select

from loyalty.commands.events import record_event
from loyalty.happening import BIRTHDAY, once_only
from loyalty.kernel.tx import Tx
from loyalty.models import Member, MemberEvent, MemberIdentity
from loyalty.programme import Per
from loyalty.queries.programme import current_programme
from loyalty.values import MemberState

LEAP_DAY = (2, 29)


def birthdays(tx: Tx, *, limit: int = 500, as_of: datetime | None = None) -> int:
    """Give up to ``limit`` members what today's birthday earns them; return how many.

    Who was born on 29 February has a birthday on the 28th of other years. Zero means that nobody
    is left. Nothing happens where no rule knows birthdays.
    """
    at = as_of or tx.now
    programme = current_programme(tx, at)
    if not any(rule.per is Per.EVENT and rule.event == BIRTHDAY for rule in programme.earn):
        return 0
    today = programme.local_day(at)
    once = once_only(BIRTHDAY, today)
    told = exists().where(MemberEvent.member_id == Member.id, MemberEvent.once == once)
    due = tx.run(
        select(Member.id)
        .join(MemberIdentity, MemberIdentity.member_id == Member.id)
        .where(Member.state == MemberState.ACTIVE, _born_on(today), ~told)
        .order_by(Member.id)
        .limit(limit)
    ).scalars()
    members = list(due)
    for member_id in members:
        source = f"{BIRTHDAY}:{today.year}"
        record_event(tx, member_id=member_id, event=BIRTHDAY, source=source, occurred_at=at)
    return len(members)


def _born_on(today: date) -> ColumnElement[bool]:
    days = [(today.month, today.day)]
    if days == [(2, 28)] and not isleap(today.year):
        days.append(LEAP_DAY)
    month = extract("month", MemberIdentity.born_on)
    day = extract("day", MemberIdentity.born_on)
    return or_(*((month == one) & (day == other) for one, other in days))
