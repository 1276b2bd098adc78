"""The lots of a member, one for each time that points arrived, and what used them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from loyalty.expiry import NEVER
from loyalty.kernel.tx import Tx
from loyalty.lots import POOL, Interval
from loyalty.models import Give, Lot, Posting, Take, Wallet
from loyalty.programme import shadow_of
from loyalty.queries.programme import book_rules, current_programme
from loyalty.tracing import Given, Move, Trace, TracedLot, trace, traced_in_order_of_use
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class LotRow:
    """Points that arrived at once. ``lot_id`` is the caller's own name of them, or their number.

    ``expires_on`` is the first day on which they are gone, empty when they last. ``closed`` says
    why none can be used any more (``used``, ``lapsed``), empty while some can. ``pending`` ones
    are still waiting; they arrive on ``expires_on``.
    """

    lot_id: str
    client_id: str
    arrived: int
    wallet: str
    granted: int
    left: int
    earned_on: date
    expires_on: date | None
    closed: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class TakenLot:
    """How many points a posting took from a lot."""

    seq: int
    lot_id: str
    client_id: str
    expires_on: date | None
    points: int


def lots_of(
    tx: Tx,
    member_id: MemberId,
    unit: str | None = None,
    *,
    all: bool = False,  # noqa: A002 - the word of examples
) -> tuple[LotRow, ...]:
    """Return a member's usable lots in the order of use; all of them in the order of arrival.

    Waiting points are not among them until their day has come; then they are, whether or not the
    job has run.

    Raises:
        NoProgramme: no programme is in force.
    """
    view = _view(tx, member_id, unit)
    lots = trace(_moves(tx, member_id, view.unit)).lots
    if all:
        return tuple(view.row(lot) for lot in lots)
    usable = [lot for lot in lots if lot.left and view.expires_on(lot) > view.last]
    order = traced_in_order_of_use(usable, view.consumption)
    return (*(view.row(lot) for lot in order), *_arrived(tx, member_id, view))


def waiting_lots(tx: Tx, member_id: MemberId, unit: str | None = None) -> tuple[LotRow, ...]:
    """Return the lots that still wait to arrive, first come first."""
    main = unit or current_programme(tx).main_unit
    view = _view(tx, member_id, shadow_of(main))
    lots = trace(_moves(tx, member_id, view.unit)).lots
    return tuple(view.row(lot, pending=True) for lot in lots if lot.left)


def taken_by(
    tx: Tx, member_id: MemberId, seqs: Collection[int], unit: str | None = None
) -> tuple[TakenLot, ...]:
    """Return what the postings ``seqs`` of a wallet took, lot by lot, in the order of taking."""
    view = _view(tx, member_id, unit)
    found = trace(_moves(tx, member_id, view.unit))
    return tuple(
        view.taken(found, place) for place, use in enumerate(found.uses) if use.seq in seqs
    )


@dataclass(frozen=True, slots=True)
class _View:
    """A member's wallet at an instant: what is gone, and how its lots are shown."""

    unit: str
    balance: int
    today: date
    last: date
    idle_on: date
    zone: Any
    rule: Any

    @property
    def consumption(self) -> Any:
        """Return the order in which the wallet's lots are used."""
        return self.rule.consumption

    def expires_on(self, lot: TracedLot) -> date:
        """Return the first day on which a lot is gone."""
        return min(lot.key.expires_on, self.idle_on)

    def row(self, lot: TracedLot, *, pending: bool = False) -> LotRow:
        """Return a lot as it is read."""
        gone_on = self.expires_on(lot)
        closed = "" if lot.left else "used"
        if gone_on <= self.last and not pending:
            closed = "lapsed"
        return LotRow(
            lot_id=lot.lot_id,
            client_id=lot.client_id,
            arrived=lot.seq,
            wallet=self.unit,
            granted=lot.granted,
            left=lot.left,
            earned_on=self._day(lot.earned_at),
            expires_on=None if gone_on == NEVER else gone_on,
            closed=closed,
            pending=pending,
        )

    def arrived(self, row: LotRow, left: int) -> LotRow:
        """Return a waiting lot as it is once its day has come."""
        gone_on = min(self.rule.expiry.expires_on(row.earned_on), self.idle_on)
        return LotRow(
            lot_id=row.lot_id,
            client_id=row.client_id,
            arrived=row.arrived,
            wallet=self.unit,
            granted=row.granted,
            left=left,
            earned_on=row.earned_on,
            expires_on=None if gone_on == NEVER else gone_on,
            closed="",
        )

    def taken(self, found: Trace, place: int) -> TakenLot:
        """Return a use as it is read."""
        use = found.uses[place]
        gone_on = self.expires_on(use.lot)
        day = None if gone_on == NEVER else gone_on
        return TakenLot(use.seq, use.lot.lot_id, use.lot.client_id, day, use.points)

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()


