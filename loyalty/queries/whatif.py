"""Real purchases, read in batches of members, and replayed under two programmes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Text, bindparam, cast, func, select

from loyalty.kernel.i18n import minor_digits
from loyalty.kernel.tx import Tx
from loyalty.models import (
    Member,
    Purchase,
    PurchaseEarning,
    PurchaseLine,
    PurchaseReturn,
    PurchaseShare,
    ReturnLine,
)
from loyalty.programme import Programme
from loyalty.returning import Back
from loyalty.values import LineKind, MemberId, OfferShare, PointsEffect, SaleLine, ShareScope
from loyalty.whatif import Bought, By, Tally, add_member, band_of, replay

BATCH = 200
"""Members read at a time."""
Progress = Callable[[int], None]


def members_to_replay(tx: Tx) -> list[MemberId]:
    """Return everybody who ever bought something, in the order of their ids."""
    return [MemberId(one) for one in tx.run(_BUYERS.order_by(Purchase.member_id)).scalars()]


def buyers_after(tx: Tx, after: str, limit: int) -> list[MemberId]:
    """Return the next members after an id who ever bought something."""
    some = _BUYERS.where(Purchase.member_id > after).order_by(Purchase.member_id).limit(limit)
    return [MemberId(one) for one in tx.run(some).scalars()]


def count_buyers(tx: Tx) -> int:
    """Return how many members ever bought something."""
    return int(tx.run(select(func.count()).select_from(_BUYERS.subquery())).scalar_one())


def what_if(
    tx: Tx,
    *,
    before: Programme,
    after: Programme,
    member_ids: Sequence[MemberId],
    since: date,
    until: date,
    told: Progress | None = None,
) -> Tally:
    """Replay what some members bought from ``since`` to ``until`` under two programmes.

    Both days are included, in the zone of ``before``. What was bought earlier prepares levels
    and the spend that vouchers carry over. Nothing is written. ``told`` hears after every batch
    how many members are done.
    """
    tally, digits = Tally(), minor_digits(before.currency)
    end = datetime.combine(until + timedelta(days=1), time(), tzinfo=before.zone)
    for start in range(0, len(member_ids), BATCH):
        batch = member_ids[start : start + BATCH]
        known = _known(tx, batch)
        for member_id, rows in _purchases(tx, batch, end).items():
            bought = [one for one, _ in rows]
            booked = sum(points for one, points in rows if before.local_day(one.at) >= since)
            sides = [
                replay(side, bought, joined_on=known[member_id][0], since=since, until=until)
                for side in (before, after)
            ]
            names = {
                By.STORE: known[member_id][1] or "",
                By.SPEND: band_of(sides[0].spend_minor, digits),
            }
            add_member(tally, sides[0], sides[1], booked_points=booked, names=names)
        if told is not None:
            told(start + len(batch))
    return tally


def _known(tx: Tx, member_ids: Sequence[MemberId]) -> dict[str, tuple[date, str | None]]:
    """Return when each member joined, and her store."""
    wanted = select(Member.id, Member.joined_on, Member.home_store_id)
    rows = tx.run(wanted.where(Member.id.in_(member_ids)))
    return {row[0]: (row[1], row[2]) for row in rows}


def _purchases(
    tx: Tx, member_ids: Sequence[MemberId], end: datetime
) -> dict[str, list[tuple[Bought, int]]]:
    """Return each member's purchases in order of time, with the points that were booked."""
    rows = tx.run(_HEADS, {"member_ids": list(member_ids), "until": end}).all()
    ids = [row.id for row in rows]
    lines, effects = _lines(tx, ids), _effects(tx, ids)
    back, points_back = _back(tx, ids)
    found: dict[str, list[tuple[Bought, int]]] = defaultdict(list)
    for row in rows:
        bought = Bought(row.occurred_at, lines[row.id], effects[row.id], back[row.id])
        found[row.member_id].append((bought, row.points - points_back[row.id]))
    return found


