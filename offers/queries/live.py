"""The live offers, compiled and held in memory: the till pays nothing to have them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from loyalty.kernel.revisions import Compiled
from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme
from offers.document import DocumentRefused, Fault, Offer, parse_offer
from offers.eligibility import Index, LiveOffer, build_index
from offers.errors import OfferRefused
from offers.models import OfferRow
from offers.pricing import EarnRate
from offers.values import OfferId, OfferState

log = logging.getLogger(__name__)

TOPIC = "offers"
"""The topic of ``kernel.revisions`` that moves when an offer is launched or ended."""

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What the programme says that offers need: money, days and what a point is worth."""

    currency: str
    rate: EarnRate
    levels: tuple[str, ...]
    local_day: date
    local_minutes: int


@dataclass(frozen=True, slots=True)
class Live:
    """Every live offer, found by what is in a basket. ``personal`` when a grant could matter."""

    index: Index
    personal: bool


def live(tx: Tx) -> Live:
    """Return the live offers, at most a second old."""
    return _LIVE.get(tx)


def live_at(tx: Tx, instant: datetime) -> Live:
    """Return the offers that were live at an instant; read anew every time."""
    launched = OfferRow.launched_at <= instant, OfferRow.state != OfferState.DRAFT
    return _read(tx, *launched, or_(OfferRow.ended_at.is_(None), OfferRow.ended_at > instant))


def terms(tx: Tx) -> Terms:
    """Return what the programme in force says.

    Raises:
        NoProgramme: none is published yet.
    """
    programme = current_programme(tx)
    here = tx.now.astimezone(programme.zone)
    rule = next((one for one in programme.earn if one.per == "amount" and one.amount_minor), None)
    worth = programme.redemption
    return Terms(
        currency=programme.currency,
        rate=EarnRate(
            points=rule.points if rule else 0,
            per_minor=rule.amount_minor if rule else 1,
            worth_micro=worth.value_minor * _MICRO // worth.points if worth else _MICRO // 2,
        ),
        levels=tuple(level.id for level in programme.tiers.levels),
        local_day=here.date(),
        local_minutes=here.hour * 60 + here.minute,
    )


def offer_of(tx: Tx, row: Any) -> Offer:
    """Return the offer that a row's document describes, in the programme's currency."""
    return parse_offer(row.document, minor_digits=current_programme(tx).minor_digits)


def read_document(tx: Tx, document: object) -> Offer:
    """Return the offer that a document describes, in the programme's currency.

    Raises:
        OfferRefused: with everything that is wrong.
    """
    try:
        return parse_offer(document, minor_digits=current_programme(tx).minor_digits)
    except DocumentRefused as refused:
        raise OfferRefused(faults_as_facts(refused.faults)) from refused


def faults_as_facts(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Return faults as a refusal carries them: ``template`` and ``facts`` are for translating."""
    return [
        {
            "path": one.path,
            "problem": one.sentence,
            "suggestion": one.suggestion,
            "template": one.message,
            "facts": one.facts,
        }
        for one in faults
    ]


def offers_by_id(tx: Tx, ids: list[str]) -> dict[str, LiveOffer]:
    """Return the launched offers with these ids, ended ones included; unknown ids are missing."""
    index = live(tx).index
    found = {offer_id: index.offers[offer_id] for offer_id in ids if offer_id in index.offers}
    others = [offer_id for offer_id in ids if offer_id not in found]
    if others:
        rows = tx.run(
            select(OfferRow.id, OfferRow.document, OfferRow.drafted_at).where(
                OfferRow.id.in_(others), OfferRow.state != OfferState.DRAFT
            )
        )
        found |= {row.id: _live(tx, row) for row in rows}
    return found


def _live(tx: Tx, row: Any) -> LiveOffer:
    return LiveOffer(OfferId(row.id), offer_of(tx, row), row.drafted_at)


def _compile(tx: Tx) -> Live:
    return _read(tx, OfferRow.state == OfferState.LIVE)


def _read(tx: Tx, *where: Any) -> Live:
    """Read the documents that meet ``where``; one that cannot be read is left out, aloud."""
    found = []
    columns = (OfferRow.id, OfferRow.document, OfferRow.drafted_at)
    statement = select(*columns).where(*where)
    for row in tx.run(statement):
        try:
            found.append(_live(tx, row))
        except DocumentRefused:
            log.exception("live offer %s cannot be read and is left out", row.id)
    personal = any(one.offer.activation or one.offer.granted_only for one in found)
    return Live(build_index(found), personal)


_LIVE = Compiled(TOPIC, _compile)
