"""The life of an offer: drafted, launched, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from loyalty.kernel.audit import record_audit
from loyalty.kernel.problems import N_
from loyalty.kernel.revisions import bump
from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme
from offers.document import Fault, Offer, PointsBonus, PointsMultiplier
from offers.errors import (
    OfferAlreadyLive,
    OfferNotDraft,
    OfferRefused,
    UnknownOffer,
)
from offers.events import OfferLaunched
from offers.models import OfferRow
from offers.queries.assortment import unknown_names
from offers.queries.live import TOPIC, faults_as_facts, offer_of, read_document, terms
from offers.sql import insert_into
from offers.values import OfferId, OfferState


@dataclass(frozen=True, slots=True)
class OfferDrafted:
    """The answer to a draft: its id and which version of its slug it is."""

    offer_id: OfferId
    slug: str
    version: int


@dataclass(frozen=True, slots=True)
class OfferChanged:
    """The answer to a launch or an end; ``changed`` is false when it already was so."""

    offer_id: OfferId
    slug: str
    state: OfferState
    changed: bool


_MILLI = 1000


def draft_offer(tx: Tx, *, document: Mapping[str, Any]) -> OfferDrafted:
    """Keep an offer document as a draft; a slug that exists gets its next version.

    Drafting the very same document as the newest draft again gives that draft.

    Raises:
        OfferRefused: the document is not right; nothing was kept.
    """
    offer = read_document(tx, document)
    plain = as_json(document)
    newest = tx.run(
        select(OfferRow.id, OfferRow.version, OfferRow.state, OfferRow.document)
        .where(OfferRow.slug == offer.slug)
        .order_by(OfferRow.version.desc())
        .limit(1)
    ).first()
    if newest and newest.state == OfferState.DRAFT and newest.document == plain:
        return OfferDrafted(newest.id, offer.slug, newest.version)
    drafted = OfferDrafted(
        OfferId(tx.new_id("off")), offer.slug, newest.version + 1 if newest else 1
    )
    tiers = offer.conditions.tiers
    kept = tx.run(
        insert_into(tx, OfferRow)
        .values(
            id=drafted.offer_id,
            slug=drafted.slug,
            version=drafted.version,
            state=OfferState.DRAFT,
            document=plain,
            drafted_at=tx.now,
            drafted_by=tx.actor,
            starts_on=offer.from_on,
            ends_on=offer.until_on,
            tier=next((level for level in terms(tx).levels if level in tiers), None),
            end_reason="",
        )
        .on_conflict_do_nothing(index_elements=["slug", "version"])
        .returning(OfferRow.id)
    ).first()
    if kept is None:
        return draft_offer(tx, document=document)  # somebody took this number meanwhile
    return drafted


def launch_offer(tx: Tx, *, offer_id: OfferId) -> OfferChanged:
    """Put a draft live, if it can ever apply: tills use it within a second.

    Launching a live offer again changes nothing. Recorded in the audit trail.

    Raises:
        UnknownOffer: there is none with this id.
        OfferNotDraft: it has ended.
        OfferAlreadyLive: another version of it is live.
        OfferRefused: it is over already, or names articles, categories, stores or tiers that do
            not exist.
    """
    row, versions = _lock(tx, offer_id)
    if row.state == OfferState.LIVE:
        return OfferChanged(offer_id, row.slug, OfferState.LIVE, changed=False)
    if row.state != OfferState.DRAFT:
        raise OfferNotDraft(offer_id, row.state)
    _refuse_what_cannot_apply(tx, offer_of(tx, row))
    if any(one.state == OfferState.LIVE for one in versions):
        raise OfferAlreadyLive(row.slug)
    tx.run(
        update(OfferRow)
        .where(OfferRow.id == offer_id)
        .values(state=OfferState.LIVE, launched_at=tx.now, launched_by=tx.actor)
    )
    record_audit(
        tx,
        action="launch-offer",
        subject=offer_id,
        details={"slug": row.slug, "version": row.version},
    )
    bump(tx, TOPIC)
    tx.announce(OfferLaunched(offer_id))
    return OfferChanged(offer_id, row.slug, OfferState.LIVE, changed=True)


def end_offer(tx: Tx, *, offer_id: OfferId, reason: str = "") -> OfferChanged:
    """End an offer: tills stop giving it within a second. What was used stays used.

    A draft is put aside the same way; ending twice changes nothing. Recorded in the audit trail.

    Raises:
        UnknownOffer: there is none with this id.
    """
    row, _ = _lock(tx, offer_id)
    if row.state == OfferState.ENDED:
        return OfferChanged(offer_id, row.slug, OfferState.ENDED, changed=False)
    tx.run(
        update(OfferRow)
        .where(OfferRow.id == offer_id)
        .values(state=OfferState.ENDED, ended_at=tx.now, ended_by=tx.actor, end_reason=reason[:200])
    )
    record_audit(
        tx,
        action="end-offer",
        subject=offer_id,
        details={"slug": row.slug, "version": row.version, "reason": reason[:200]},
    )
    bump(tx, TOPIC)
    return OfferChanged(offer_id, row.slug, OfferState.ENDED, changed=True)


def end_past_offers(tx: Tx, *, limit: int = 200) -> int:
    """End up to ``limit`` live offers whose last day has passed everywhere; return how many."""
    yesterday = date.fromordinal(terms(tx).local_day.toordinal() - 1)
    over = tx.run(
        select(OfferRow.id)
        .where(OfferRow.state == OfferState.LIVE, OfferRow.ends_on < yesterday)
        .order_by(OfferRow.id)
        .limit(limit)
    ).scalars()
    ended = [end_offer(tx, offer_id=offer_id, reason="last day passed") for offer_id in over]
    return len(ended)


def as_json(document: Any) -> Any:
    """Return a document as JSON keeps it: YAML's dates become text, keys become text."""
    if isinstance(document, Mapping):
        return {str(key): as_json(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [as_json(value) for value in document]
    return document.isoformat() if isinstance(document, date) else document


def _lock(tx: Tx, offer_id: OfferId) -> tuple[Any, Sequence[Any]]:
    """Return the offer's row and those of all its versions, held until the transaction ends."""
    slug = tx.run(select(OfferRow.slug).where(OfferRow.id == offer_id)).scalar()
    if slug is None:
        raise UnknownOffer(offer_id)
    versions = tx.run(
        select(OfferRow.__table__)
        .where(OfferRow.slug == slug)
        .order_by(OfferRow.version)
        .with_for_update()
    ).all()
    return next(one for one in versions if one.id == offer_id), versions


def _refuse_what_cannot_apply(tx: Tx, offer: Offer) -> None:
    """Raise when no basket could ever have the offer."""
    faults = []
    if offer.until_on is not None and offer.until_on < terms(tx).local_day:
        faults.append(Fault("until", N_("this day has passed")))
    for path, name, suggestion in unknown_names(tx, offer):
        faults.append(Fault(path, N_("there is no {name}"), {"name": name}, suggestion))
    if isinstance(offer.benefit, PointsBonus | PointsMultiplier):
        faults += _beyond_limits(tx, offer)
    if faults:
        raise OfferRefused(faults_as_facts(tuple(faults)))


def _beyond_limits(tx: Tx, offer: Offer) -> list[Fault]:
    """Return how an offer for points goes beyond what the programme lets promotions do."""
    limits, faults = current_programme(tx).promotion_limits, []
    if isinstance(offer.benefit, PointsMultiplier):
        most, decimals = limits.multiplier_at_most, limits.multiplier_decimals
        milli = offer.benefit.multiply_milli
        if most is not None and milli * most[1] > most[0] * _MILLI:
            faults.append(Fault("multiply", N_("is more than the programme allows")))
        if decimals is not None and milli * 10**decimals % _MILLI:
            faults.append(Fault("multiply", N_("has more decimals than the programme allows")))
    running = limits.active_or_scheduled_at_most
    if running is not None and _promotions(tx) >= running:
        faults.append(Fault("", N_("as many promotions run or wait as the programme allows")))
    return faults


def _promotions(tx: Tx) -> int:
    """Return how many offers for points are live or wait for their first day."""
    rows = tx.run(select(OfferRow.__table__).where(OfferRow.state == OfferState.LIVE))
    today = terms(tx).local_day
    kinds = (PointsBonus, PointsMultiplier)
    return sum(
        isinstance(offer_of(tx, row).benefit, kinds) and not (row.ends_on and row.ends_on < today)
        for row in rows
    )