def _arrived(tx: Tx, member_id: MemberId, view: _View) -> list[LotRow]:
    """Return the lots that have waited long enough, less the debt that they will pay."""
    found = []
    debt = max(0, -view.balance)
    for row in waiting_lots(tx, member_id, view.unit):
        if row.expires_on is None or row.expires_on > view.today:
            continue
        paid = min(debt, row.left)
        debt -= paid
        if row.left > paid:
            found.append(view.arrived(row, row.left - paid))
    return found


def _view(tx: Tx, member_id: MemberId, unit: str | None) -> _View:
    programme = current_programme(tx)
    unit = unit or programme.main_unit
    rule = book_rules(tx).rule(unit)
    wallet = tx.run(
        select(Wallet.active_on, Wallet.balance).where(
            Wallet.member_id == member_id, Wallet.unit == unit
        )
    ).first()
    active_on, balance = wallet or (None, 0)
    today = programme.local_day(tx.now)
    return _View(
        unit=unit,
        balance=balance,
        today=today,
        last=rule.lapse_day(today, active_on),
        idle_on=rule.idle_on(active_on),
        zone=programme.zone,
        rule=rule,
    )


def _moves(tx: Tx, member_id: MemberId, unit: str) -> list[Move]:
    """Return a wallet's postings with what they granted and took."""
    mine = {"member_id": member_id, "unit": unit}
    grants: dict[int, list[tuple[Interval, datetime | None]]] = {}
    takes: dict[int, list[Interval]] = {}
    for row in tx.run(
        select(Give).filter_by(**mine).order_by(Give.seq, Give.expires_on, Give.lot_no)
    ):
        interval = Interval(row.expires_on, row.lo, row.hi, row.lot_no)
        grants.setdefault(row.seq, []).append((interval, row.earned_at))
    for row in tx.run(_takes(mine)):
        interval = Interval(row.expires_on, row.lo, row.hi, row.lot_no)
        takes.setdefault(row.seq, []).append(interval)
    moves = []
    for row in tx.run(select(Posting).filter_by(**mine).order_by(Posting.seq)):
        if row.lot_on is not None:
            lot = Interval(row.lot_on, row.lot_lo, row.lot_hi, row.lot_no or POOL)
            grants[row.seq] = [(lot, None)]
        moves.append(
            Move(
                seq=row.seq,
                source=row.source,
                purchase_id=row.purchase_id,
                reverses_seq=row.reverses_seq,
                grants=tuple(
                    Given(interval, earned_at or row.occurred_at)
                    for interval, earned_at in grants.get(row.seq, [])
                ),
                takes=tuple(takes.get(row.seq, [])),
            )
        )
    return moves


def _takes(mine: dict[str, Any]) -> Any:
    """Return the statement for takes in the order in which a posting takes: oldest lots first."""
    lot = (
        (Lot.member_id == Take.member_id)
        & (Lot.unit == Take.unit)
        & (Lot.expires_on == Take.expires_on)
        & (Lot.lot_no == Take.lot_no)
    )
    return (
        select(Take.seq, Take.expires_on, Take.lo, Take.hi, Take.lot_no)
        .join(Lot, lot)
        .where(Take.member_id == mine["member_id"], Take.unit == mine["unit"])
        .order_by(Take.seq, Lot.earned_at, Take.expires_on, Take.lot_no)
    )
