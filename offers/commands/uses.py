"""Counting: what an offer gave at a till, and giving it back. Limits hold under any concurrency.

Each counter moves by one conditional statement: it adds only while the limit leaves room, and no
row comes back when it does not. Counters are taken in one order, so two sales never wait for
each other in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme
from loyalty.values import MemberId
from offers.document import Offer
from offers.eligibility import LiveOffer
from offers.errors import BudgetExceeded, LimitReached, UnknownOffer, UsesDiffer
from offers.models import NOBODY, OfferCounter, OfferGrant, OfferUse, Scope
from offers.queries.live import offers_by_id
from offers.sql import insert_into
from offers.values import Applied, GrantState, OfferId

_COUNTED = select(OfferUse.offer_id, OfferUse.uses, OfferUse.discount_minor, OfferUse.points).where(
    OfferUse.member_id == bindparam("member_id"), OfferUse.purchase_id == bindparam("purchase_id")
)

_NOTED = insert(OfferUse)


@dataclass(frozen=True, slots=True)
class OffersUsed:
    """What was counted for a purchase; ``replayed`` when it had been before."""

    purchase_id: str
    offer_ids: tuple[OfferId, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class UsesRestored:
    """Which offers of a purchase were given back now."""

    purchase_id: str
    offer_ids: tuple[OfferId, ...]


@dataclass(frozen=True, slots=True)
class _Tally:
    """One counter of one offer and its limits; ``budgeted`` when a budget set the uses."""

    offer_id: str
    scope: Scope
    key: str
    most_uses: int | None
    most_minor: int | None
    budgeted: bool


def use_offers(
    tx: Tx,
    *,
    member_id: MemberId | None,
    purchase_id: str,
    applied: Sequence[Applied],
    at: datetime,
    business_on: date | None = None,
    is_new: bool = False,
) -> OffersUsed:
    """Count the offers that worked on a purchase, in the sale's own transaction.

    The same purchase again gives the same answer. ``business_on`` decides the day of daily
    limits; by default the local day of ``at``. ``is_new`` vouches that the purchase was recorded
    in this transaction, so that it cannot have been counted before.

    Raises:
        LimitReached, BudgetExceeded: another sale was faster; nothing is counted if the caller
            lets the transaction roll back, as it must.
        UsesDiffer: the purchase was counted before with other offers.
        UnknownOffer: an offer was never launched.
    """
    ids = tuple(OfferId(one.offer_id) for one in applied)
    who = member_id or NOBODY
    if not is_new and (earlier := _counted(tx, who, purchase_id)):
        if earlier != {one.offer_id: _facts(one) for one in applied}:
            raise UsesDiffer(purchase_id)
        return OffersUsed(purchase_id, ids, replayed=True)
    if not applied:
        return OffersUsed(purchase_id, (), replayed=False)
    offers = _known(tx, ids)
    day = business_on or current_programme(tx).local_day(at)
    by_id = {one.offer_id: one for one in applied}
    for tally in _tallies(offers.values(), day, who):
        uses = _add(tx, tally, by_id[OfferId(tally.offer_id)])
        if tally.scope is Scope.MEMBER and uses == tally.most_uses:
            _set_grant(tx, who, tally.offer_id, GrantState.USED)
    tx.write(_NOTED, [_use(one, who, purchase_id, day, at) for one in applied])
    return OffersUsed(purchase_id, ids, replayed=False)


def restore_uses(tx: Tx, *, purchase_id: str, offer_ids: Sequence[str]) -> UsesRestored:
    """Give back the uses and the money of offers whose every share of a purchase came back.

    Giving back twice gives back once; offers that the purchase did not use are passed over.
    """
    if not offer_ids:
        return UsesRestored(purchase_id, ())
    rows = tx.run(
        update(OfferUse)
        .where(
            OfferUse.purchase_id == purchase_id,
            OfferUse.offer_id.in_(list(offer_ids)),
            OfferUse.restored_at.is_(None),
        )
        .values(restored_at=tx.now)
        .returning(
            OfferUse.member_id,
            OfferUse.offer_id,
            OfferUse.uses,
            OfferUse.discount_minor,
            OfferUse.business_on,
        )
    ).all()
    offers = offers_by_id(tx, [row.offer_id for row in rows])
    for row in sorted(rows, key=lambda row: row.offer_id):
        for tally in _tallies([offers[row.offer_id]], row.business_on, row.member_id):
            _take_back(tx, tally, row)
        tapped = offers[row.offer_id].offer.activation
        state = GrantState.ACTIVATED if tapped else GrantState.AVAILABLE
        _set_grant(tx, row.member_id, row.offer_id, state)
    return UsesRestored(purchase_id, tuple(sorted(row.offer_id for row in rows)))


def _counted(tx: Tx, who: MemberId, purchase_id: str) -> dict[OfferId, tuple[int, int, int]]:
    rows = tx.run(_COUNTED, {"member_id": who, "purchase_id": purchase_id})
    return {row.offer_id: (row.uses, row.discount_minor, row.points) for row in rows}


def _facts(one: Applied) -> tuple[int, int, int]:
    return (one.uses, one.discount_minor, one.points)


def _known(tx: Tx, ids: Sequence[OfferId]) -> Mapping[str, LiveOffer]:
    found = offers_by_id(tx, list(ids))
    for offer_id in ids:
        if offer_id not in found:
            raise UnknownOffer(offer_id)
    return found


def _tallies(offers: Iterable[LiveOffer], day: date, who: str) -> list[_Tally]:
    """Return every counter to move, in the one order in which all sales take them."""
    found = []
    keys = [(Scope.OFFER, ""), (Scope.DAY, day.isoformat())]
    if who != NOBODY:
        keys.append((Scope.MEMBER, who))
    for one in offers:
        for scope, key in keys:
            uses, minor, budgeted = _most(one.offer, scope)
            if uses is not None or minor is not None:
                found.append(_Tally(one.id, scope, key, uses, minor, budgeted))
    return sorted(found, key=lambda tally: (tally.offer_id, tally.scope, tally.key))


def _most(offer: Offer, scope: Scope) -> tuple[int | None, int | None, bool]:
    """Return the most uses and the most money by a scope; and whether a budget set the uses."""
    limit, budget = offer.limit, offer.budget
    if scope is Scope.MEMBER:
        return limit.member, None, False
    if scope is Scope.DAY:
        return limit.day, None, False
    both = [most for most in (limit.offer, budget.uses) if most is not None]
    least = min(both, default=None)
    return least, budget.amount_minor, least is not None and least == budget.uses


def _add(tx: Tx, tally: _Tally, one: Applied) -> int:
    """Add a use to a counter if the limits leave room, in one statement; return the uses."""
    fits = tally.most_uses is None or one.uses <= tally.most_uses
    covered = tally.most_minor is None or one.discount_minor <= tally.most_minor
    if not (fits and covered):
        raise _refusal(tally, one, uses=0)
    limits = []
    if tally.most_uses is not None:
        limits.append(OfferCounter.uses + one.uses <= tally.most_uses)
    if tally.most_minor is not None:
        limits.append(OfferCounter.amount_minor + one.discount_minor <= tally.most_minor)
    row = tx.run(
        insert_into(tx, OfferCounter)
        .values(
            offer_id=tally.offer_id,
            scope=tally.scope,
            key=tally.key,
            uses=one.uses,
            amount_minor=one.discount_minor,
        )
        .on_conflict_do_update(
            index_elements=["offer_id", "scope", "key"],
            set_={
                "uses": OfferCounter.uses + one.uses,
                "amount_minor": OfferCounter.amount_minor + one.discount_minor,
            },
            where=and_(*limits),
        )
        .returning(OfferCounter.uses)
    ).first()
    if row is None:
        gone = tx.run(select(OfferCounter.uses).where(*_key(tally))).scalar() or 0
        raise _refusal(tally, one, uses=gone)
    return int(row.uses)


def _refusal(tally: _Tally, one: Applied, *, uses: int) -> LimitReached | BudgetExceeded:
    """Return which limit a use would pass, ``uses`` being gone already."""
    too_many = tally.most_uses is not None and uses + one.uses > tally.most_uses
    if too_many and not tally.budgeted:
        return LimitReached(tally.offer_id, tally.scope.value)
    return BudgetExceeded(tally.offer_id)


def _take_back(tx: Tx, tally: _Tally, used: Any) -> None:
    """Take a use off a counter again."""
    tx.run(
        update(OfferCounter)
        .where(*_key(tally))
        .values(
            uses=OfferCounter.uses - used.uses,
            amount_minor=OfferCounter.amount_minor - used.discount_minor,
        )
    )


def _key(tally: _Tally) -> tuple[Any, ...]:
    return (
        OfferCounter.offer_id == tally.offer_id,
        OfferCounter.scope == tally.scope,
        OfferCounter.key == tally.key,
    )


def _set_grant(tx: Tx, who: str, offer_id: str, state: GrantState) -> None:
    """Show the member how far she has taken the offer, if it stands in her list."""
    if who == NOBODY:
        return
    values: dict[str, Any] = {"state": state}
    values["used_at"] = tx.now if state is GrantState.USED else None
    tx.run(
        update(OfferGrant)
        .where(
            OfferGrant.member_id == who, OfferGrant.offer_id == offer_id, OfferGrant.state != state
        )
        .values(**values)
    )


def _use(one: Applied, who: MemberId, purchase_id: str, day: date, at: datetime) -> dict[str, Any]:
    return {
        "member_id": who,
        "purchase_id": purchase_id,
        "offer_id": one.offer_id,
        "uses": one.uses,
        "discount_minor": one.discount_minor,
        "points": one.points,
        "business_on": day,
        "used_at": at,
    }
