"""A member's wallet while something is being posted to it: pure arithmetic, no database.

Whoever holds the wallet's lock opens a journal on what the tables say, posts to it, and writes the
rows that it collected. One purchase, a month's expiry of a thousand members and the import of a
year's history all post through here, so they cannot disagree.

Points below zero are a debt. Lots are emptied before a debt begins, and what is granted later
pays it first, so the lots always hold exactly what is above zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from loyalty.chain import posting_digest, seal
from loyalty.lots import Interval, Lot, expirable, lapsed_points, take, usable_points
from loyalty.values import Fired, MemberId, ProgrammeVersionId, PurchaseId
from loyalty.words import Contra, PostingKind

Row = dict[str, Any]


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
    """One wallet: its running totals, its lots, and the rows still to be written."""

    member_id: MemberId
    unit: str
    balance: int
    held: int
    lifetime_earned: int
    lifetime_spent: int
    seq: int
    head: str
    floor: int | None
    lots: dict[date, Lot]
    postings: list[Row] = field(default_factory=list)
    takes: list[Row] = field(default_factory=list)
    gives: list[Row] = field(default_factory=list)
    touched: set[date] = field(default_factory=set)
    moved: bool = False

    def usable(self, *, lapse_day: date) -> int:
        """Return what may be spent now: not held, not lapsed, never below zero."""
        lapsed = lapsed_points(self.lots.values(), lapse_day=lapse_day)
        return usable_points(self.balance, held=self.held, lapsed=lapsed)

    def grant(
        self,
        kind: PostingKind,
        contra: Contra,
        into: Sequence[tuple[date, int]],
        cause: Cause,
    ) -> Row:
        """Post points into lots; a debt is paid from them at once."""
        points = sum(share for _, share in into)
        debt = max(0, -self.balance)
        intervals = [self._fill(expires_on, share) for expires_on, share in into]
        single = intervals[0] if len(intervals) == 1 else None
        row = self._post(kind, contra, points, cause, lot=single)
        if single is None:
            self.gives.extend(self._stretches(intervals))
        filled = [self.lots[expires_on] for expires_on, _ in into]
        self._use(take(filled, min(points, debt)).intervals)
        return row

    def take(
        self,
        kind: PostingKind,
        contra: Contra,
        points: int,
        cause: Cause,
        *,
        first: date | None = None,
    ) -> Row:
        """Post points out of the lots, earliest expiry first; what no lot covers is a debt.

        ``first`` names a lot to empty before the others.
        """
        taken = take(self.lots.values(), points, first=first)
        row = self._post(kind, contra, -points, cause)
        self._use(taken.intervals)
        return row

    def expire(self, *, lapse_day: date, cause: Cause) -> list[Row]:
        """Post what has lapsed, one posting a lot; points that are held are spared.

        The cause's source is completed with the lot's day and stretch, so that a lot which was
        filled again by a reversal can lapse again.
        """
        rows = []
        for gone in expirable(self.lots.values(), held=self.held, lapse_day=lapse_day):
            source = f"{cause.source}:{self.unit}:{gone.expires_on.isoformat()}:{gone.hi}"
            one = replace(cause, source=source, request_hash=source)
            rows.append(self._post(PostingKind.EXPIRY, Contra.EXPIRED, -gone.points, one))
            self._use([gone])
        return rows

    def hold(self, points: int) -> None:
        """Keep points back, or, when negative, set them free."""
        self.held += points
        self.moved = True
        assert self.held >= 0, "more is set free than was held"

    def _fill(self, expires_on: date, points: int) -> Interval:
        lot = self.lots.get(expires_on, Lot(expires_on, 0, 0))
        self.lots[expires_on] = replace(lot, granted=lot.granted + points)
        self.touched.add(expires_on)
        return Interval(expires_on, lot.granted, lot.granted + points)

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
            "lot_lo": lot.lo if lot else None,
            "lot_hi": lot.hi if lot else None,
            "hash": self.head,
        }
        self.postings.append(row)
        return row

    def _use(self, intervals: Sequence[Interval]) -> None:
        """Move the consumed mark of lots and note the stretches under the last posting."""
        for used in intervals:
            lot = self.lots[used.expires_on]
            self.lots[used.expires_on] = replace(lot, consumed=used.hi)
            self.touched.add(used.expires_on)
        self.takes.extend(self._stretches(intervals))

    def _stretches(self, intervals: Iterable[Interval]) -> list[Row]:
        return [
            {
                "member_id": self.member_id,
                "unit": self.unit,
                "seq": self.seq,
                "expires_on": stretch.expires_on,
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
