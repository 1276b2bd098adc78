"""Offers as marketers see them: lists, details, results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.values import MemberId
from offers.document import Offer
from offers.errors import UnknownOffer
from offers.models import NOBODY, OfferGrant, OfferRow, OfferUse
from offers.queries.live import live, offer_of, terms
from offers.values import GrantState, OfferId, OfferState
from offers.wording import plain_terms, value_text


@dataclass(frozen=True, slots=True)
class OfferSummary:
    """An offer in a list. ``tier`` is the lowest level that may have it."""

    offer_id: OfferId
    slug: str
    version: int
    state: OfferState
    name: str
    value: str
    kind: str
    tier: str | None
    starts_on: date | None
    ends_on: date | None
    activation: bool
    granted_only: bool
    members_only: bool


@dataclass(frozen=True, slots=True)
class OfferResults:
    """What an offer has done so far, what was returned left out.

    ``uses`` counts purchases; ``members`` those of them with a card, each once;
    ``listed`` in how many members' lists it stands, ``activated`` how many tapped it.
    """

    uses: int
    members: int
    discount_minor: int
    points: int
    restored: int
    listed: int
    activated: int


@dataclass(frozen=True, slots=True)
class OfferDetail:
    """Everything about an offer, its document included."""

    summary: OfferSummary
    terms: str
    document: dict[str, Any]
    drafted_at: datetime
    launched_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    results: OfferResults


def live_offers(
    tx: Tx, *, language: str, on: date | None = None, tier: str | None = None, limit: int = 200
) -> list[OfferSummary]:
    """Return the live offers that hold on a day, those that end first, first.

    ``on`` defaults to today in the programme's zone; ``tier`` keeps what that level may have.
    """
    rules = terms(tx)
    day = on or rules.local_day
    found = [
        one
        for one in live(tx).index.offers.values()
        if _holds(one.offer, day) and _for_tier(one.offer, tier)
    ]
    found.sort(key=lambda one: (one.offer.until_on or date.max, one.offer.slug))
    rows = {row.id: row for row in _rows_by_id(tx, [one.id for one in found[:limit]])}
    return [
        _summary(rows[one.id], one.offer, language, rules.currency)
        for one in found[:limit]
        if one.id in rows
    ]


def list_offers(
    tx: Tx,
    *,
    language: str,
    state: OfferState | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[OfferSummary]:
    """Return offers in any state, the newest first; ``after`` is the page before's ``after``."""
    statement = select(OfferRow.__table__)
    if state is not None:
        statement = statement.where(OfferRow.state == state)
    if after is not None:
        statement = statement.where(OfferRow.id < after)
    rows = tx.run(statement.order_by(OfferRow.id.desc()).limit(limit + 1)).all()
    currency = terms(tx).currency
    items = tuple(_summary(row, offer_of(tx, row), language, currency) for row in rows[:limit])
    return Page(items, items[-1].offer_id if len(rows) > limit else None)


def offer_detail(tx: Tx, offer_id: OfferId, language: str) -> OfferDetail:
    """Return an offer with its document and results.

    Raises:
        UnknownOffer: there is none with this id.
    """
    row = tx.run(select(OfferRow.__table__).where(OfferRow.id == offer_id)).first()
    if row is None:
        raise UnknownOffer(offer_id)
    currency = terms(tx).currency
    offer = offer_of(tx, row)
    return OfferDetail(
        summary=_summary(row, offer, language, currency),
        terms=plain_terms(offer, language, currency),
        document=row.document,
        drafted_at=row.drafted_at,
        launched_at=row.launched_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        results=offer_results(tx, offer_id),
    )


def offer_results(tx: Tx, offer_id: OfferId) -> OfferResults:
    """Return what an offer has done: uses, money and points given, members reached."""
    kept = OfferUse.restored_at.is_(None)
    used = tx.run(
        select(
            func.coalesce(func.sum(OfferUse.uses).filter(kept), 0).label("uses"),
            func.count(OfferUse.member_id.distinct())
            .filter(kept, OfferUse.member_id != NOBODY)
            .label("members"),
            func.coalesce(func.sum(OfferUse.discount_minor).filter(kept), 0).label("minor"),
            func.coalesce(func.sum(OfferUse.points).filter(kept), 0).label("points"),
            func.count().filter(OfferUse.restored_at.is_not(None)).label("restored"),
        ).where(OfferUse.offer_id == offer_id)
    ).one()
    listed = tx.run(
        select(
            func.count().label("listed"),
            func.count().filter(OfferGrant.state != GrantState.AVAILABLE).label("activated"),
        ).where(OfferGrant.offer_id == offer_id)
    ).one()
    return OfferResults(
        uses=int(used.uses),
        members=used.members,
        discount_minor=int(used.minor),
        points=int(used.points),
        restored=used.restored,
        listed=listed.listed,
        activated=listed.activated,
    )


def _rows_by_id(tx: Tx, ids: list[str]) -> Any:
    return tx.run(select(OfferRow.__table__).where(OfferRow.id.in_(ids))).all()


def _holds(offer: Offer, day: date) -> bool:
    begun = offer.from_on is None or offer.from_on <= day
    return begun and (offer.until_on is None or day <= offer.until_on)


def _for_tier(offer: Offer, tier: str | None) -> bool:
    return tier is None or not offer.conditions.tiers or tier in offer.conditions.tiers


def uses_of(tx: Tx, offer_id: OfferId, member_id: MemberId) -> int:
    """Return how often a member has used an offer, what was given back left out."""
    used = tx.run(
        select(func.coalesce(func.sum(OfferUse.uses), 0)).where(
            OfferUse.offer_id == offer_id,
            OfferUse.member_id == member_id,
            OfferUse.restored_at.is_(None),
        )
    ).scalar_one()
    return int(used)


def _summary(row: Any, offer: Offer, language: str, currency: str) -> OfferSummary:
    return OfferSummary(
        offer_id=OfferId(row.id),
        slug=row.slug,
        version=row.version,
        state=row.state,
        name=offer.name(language),
        value=value_text(offer, language, currency),
        kind=offer.kind.value,
        tier=row.tier,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        activation=offer.activation,
        granted_only=offer.granted_only,
        members_only=offer.for_members,
    )
