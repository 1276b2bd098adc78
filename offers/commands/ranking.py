"""Personal offers: what a member leans to, and the order of her list.

Only with her consent are purchases looked at; without it everybody gets the same list. Everything
here is derived: running it again gives the same rows, in whatever order events arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete

from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme, has_consent, purchase_lines_of, tier_progress
from loyalty.values import MemberId, Purpose
from offers.commands.grants import grant_offer, reason_as_facts
from offers.eligibility import LiveOffer
from offers.models import AffinityRow, OfferGrant
from offers.queries.assortment import category_of_articles
from offers.queries.live import live, terms
from offers.queries.member import affinities_of, granted_to, open_offers
from offers.scoring import (
    Affinity,
    Bought,
    Reason,
    ReasonCode,
    Scored,
    affinities,
    rank,
    rank_without_history,
)
from offers.sql import insert_into
from offers.values import GrantCause, GrantState, OfferId

HISTORY = timedelta(days=400)
"""How far back purchases are looked at: thirteen half-lives, and the same season last year."""
TOLD = timedelta(days=183)
"""How far back a reason counts: "9 times since May" is believed, "90 times since 2024" is not."""
MOST_AFFINITIES = 300
MOST_RANKED = 50


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to a ranking: how many offers, and whether her purchases were looked at."""

    member_id: MemberId
    offers: int
    personal: bool


def refresh_affinities(tx: Tx, *, member_id: MemberId) -> int:
    """Work out anew what a member leans to; return how many subjects.

    Without her consent to personal offers nothing is looked at and what was known is deleted.
    """
    found: list[Affinity] = []
    if has_consent(tx, member_id, Purpose.PERSONAL_OFFERS):
        counted_from = terms(tx).local_day - TOLD
        history = _history(tx, member_id)
        found = affinities(history, counted_from=counted_from)[:MOST_AFFINITIES]
    kept = [one.subject for one in found]
    tx.run(
        delete(AffinityRow).where(
            AffinityRow.member_id == member_id, AffinityRow.subject.not_in(kept)
        )
    )
    if found:
        _write_affinities(tx, member_id, found)
    return len(found)


def rank_offers(tx: Tx, *, member_id: MemberId) -> Ranking:
    """Put a member's list in order: repeat purchases first, discoveries mixed in, with reasons.

    Without her consent the list is the one that everybody of her tier gets. What she has
    activated or was granted keeps its state.
    """
    personal = has_consent(tx, member_id, Purpose.PERSONAL_OFFERS)
    level = tier_progress(tx, member_id).level
    granted = granted_to(tx, member_id)
    scored = _scored(
        tx, member_id, open_offers(tx, level=level, granted=granted), personal=personal
    )
    scored = scored[:MOST_RANKED]
    _write_ranking(tx, member_id, scored, granted)
    return Ranking(member_id, len(scored), personal)


def grant_for_tier(tx: Tx, *, member_id: MemberId, level: str) -> OfferId | None:
    """Give a member who reached ``level`` the offer of that tier which suits her best.

    Chosen among the live offers that are only given one by one, for that tier and not a lower
    one. A member who has one of them keeps it: reaching the tier again adds nothing.
    """
    levels = terms(tx).levels
    if level not in levels:
        return None
    below = frozenset(levels[: levels.index(level)])
    everything = frozenset(live(tx).index.offers)
    meant = [
        one
        for one in open_offers(tx, level=level, granted=everything)
        if one.offer.granted_only
        and level in one.offer.conditions.tiers
        and below.isdisjoint(one.offer.conditions.tiers)
    ]
    if not meant or not granted_to(tx, member_id).isdisjoint(one.id for one in meant):
        return None
    personal = has_consent(tx, member_id, Purpose.PERSONAL_OFFERS)
    best = _scored(tx, member_id, meant, personal=personal)[0]
    liked = best.reason.code is ReasonCode.BOUGHT
    reason = Reason(ReasonCode.TIER, best.reason.subject if liked else "", best.reason.times)
    offer_id = OfferId(best.live.id)
    grant_offer(tx, member_id=member_id, offer_id=offer_id, cause=GrantCause.TIER, reason=reason)
    return offer_id


def _scored(
    tx: Tx, member_id: MemberId, offers: Sequence[LiveOffer], *, personal: bool
) -> list[Scored]:
    """Return the offers in order, best first."""
    if not personal:
        return rank_without_history(offers)
    known = {one.subject: one for one in affinities_of(tx, member_id)}
    skus = sorted({sku for one in offers for sku in one.offer.include.articles})
    return rank(offers, known, category_of_articles(tx, skus), on=terms(tx).local_day)


def _history(tx: Tx, member_id: MemberId) -> list[Bought]:
    programme = current_programme(tx)
    return [
        Bought(
            purchase_id=line.purchase_id,
            on=programme.local_day(line.occurred_at),
            sku=line.sku,
            category=line.category,
            brand=line.brand,
        )
        for line in purchase_lines_of(tx, member_id, since=tx.now - HISTORY)
    ]


def _write_affinities(tx: Tx, member_id: MemberId, found: Sequence[Affinity]) -> None:
    statement = insert_into(tx, AffinityRow)
    changing = ("weight_micro", "times", "first_on", "last_on")
    tx.run(
        statement.on_conflict_do_update(
            index_elements=["member_id", "subject"],
            set_={name: statement.excluded[name] for name in changing},
        ),
        [
            {
                "member_id": member_id,
                "subject": one.subject,
                "weight_micro": one.weight_micro,
                "times": one.times,
                "first_on": one.first_on,
                "last_on": one.last_on,
            }
            for one in sorted(found, key=lambda one: one.subject)
        ],
    )


def _write_ranking(
    tx: Tx, member_id: MemberId, scored: Sequence[Scored], granted: frozenset[str]
) -> None:
    """Write the list; drop what nobody granted, nobody touched and no longer stands in it."""
    tx.run(
        delete(OfferGrant).where(
            OfferGrant.member_id == member_id,
            OfferGrant.cause == GrantCause.RANKING,
            OfferGrant.state == GrantState.AVAILABLE,
            OfferGrant.offer_id.not_in([one.live.id for one in scored]),
        )
    )
    statement = insert_into(tx, OfferGrant)
    rows = [
        {
            "member_id": member_id,
            "offer_id": one.live.id,
            "state": GrantState.AVAILABLE,
            "cause": GrantCause.RANKING,
            "rank": place,
            "score_micro": one.score_micro,
            "reason": reason_as_facts(one.reason),
            "granted_at": tx.now,
        }
        for place, one in enumerate(scored, start=1)
    ]
    ranked = [row for row in rows if row["offer_id"] not in granted]
    placed = [row for row in rows if row["offer_id"] in granted]
    for some, changing in (
        (ranked, ("rank", "score_micro", "reason")),
        (placed, ("score_micro",)),  # what was granted stays on top, with its own reason
    ):
        if some:
            tx.run(
                statement.on_conflict_do_update(
                    index_elements=["member_id", "offer_id"],
                    set_={name: statement.excluded[name] for name in changing},
                ),
                sorted(some, key=lambda row: str(row["offer_id"])),
            )
