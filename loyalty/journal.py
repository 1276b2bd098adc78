"""A member's wallet while something is being posted to it: pure arithmetic, no database.

Whoever holds the wallet's lock opens a journal on what the tables say, posts to it, and writes the
rows that it collected. One purchase, a month's expiry of a thousand members and the import of a
year's history all post through here, so they cannot disagree.

Points below zero are a debt. Lots are emptied before a debt begins, and what is granted later
pays it first, so the lots always hold exactly what is above zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeAlias

from loyalty.chain import posting_digest, seal
from loyalty.lots import (
    POOL,
    Interval,
    Into,
    Lot,
    LotKey,
    expirable,
    lapsed_points,
    new_lot_no,
    take,
    usable_points,
)
from loyalty.programme import WalletRule
from loyalty.values import Fired, MemberId, ProgrammeVersionId, PurchaseId
from loyalty.words import Contra, PostingKind

Row = dict[str, Any]
Share: TypeAlias = Into | tuple[date, int]
"""Where granted points go; day and points alone let the wallet decide the rest."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why and when something is posted. ``source`` is unique within the member."""

    source: str
    request_hash: str
    programme_version_id: ProgrammeVersionId
    occurred_at: datetime
    posted_at: datetime
    reasons: tuple[Fired, ...] = ()
    purchase_id: PurchaseId | None = None
    reverses_seq: int | None = None


