"""A multitude of members with points and a level, written down set by set: a million in minutes.

Everybody brings along one lot and a year's spend, as from another system, so that the books prove.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from loyalty.commands.bulk import bulk_insert
from loyalty.commands.credits import standing_facts
from loyalty.commands.wallets import new_wallet
from loyalty.journal import Cause, Journal
from loyalty.kernel.db import Base, Database
from loyalty.kernel.tx import Tx
from loyalty.lots import Into
from loyalty.models import (
    Lot,
    Member,
    Posting,
    TierCredit,
    TierOpening,
    TierStanding,
    Wallet,
)
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.tiers import Facts, begin, credit_key, settle
from loyalty.values import Channel, MemberId, MemberState
from loyalty.words import Contra, PostingKind

AT_ONCE = 10_000
POINTS = 100
STAIRS = (50_000, 250_000, 310_000, 450_000, 820_000)
"""What members spent in the year before, in turn: some on each level."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many members there are to be, and what they bring along."""

    count: int
    joined_on: date
    expires_on: date
    spent_on: date


def member_of(number: int) -> MemberId:
    """Return the id of the member with this number."""
    return MemberId(f"mbr_{number:026d}")


def settle_crowd(database: Database, crowd: Crowd) -> None:
    """Write everybody down, some thousands in a transaction."""
    for first in range(0, crowd.count, AT_ONCE):
        numbers = range(first, min(crowd.count, first + AT_ONCE))
        with database.begin(actor="bench") as tx:
            _write(tx, crowd, numbers)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
            raw.exec_driver_sql("VACUUM ANALYZE")


def _write(tx: Tx, crowd: Crowd, numbers: range) -> None:
    programme = current_programme(tx)
    rows: dict[type[Base], list[dict[str, Any]]] = {}
    for model, row in itertools.chain.from_iterable(
        _rows(programme, crowd, number) for number in numbers
    ):
        rows.setdefault(model, []).append(row)
    for model, some in rows.items():
        bulk_insert(tx, model, some)


def _rows(
    programme: Programme, crowd: Crowd, number: int
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """Yield the rows of one member, each table's in the order of its references."""
    member_id, at = member_of(number), datetime.combine(crowd.joined_on, time(12), UTC)
    yield (
        Member,
        {
            "id": member_id,
            "state": MemberState.ACTIVE,
            "language": "fr",
            "joined_at": at,
            "joined_on": crowd.joined_on,
            "channel": Channel.IMPORT,
            "last_contact_at": at,
        },
    )
    unit = programme.main_unit
    wallet = new_wallet(member_id, unit, programme.points.hard_floor)
    wallet |= {"active_on": crowd.joined_on}
    journal = Journal(**wallet, rule=programme.points)
    cause = Cause("opening:lot:1", "bench", programme.version_id, at, at)
    into = [Into(crowd.expires_on, POINTS + number % 7)]
    journal.grant(PostingKind.OPENING, Contra.OPENING, into, cause)
    yield Wallet, {name: getattr(journal, name) for name in wallet}
    yield Posting, journal.postings[0]
    for key, lot in journal.lots.items():
        lot_row = {"member_id": member_id, "unit": unit, "expires_on": key.expires_on}
        yield Lot, lot_row | {"granted": lot.granted, "consumed": 0, "lot_no": key.lot_no}
    yield from _standing(programme, crowd, member_id, number)


def _standing(
    programme: Programme, crowd: Crowd, member_id: MemberId, number: int
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    at = datetime.combine(crowd.spent_on, time(12), UTC)
    spend = STAIRS[number % len(STAIRS)] + number % 1000
    period = credit_key(programme.tiers, crowd.spent_on)
    counted = {"spend_minor": spend, "earned": 0, "visits": 1}
    credit = {"member_id": member_id, "period": period, "last_on": crowd.spent_on}
    facts = Facts({period: spend})
    state = begin(programme.tiers, joined_on=crowd.joined_on, day=crowd.joined_on)
    state = settle(programme.tiers, state, facts, crowd.spent_on)
    told = {"member_id": member_id, "period": period, "level": state.level, "purchases": 1}
    standing = standing_facts(programme.tiers, state, facts, crowd.spent_on)
    yield TierStanding, {"member_id": member_id, "since_at": at} | standing
    yield TierCredit, credit | counted
    yield TierOpening, told | counted | {"at": at}
