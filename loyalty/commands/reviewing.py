"""Reviewing levels when they are due, many members at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, func, select, tuple_

from loyalty.commands.bulk import bulk_insert, bulk_update
from loyalty.commands.mutexes import hold_members
from loyalty.commands.recrediting import spread_years
from loyalty.commands.resetting import reset_wallets
from loyalty.commands.wallets import open_wallets
from loyalty.events import TierReached
from loyalty.kernel.batches import Ask, Stretch
from loyalty.kernel.outbox import announce_many
from loyalty.kernel.tx import Tx
from loyalty.models import TierChange, TierStanding
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.queries.standings import STATE_FACTS, based, facts_of
from loyalty.tiers import Event, Settler, has_ends, is_plain
from loyalty.values import MemberId

_Pass: TypeAlias = tuple[Any, ColumnElement[bool]]
"""Who is to be looked at, and the column along whose index they are found."""


def review_tiers(
    tx: Tx, *, limit: int = 500, as_of: datetime | None = None, on_request: bool = False
) -> int:
    """Settle the level of up to ``limit`` members whose review is due; return how many.

    Zero means that everybody has been reviewed; whoever buys meanwhile is settled by the purchase.
    ``as_of`` reviews as on another day. ``on_request`` also reviews members whose windows have no
    end of their own, once a day, when the programme names no day for it.
    """
    event = Event.REQUESTED if on_request else Event.REVIEW
    ask = Ask(limit=limit)
    while True:
        stretch = review_next(tx, ask, as_of=as_of, event=event)
        if stretch.done or not stretch.cursor:
            return stretch.done
        ask = replace(ask, cursor=stretch.cursor)


def review_next(
    tx: Tx, ask: Ask, *, as_of: datetime | None = None, event: Event = Event.REVIEW
) -> Stretch:
    """Settle the next members that are asked for whose review is due."""
    programme = current_programme(tx)
    today = programme.local_day(as_of or tx.now)
    passes = _passes(programme, today, event)
    number, key = json.loads(ask.cursor) if ask.cursor else (0, [])
    rows = _found(tx, passes[number], key, ask.limit)
    while not rows and number + 1 < len(passes):
        number += 1
        rows = _found(tx, passes[number], [], ask.limit)
    due = sorted(MemberId(row.member_id) for row in rows)
    held = _held(tx, due, wait=ask.wait)
    steps = _review(tx, programme, held, today, event) if held else 0
    following = ""
    if len(rows) == ask.limit:
        following = json.dumps([number, [str(rows[-1][0]), rows[-1].member_id]])
    elif number + 1 < len(passes):
        following = json.dumps([number + 1, []])
    return Stretch(len(held), steps, following, len(due) - len(held))


def reviews_due(tx: Tx) -> int:
    """Return how many members are to be looked at now."""
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    due = [condition for _, condition in _passes(programme, today, Event.REVIEW)]
    counts = [tx.run(select(func.count()).where(one)).scalar_one() for one in due]
    return sum(int(one) for one in counts)


def _passes(programme: Programme, today: date, event: Event) -> list[_Pass]:
    """Return the passes of a review, one after the other.

    Members of one pass may be met again in the next: they are no longer due by then.
    """
    rule, key = programme.tiers, programme.tiers.key
    check_on, settled_by = TierStanding.next_check_on, TierStanding.rule_key
    passes: list[_Pass] = [
        (settled_by, settled_by < key),
        (settled_by, settled_by > key),
        (check_on, (check_on <= today) & (settled_by == key)),
    ]
    if event is Event.REQUESTED and not has_ends(rule) and rule.review_on is None:
        passes.append((TierStanding.reviewed_on, TierStanding.reviewed_on < today))
    return passes


def _found(tx: Tx, one: _Pass, key: Sequence[str], limit: int) -> Sequence[Row[Any]]:
    """Return the next rows of a pass after the place that a cursor names."""
    column, condition = one
    found = select(column, TierStanding.member_id).where(condition)
    if key:
        first = key[0] if column is TierStanding.rule_key else date.fromisoformat(key[0])
        found = found.where(tuple_(column, TierStanding.member_id) > (first, key[1]))
    return tx.run(found.order_by(column, TierStanding.member_id).limit(limit)).all()


def _held(tx: Tx, due: Sequence[MemberId], *, wait: bool) -> list[MemberId]:
    """Hold members, and return whose are held: all of them when they are waited for."""
    held = hold_members(tx, due, skip=not wait)
    if not wait:
        return held
    open_wallets(tx, sorted(set(due) - set(held)))
    return list(due)


def _review(
    tx: Tx, programme: Programme, due: Sequence[MemberId], today: date, event: Event
) -> int:
    """Settle many members: what decides is read at once, and what changed is written at once.

    Returns how many steps up or down there were.
    """
    rule, key = programme.tiers, programme.tiers.key
    rows = tx.run(select(TierStanding.__table__).where(TierStanding.member_id.in_(due))).all()
    if not is_plain(rule):
        spread_years(tx, programme, [row.member_id for row in rows if row.rule_key != key])
    facts, settler = facts_of(tx, programme, due), Settler(rule, today, event)
    written: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    resets: list[MemberId] = []
    for row in rows:
        state, check_on = settler.settled(based(rule, row, today), facts[row.member_id])
        wanted = {name: getattr(state, name) for name in STATE_FACTS}
        wanted |= {"member_id": row.member_id, "rule_key": key, "next_check_on": check_on}
        moved = state.level != row.level
        written.append(wanted | {"since_at": tx.now if moved else row.since_at})
        if moved:
            steps.append(_step(row, state.level, tx.now, f"review:{today.isoformat()}"))
        if state.credits_from != row.credits_from:
            resets.append(row.member_id)
    bulk_update(tx, TierStanding, written, keys=("member_id",))
    _note_steps(tx, steps)
    reset_wallets(tx, programme, resets, today)
    return len(steps)


def _step(row: Any, level: str, at: datetime, cause: str) -> dict[str, Any]:
    return {
        "member_id": row.member_id,
        "from_level": row.level,
        "to_level": level,
        "cause": cause,
        "at": at,
    }


def _note_steps(tx: Tx, steps: list[dict[str, Any]]) -> None:
    """Append a step to each member's history, and announce it."""
    if not steps:
        return
    members = [step["member_id"] for step in steps]
    rows = tx.run(
        select(TierChange.member_id, func.max(TierChange.seq).label("last"))
        .where(TierChange.member_id.in_(members))
        .group_by(TierChange.member_id)
    )
    last = {row.member_id: row.last for row in rows}
    fresh = [step | {"seq": last.get(step["member_id"], 0) + 1} for step in steps]
    bulk_insert(tx, TierChange, fresh)
    announce_many(
        tx,
        [
            TierReached(
                member_id=step["member_id"], level=step["to_level"], previous=step["from_level"]
            )
            for step in steps
        ],
    )
