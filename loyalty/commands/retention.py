"""Warning members of whom nothing was heard for long, and erasing those who stay silent.

Source: CNIL, recommendation on loyalty files: three years after the last contact.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_

from loyalty.commands.bulk import bulk_upsert
from loyalty.commands.erasure import erase_member
from loyalty.commands.mutexes import hold_members
from loyalty.events import RetentionNear
from loyalty.expiry import add_months
from loyalty.kernel.batches import Ask, Stretch
from loyalty.kernel.outbox import announce_many
from loyalty.kernel.tx import Tx
from loyalty.models import Member, Purchase, RetentionWarning
from loyalty.queries.programme import current_programme
from loyalty.values import MemberId, MemberState

MOST_ERASED = 20
"""People erased in one step: each takes a dozen statements, and tills want to get in between."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """Who was last in touch by these instants is to be warned, or erased."""

    warn: datetime
    erase: datetime


@dataclass(frozen=True, slots=True)
class _Silent:
    """A member and when she was last in touch; a purchase is a contact."""

    member_id: MemberId
    contact_at: datetime
    warned_at: datetime | None


def retain_members(tx: Tx, *, limit: int = 100, as_of: datetime | None = None) -> int:
    """Warn members without contact and erase those who stayed silent; return how many.

    The programme's ``retention`` says after how many months; a purchase is a contact, and after a
    new contact she is warned anew. At most ``limit`` members are looked at in a step; zero means
    that nobody is left.
    """
    ask = Ask(limit=limit)
    while True:
        stretch = retain_next(tx, ask, as_of=as_of)
        if stretch.moved or not stretch.cursor:
            return stretch.moved
        ask = replace(ask, cursor=stretch.cursor)


def retain_next(tx: Tx, ask: Ask, *, as_of: datetime | None = None) -> Stretch:
    """Look at the next members who were enrolled or in touch long ago, the longest silent first."""
    ends = _ends(tx, as_of)
    rows = _next(tx, ask, ends)
    due = [one for one in rows if one.contact_at <= ends.erase][:MOST_ERASED]
    if len(due) == MOST_ERASED:
        rows = rows[: rows.index(due[-1]) + 1]
    members = sorted(one.member_id for one in due)
    held = hold_members(tx, members, skip=not ask.wait)
    left = 0 if ask.wait else len(members) - len(held)
    sure = members if ask.wait else held
    erased = [one for one in _of(tx, sure) if one.contact_at <= ends.erase]
    for one in erased:
        erase_member(tx, member_id=one.member_id, reason="retention")
    warned = _warn(tx, [one for one in rows if ends.erase < one.contact_at <= ends.warn], ends)
    whole = len(rows) == ask.limit or len(due) == MOST_ERASED
    cursor = _cursor(tx, rows[-1].member_id) if whole else ""
    return Stretch(len(rows), len(erased) + warned, cursor, left)


def silent_members(tx: Tx) -> int:
    """Return how many members there are to look at: some may have bought something since."""
    ends = _ends(tx, None)
    return int(tx.run(select(func.count()).where(*_old(ends))).scalar_one())


def _ends(tx: Tx, as_of: datetime | None) -> _Ends:
    """Return the last instants of the days that lie the programme's months back."""
    programme = current_programme(tx)
    today, rule = programme.local_day(as_of or tx.now), programme.retention
    warn, erase = (
        datetime.combine(add_months(today, -months), datetime.max.time(), programme.zone)
        for months in (rule.warn_after_months, rule.erase_after_months)
    )
    return _Ends(warn, erase)


def _old(ends: _Ends) -> tuple[Any, ...]:
    """Return the condition on members who were not in touch otherwise than by buying."""
    there = Member.state.in_([MemberState.ACTIVE, MemberState.BLOCKED])
    return there, Member.last_contact_at <= max(ends.warn, ends.erase)


def _next(tx: Tx, ask: Ask, ends: _Ends) -> list[_Silent]:
    found = _FACTS.where(*_old(ends))
    if ask.cursor:
        at, member_id = json.loads(ask.cursor)
        place = tuple_(datetime.fromisoformat(at), member_id)
        found = found.where(tuple_(Member.last_contact_at, Member.id) > place)
    rows = tx.run(found.order_by(Member.last_contact_at, Member.id).limit(ask.limit))
    return [_read(row) for row in rows]


def _of(tx: Tx, member_ids: Sequence[MemberId]) -> list[_Silent]:
    """Return what is known of members who are held: one may have bought something just now."""
    return [_read(row) for row in tx.run(_FACTS.where(Member.id.in_(member_ids)))]


def _cursor(tx: Tx, member_id: MemberId) -> str:
    at = tx.run(select(Member.last_contact_at).where(Member.id == member_id)).scalar_one()
    return json.dumps([at.isoformat(), member_id])


def _read(row: Any) -> _Silent:
    contact_at = max(row.last_contact_at, row.bought_at or row.last_contact_at)
    return _Silent(MemberId(row.id), contact_at, row.warned_at)


def _warn(tx: Tx, silent: Sequence[_Silent], ends: _Ends) -> int:
    """Warn those who were not warned of this silence yet; return how many."""
    fresh = [one for one in silent if one.warned_at is None or one.warned_at <= ends.warn]
    rows = [{"member_id": one.member_id, "warned_at": tx.now} for one in fresh]
    bulk_upsert(tx, RetentionWarning, rows, keys=("member_id",))
    announce_many(tx, [RetentionNear(member_id=one.member_id) for one in fresh])
    return len(rows)


_BOUGHT = (
    select(func.max(Purchase.occurred_at))
    .where(Purchase.member_id == Member.id)
    .correlate(Member)
    .scalar_subquery()
)
_FACTS = select(
    Member.id, Member.last_contact_at, _BOUGHT.label("bought_at"), RetentionWarning.warned_at
).outerjoin(RetentionWarning, RetentionWarning.member_id == Member.id)