@dataclass(slots=True)
class Journal:
    """One wallet: its running totals, its lots, and the rows still to be written.

    ``rule`` is how the programme in force lets it behave. ``last_taken`` are the stretches that
    the last ``take`` took, in its order.
    """

    member_id: MemberId
    unit: str
    balance: int
    held: int
    lifetime_earned: int
    lifetime_spent: int
    seq: int
    head: str
    floor: int | None
    active_on: date | None = None
    rule: WalletRule = WalletRule()
    lots: dict[LotKey, Lot] = field(default_factory=dict)
    postings: list[Row] = field(default_factory=list)
    takes: list[Row] = field(default_factory=list)
    gives: list[Row] = field(default_factory=list)
    touched: set[LotKey] = field(default_factory=set)
    last_taken: tuple[Interval, ...] = ()
    moved: bool = False

    def usable(self, *, lapse_day: date) -> int:
        """Return what may be spent now: not held, not lapsed, never below zero."""
        lapsed = lapsed_points(self.lots.values(), lapse_day=lapse_day)
        return usable_points(self.balance, held=self.held, lapsed=lapsed)

    def lapse_day(self, today: date) -> date:
        """Return the latest expiry day that is over; every day when the wallet was idle."""
        return self.rule.lapse_day(today, self.active_on)

    def grant(
        self,
        kind: PostingKind,
        contra: Contra,
        into: Sequence[Share],
        cause: Cause,
    ) -> Row:
        """Post points into lots; a debt is paid from them at once."""
        shares = [one if isinstance(one, Into) else Into(*one) for one in into]
        points = sum(share.points for share in shares)
        debt = max(0, -self.balance)
        intervals = [self._fill(share, n, cause) for n, share in enumerate(shares)]
        alone = len(shares) == 1 and shares[0].earned_at is None
        row = self._post(kind, contra, points, cause, lot=intervals[0] if alone else None)
        if not alone:
            for stretch, share in zip(self._stretches(intervals), shares, strict=True):
                self.gives.append(stretch | {"earned_at": share.earned_at})
        filled = [self.lots[interval.key] for interval in intervals]
        order = self.rule.consumption
        self._use(take(filled, min(points, debt), consumption=order).intervals)
        return row

    def take(
        self,
        kind: PostingKind,
        contra: Contra,
        points: int,
        cause: Cause,
        *,
        first: Collection[LotKey] = (),
    ) -> Row:
        """Post points out of the lots in the wallet's order; what no lot covers is a debt.

        ``first`` names lots to empty before the others.
        """
        order = self.rule.consumption
        taken = take(self.lots.values(), points, first=first, consumption=order)
        row = self._post(kind, contra, -points, cause)
        self._use(taken.intervals)
        self.last_taken = taken.intervals
        return row

    def expire(self, *, lapse_day: date, cause: Cause) -> list[Row]:
        """Post what has lapsed, one posting a lot; points that are held are spared.

        The cause's source is completed with the lot and its stretch, so that a lot which was
        filled again by a reversal can lapse again.
        """
        rows = []
        for gone in expirable(self.lots.values(), held=self.held, lapse_day=lapse_day):
            lot = f"{gone.expires_on.isoformat()}:" + (f"{gone.lot_no}:" if gone.lot_no else "")
            source = f"{cause.source}:{self.unit}:{lot}{gone.hi}"
            one = replace(cause, source=source, request_hash=source)
            rows.append(self._post(PostingKind.EXPIRY, Contra.EXPIRED, -gone.points, one))
            self._use([gone])
        return rows

    def hold(self, points: int) -> None:
        """Keep points back, or, when negative, set them free."""
        self.held += points
        self.moved = True
        assert self.held >= 0, "more is set free than was held"

    def note_active(self, day: date) -> None:
        """Remember the latest day on which the member did something with her wallet."""
        if self.active_on is None or self.active_on < day:
            self.active_on = day
            self.moved = True

    def _fill(self, share: Into, place: int, cause: Cause) -> Interval:
        """Add to the lot that the share names, or to the one that the wallet's rule wants."""
        lot_no, earned_at = share.lot_no, None
        if lot_no is None and self.rule.individual:
            lot_no = new_lot_no(self.seq + 1, place)
            earned_at = share.earned_at or cause.occurred_at
        elif lot_no:
            assert LotKey(share.expires_on, lot_no) in self.lots, (
                "a lot has to be read to be filled"
            )
        key = LotKey(share.expires_on, lot_no or POOL)
        lot = self.lots.get(key, Lot(key.expires_on, 0, 0, key.lot_no, earned_at))
        self.lots[key] = replace(lot, granted=lot.granted + share.points)
        self.touched.add(key)
        return Interval(key.expires_on, lot.granted, lot.granted + share.points, key.lot_no)

    def _post(
        self,
        kind: PostingKind,
        contra: Contra,
        points: int,
        cause: Cause,
        *,
        lot: Interval | None = None,
    ) -> Row:
        """Add a posting to the chain and to the running totals."""
        assert points, "a posting moves something"
        self.balance += points
        self.seq += 1
        self.moved = True
        if contra is Contra.ISSUED:
            self.lifetime_earned += points
        elif contra is Contra.REDEEMED:
            self.lifetime_spent -= points
        row = {
            "member_id": self.member_id,
            "unit": self.unit,
            "kind": kind,
            "contra": contra,
            "points": points,
            "lot_on": lot.expires_on if lot else None,
            **cause_columns(cause),
        }
        digest = posting_digest(row)
        self.head = seal(self.head, seq=self.seq, balance=self.balance, digest=digest)
        row |= {
            "seq": self.seq,
            "balance": self.balance,
            "lot_no": lot.lot_no if lot else None,
            "lot_lo": lot.lo if lot else None,
            "lot_hi": lot.hi if lot else None,
            "hash": self.head,
        }
        self.postings.append(row)
        return row

    def _use(self, intervals: Sequence[Interval]) -> None:
        """Move the consumed mark of lots and note the stretches under the last posting."""
        for used in intervals:
            self.lots[used.key] = replace(self.lots[used.key], consumed=used.hi)
            self.touched.add(used.key)
        self.takes.extend(self._stretches(intervals))

    def _stretches(self, intervals: Iterable[Interval]) -> list[Row]:
        return [
            {
                "member_id": self.member_id,
                "unit": self.unit,
                "seq": self.seq,
                "expires_on": stretch.expires_on,
                "lot_no": stretch.lot_no,
                "lo": stretch.lo,
                "hi": stretch.hi,
            }
            for stretch in intervals
        ]


def cause_columns(cause: Cause) -> Row:
    """Return the columns of a posting that its cause fills."""
    return {
        "source": cause.source,
        "request_hash": cause.request_hash,
        "reverses_seq": cause.reverses_seq,
        "purchase_id": cause.purchase_id,
        "programme_version_id": cause.programme_version_id,
        "reasons": reasons_document(cause.reasons),
        "occurred_at": cause.occurred_at,
        "posted_at": cause.posted_at,
    }


def reasons_document(reasons: Iterable[Fired]) -> list[Row]:
    """Return reasons as they are stored beside a posting."""
    return [
        {
            "rule": one.rule,
            "points": one.points,
            "basis_minor": one.basis_minor,
            "line_nos": list(one.line_nos),
            "label": one.label,
        }
        for one in reasons
    ]


def read_reasons(document: Iterable[Row]) -> tuple[Fired, ...]:
    """Return stored reasons as values."""
    return tuple(
        Fired(
            rule=one["rule"],
            points=one["points"],
            basis_minor=one["basis_minor"],
            line_nos=tuple(one["line_nos"]),
            label=one["label"],
        )
        for one in document
    )
