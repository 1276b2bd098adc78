"""Posting what has lapsed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, tuple_

from loyalty.commands.mutexes import hold_members
from loyalty.commands.wallets import open_members, write_wallets
from loyalty.kernel.batches import Ask, Stretch
from loyalty.kernel.tx import Tx
from loyalty.models import Lot, Wallet
from loyalty.programme import WalletRule
from loyalty.queries.programme import book_rules, current_programme
from loyalty.settling import lapse
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a pass has come: the wallet, whether its idle ones are looked at, and the last row.

    Lots are passed in the order of their day and member, idle wallets by member.
    """

    unit: str
    idle: bool = False
    on: date = date.min
    after: str = ""


def expire_lots(tx: Tx, *, limit: int = 500, as_of: datetime | None = None) -> int:
    """Post the lapsed points of up to ``limit`` lots; return how many postings.

    Held points are spared and lapse when the hold ends. ``as_of`` decides which day it is, by
    default now. Zero means that nothing is left to do.
    """
    ask = Ask(limit=limit)
    while True:
        stretch = expire_next(tx, ask, as_of=as_of)
        if stretch.moved or not stretch.cursor:
            return stretch.moved
        ask = replace(ask, cursor=stretch.cursor)


def expire_next(tx: Tx, ask: Ask, *, as_of: datetime | None = None) -> Stretch:
    """Post what has lapsed in the next lots that are asked for: one posting a lot."""
    at = as_of or tx.now
    programme, rules = current_programme(tx), book_rules(tx)
    today = programme.local_day(at)
    place = _read(ask.cursor, _units(tx))
    if place is None:
        return Stretch(0, 0)
    rows = tx.run(_due(place, rules.rule(place.unit), today), {"limit": ask.limit}).all()
    members = sorted({MemberId(row.member_id) for row in rows})
    held = members if ask.wait else hold_members(tx, members, skip=True)
    opened = [journals[place.unit] for journals in open_members(tx, held, [place.unit]).values()]
    for journal in opened:
        lapse(journal, programme, at)
    moved = sum(len(journal.postings) for journal in opened)
    write_wallets(tx, opened)
    following = _after(place, rows, rules.rule(place.unit), _units(tx), full=len(rows) == ask.limit)
    return Stretch(max(len(rows), moved), moved, following, len(members) - len(held))


def lapsed_lots(tx: Tx, *, as_of: datetime | None = None) -> int:
    """Return how many lots, and idle wallets, there are to look at."""
    rules = book_rules(tx)
    today = current_programme(tx).local_day(as_of or tx.now)
    found = 0
    for unit in _units(tx):
        rule = rules.rule(unit)
        places = [_Place(unit), _Place(unit, idle=True)][: 2 if _has_idle(rule) else 1]
        for place in places:
            due = _due(place, rule, today).order_by(None).limit(None).subquery()
            found += int(tx.run(select(func.count()).select_from(due)).scalar_one())
    return found


def _units(tx: Tx) -> list[str]:
    """Return the wallets whose points may lapse, in order."""
    rules = book_rules(tx)
    return sorted(rules.wallets.keys() - set(rules.shadows))


def _due(place: _Place, rule: WalletRule, today: date) -> Select[Any, Any]:
    """Return the rows after a place that something may lapse of; the limit is still to be bound."""
    return _idle(place, rule, today) if place.idle else _lapsed(place, rule, today)


def _lapsed(place: _Place, rule: WalletRule, today: date) -> Select[Any, Any]:
    """Return the lots that hold points and whose day has come."""
    at = tuple_(Lot.expires_on, Lot.member_id)
    return (
        select(Lot.expires_on, Lot.member_id)
        .where(
            Lot.unit == place.unit,
            Lot.expires_on <= rule.gone_day(today),
            Lot.granted > Lot.consumed,
            at > tuple_(place.on, place.after),
        )
        .order_by(Lot.expires_on, Lot.member_id)
        .limit(_LIMIT)
    )


def _idle(place: _Place, rule: WalletRule, today: date) -> Select[Any, Any]:
    """Return the wallets that hold points and have been idle for too long."""
    return (
        select(Wallet.active_on.label("expires_on"), Wallet.member_id)
        .where(
            Wallet.unit == place.unit,
            Wallet.active_on <= rule.idle_since(rule.gone_day(today)),
            Wallet.balance > 0,
            Wallet.member_id > place.after,
        )
        .order_by(Wallet.member_id)
        .limit(_LIMIT)
    )


def _after(
    place: _Place, rows: Sequence[Any], rule: WalletRule, units: Sequence[str], *, full: bool
) -> str:
    """Return the cursor behind ``rows``; empty when all wallets have been passed."""
    if full:
        return _written(_Place(place.unit, place.idle, rows[-1].expires_on, rows[-1].member_id))
    if _has_idle(rule) and not place.idle:
        return _written(_Place(place.unit, idle=True))
    rest = [unit for unit in units if unit > place.unit]
    return _written(_Place(rest[0])) if rest else ""


def _has_idle(rule: WalletRule) -> bool:
    return rule.expiry.inactive_months is not None


def _read(cursor: str, units: Sequence[str]) -> _Place | None:
    """Return the place that a cursor names, or the first; ``None`` without any wallet."""
    if cursor:
        unit, idle, on, after = json.loads(cursor)
        return _Place(unit, idle, date.fromisoformat(on), after)
    return _Place(units[0]) if units else None


def _written(place: _Place) -> str:
    return json.dumps([place.unit, place.idle, place.on.isoformat(), place.after])


_LIMIT = bindparam("limit", type_=Lot.__table__.c.granted.type)
