"""Bringing along what members held elsewhere, lot by lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from loyalty.commands.ledger import request_digest
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import UnknownMember
from loyalty.journal import Cause
from loyalty.kernel.tx import Tx
from loyalty.lots import Into
from loyalty.models import Posting
from loyalty.programme import Programme
from loyalty.queries.programme import current_programme
from loyalty.settling import opening_expiry, settle
from loyalty.values import MemberId
from loyalty.words import Contra, PostingKind


@dataclass(frozen=True, slots=True)
class OpeningLot:
    """Points that a member brings along, in grains of the wallet; below zero, a debt.

    Without any day they last for ever, unless the wallet is cleared once a year. ``lot_id`` is the
    caller's own name of the lot; it must be unique for the member.
    """

    member_id: MemberId
    unit: str
    points: int
    earned_on: date | None = None
    expires_on: date | None = None
    lot_id: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """How many lots were written down, and how many had been before."""

    postings: int
    repeated: int


def open_balances(tx: Tx, *, lots: Sequence[OpeningLot], source: str) -> Opened:
    """Write down what members bring along; it was not earned here and counts for no level.

    A lot that was brought along under the same name, or the same ``source`` and place, is left
    alone.

    Raises:
        UnknownMember: one of them is not a member; nothing was written.
        UnknownWallet: the programme has no wallet of that name.
    """
    programme = current_programme(tx)
    members = sorted({lot.member_id for lot in lots})
    opened = open_members(tx, members, sorted({lot.unit for lot in lots}))
    for lot in lots:
        if lot.member_id not in opened:
            raise UnknownMember(lot.member_id)
    known = _sources(tx, members)
    written = 0
    for number, lot in enumerate(sorted(lots, key=_in_order), start=1):
        name = f"lot:{lot.lot_id}" if lot.lot_id else f"{source}:{number}"
        if (lot.member_id, f"opening:{name}") in known or not lot.points:
            continue
        _bring(opened[lot.member_id], programme, lot, f"opening:{name}", tx.now)
        written += 1
    write_wallets(tx, [one for journals in opened.values() for one in journals.values()])
    return Opened(written, len(lots) - written)


def _bring(
    journals: Journals, programme: Programme, lot: OpeningLot, source: str, now: datetime
) -> None:
    """Post one lot, as earned at noon of its day, or now."""
    journal, today = journals[lot.unit], programme.local_day(now)
    earned_at = now
    if lot.earned_on is not None:
        noon = datetime.combine(lot.earned_on, time(12), tzinfo=programme.zone)
        earned_at = min(now, noon.astimezone(UTC))
    cause = Cause(
        source=source,
        request_hash=request_digest("open", lot),
        programme_version_id=programme.version_id,
        occurred_at=earned_at,
        posted_at=now,
    )
    journal.note_active(lot.earned_on or today)
    if lot.points < 0:
        settle(journals, programme, now)
        journal.floor = None
        journal.take(PostingKind.OPENING, Contra.OPENING, -lot.points, cause)
        return
    lot_on = opening_expiry(
        journal.rule, earned_on=lot.earned_on, expires_on=lot.expires_on, today=today
    )
    journal.grant(PostingKind.OPENING, Contra.OPENING, [Into(lot_on, lot.points)], cause)


def _sources(tx: Tx, members: Sequence[MemberId]) -> set[tuple[MemberId, str]]:
    """Return the sources of what these members brought along before."""
    rows = tx.run(
        select(Posting.member_id, Posting.source).where(
            Posting.member_id.in_(members), Posting.kind == PostingKind.OPENING
        )
    )
    return {(row.member_id, row.source) for row in rows}


def _in_order(lot: OpeningLot) -> tuple[MemberId, date, str]:
    """Sort by the day of earning; what has none comes last, in the order of its names."""
    return (lot.member_id, lot.earned_on or date.max, lot.lot_id)