_BUYERS = select(Purchase.member_id).where(Purchase.member_id.is_not(None)).distinct()
_MEMBERS: BindParameter[Any] = bindparam("member_ids", expanding=True)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_HEADS = (
    select(Purchase.id, Purchase.member_id, Purchase.occurred_at, Purchase.points)
    .where(
        Purchase.member_id.in_(_MEMBERS),
        Purchase.occurred_at < bindparam("until", type_=Purchase.__table__.c.occurred_at.type),
        Purchase.training.is_(False),
    )
    .order_by(Purchase.member_id, Purchase.occurred_at, Purchase.id)
)
_SHAPE = (
    PurchaseLine.line_no,
    PurchaseLine.sku,
    PurchaseLine.category,
    PurchaseLine.brand,
    cast(PurchaseLine.kind, Text).label("kind"),
    PurchaseLine.quantity_milli,
    PurchaseLine.unit_price_minor,
    PurchaseLine.gross_minor,
    PurchaseLine.paid_minor,
    PurchaseLine.tax_bp,
    cast(PurchaseLine.labels, Text).label("labels"),
    PurchaseLine.fee_minor,
    PurchaseLine.wallet,
    PurchaseLine.gift_card,
)
"""What a rule may look at of a line: all but its name, so that like lines are one."""
_NAMES = tuple(column.name for column in select(*_SHAPE).selected_columns)
_LINES = (
    select(PurchaseLine.purchase_id, *_SHAPE)
    .where(PurchaseLine.purchase_id.in_(_IDS))
    .order_by(PurchaseLine.purchase_id, PurchaseLine.line_no)
)
_SHARES = select(PurchaseShare.__table__).where(PurchaseShare.purchase_id.in_(_IDS))
_OFFERS = select(
    PurchaseEarning.purchase_id,
    PurchaseEarning.rule,
    PurchaseEarning.line_no,
    PurchaseEarning.points,
).where(PurchaseEarning.purchase_id.in_(_IDS), PurchaseEarning.is_offer)
_RETURNED = (
    select(PurchaseReturn.purchase_id, ReturnLine.line_no, ReturnLine.quantity_milli)
    .join(PurchaseReturn, PurchaseReturn.id == ReturnLine.return_id)
    .where(PurchaseReturn.purchase_id.in_(_IDS))
)
_POINTS_BACK = select(PurchaseReturn.purchase_id, PurchaseReturn.points).where(
    PurchaseReturn.purchase_id.in_(_IDS)
)


def _lines(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[SaleLine, ...]]:
    shares: dict[tuple[str, int], list[OfferShare]] = defaultdict(list)
    for row in _in_pieces(tx, _SHARES, ids):
        units = tuple(row.unit_shares)
        share = OfferShare(row.offer_id, row.amount_minor, units, ShareScope(row.scope))
        shares[row.purchase_id, row.line_no].append(share)
    lines: dict[str, list[SaleLine]] = defaultdict(list)
    for purchase_id, *shape in _in_pieces(tx, _LINES, ids):
        line = _line(*shape)
        if taken := shares.get((purchase_id, line.line_no)):
            line = replace(line, shares=tuple(taken))
        lines[purchase_id].append(line)
    return defaultdict(tuple, {key: tuple(some) for key, some in lines.items()})


@lru_cache(maxsize=200_000)
def _line(*shape: Any) -> SaleLine:
    """Return the line of a shape; a shop sells the same article at the same price all day."""
    facts = dict(zip(_NAMES, shape, strict=True))
    labels = frozenset(json.loads(facts.pop("labels") or "[]"))
    return SaleLine(**facts | {"kind": LineKind(facts["kind"]), "labels": labels, "name": ""})


def _effects(tx: Tx, ids: Sequence[str]) -> Mapping[str, tuple[PointsEffect, ...]]:
    """Return the points that offers gave, as they gave them: offers are not replayed."""
    given: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in _in_pieces(tx, _OFFERS, ids):
        given[row.purchase_id][row.rule].append((row.line_no, row.points))
    effects = {
        purchase_id: tuple(
            PointsEffect(offer, sum(n for _, n in some), tuple(no for no, _ in some))
            for offer, some in offers.items()
        )
        for purchase_id, offers in given.items()
    }
    return defaultdict(tuple, effects)


def _back(tx: Tx, ids: Sequence[str]) -> tuple[Mapping[str, Back], Mapping[str, int]]:
    """Return what came back of each purchase, and the points that its returns asked for."""
    quantities: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in _in_pieces(tx, _RETURNED, ids):
        quantities[row.purchase_id][row.line_no] += row.quantity_milli
    points: dict[str, int] = defaultdict(int)
    for row in _in_pieces(tx, _POINTS_BACK, ids):
        points[row.purchase_id] += row.points
    nothing = Back({})
    found = {key: Back(dict(some)) for key, some in quantities.items()}
    return defaultdict(lambda: nothing, found), points


def _in_pieces(tx: Tx, statement: Any, ids: Sequence[str], size: int = 5000) -> Iterable[Any]:
    """Run a statement for some ids at a time: databases limit how many a statement may name."""
    for start in range(0, len(ids), size):
        yield from tx.run(statement, {"ids": list(ids[start : start + size])})
