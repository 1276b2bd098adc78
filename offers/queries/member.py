"""What a member sees: her offers, best first, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from loyalty.kernel.tx import Tx
from loyalty.queries import tier_progress
from loyalty.values import MemberId
from offers.eligibility import LiveOffer, Why, who
from offers.eligibility import Shopper as Who
from offers.models import AffinityRow, OfferGrant
from offers.queries.live import live, terms
from offers.queries.names import subject_names
from offers.scoring import Affinity, Reason, ReasonCode
from offers.values import GrantCause, GrantState, MemberOffer, OfferId, ReadyOffer
from offers.wording import Voice, plain_terms, reason_text, value_text

MOST_SHOWN = 50
_LAST_RANK = 1_000_000
_GRANTS = select(
    OfferGrant.offer_id, OfferGrant.state, OfferGrant.cause, OfferGrant.rank, OfferGrant.reason
).where(OfferGrant.member_id == bindparam("member_id"))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A live offer with its place in a member's list."""

    live: LiveOffer
    rank: int
    state: GrantState
    reason: Reason


def member_offers(tx: Tx, member_id: MemberId, language: str) -> list[MemberOffer]:
    """Return the offers a member may have today, best first; those she used up come last.

    Offers launched since her list was last ranked follow at its end.

    Raises:
        UnknownMember: nobody has this ``member_id``.
    """
    rules = terms(tx)
    shown = _list(tx, member_id, tier_progress(tx, member_id).level)[:MOST_SHOWN]
    names = subject_names(tx, [one.reason.subject for one in shown], language)
    voice = Voice(language, rules.currency, names, rules.local_day)
    return [_worded(one, voice, rules.levels) for one in shown]


def ready_offers(
    tx: Tx, member_id: MemberId, language: str, *, level: str, limit: int
) -> list[ReadyOffer]:
    """Return what works at a till without another tap, best first, in one statement."""
    currency = terms(tx).currency
    ready = [
        one
        for one in _list(tx, member_id, level)
        if one.state is GrantState.ACTIVATED
        or (one.state is GrantState.AVAILABLE and not one.live.offer.activation)
    ]
    return [
        ReadyOffer(
            offer_id=OfferId(one.live.id),
            name=one.live.offer.name(language),
            value=value_text(one.live.offer, language, currency),
            state=one.state,
            ends_on=one.live.offer.until_on,
        )
        for one in ready[:limit]
    ]


def may_have(one: LiveOffer, shopper: Who, *, on: date) -> bool:
    """Tell whether a member may have the offer on this day: begun, not over, for her tier."""
    offer = one.offer
    over = offer.until_on is not None and on > offer.until_on
    not_begun = offer.from_on is not None and on < offer.from_on
    return not over and not not_begun and who(one, shopper) in {None, Why.NOT_ACTIVATED}


def open_offers(
    tx: Tx, *, level: str, granted: frozenset[str] = frozenset(), on: date | None = None
) -> list[LiveOffer]:
    """Return the live offers that a member of ``level`` may have, by id."""
    shopper = Who(member=True, level=level, granted=granted)
    today = on or terms(tx).local_day
    return [one for one in live(tx).index.offers.values() if may_have(one, shopper, on=today)]


def affinities_of(tx: Tx, member_id: MemberId) -> list[Affinity]:
    """Return what a member leans to, heaviest first; nothing without her consent."""
    rows = tx.run(
        select(
            AffinityRow.subject,
            AffinityRow.weight_micro,
            AffinityRow.times,
            AffinityRow.first_on,
            AffinityRow.last_on,
        )
        .where(AffinityRow.member_id == member_id)
        .order_by(AffinityRow.weight_micro.desc(), AffinityRow.subject)
    )
    return [Affinity(*row) for row in rows]


def granted_to(tx: Tx, member_id: MemberId) -> frozenset[str]:
    """Return the offers that were given to this member, not merely listed for her."""
    rows = tx.run(
        select(OfferGrant.offer_id).where(
            OfferGrant.member_id == member_id, OfferGrant.cause != GrantCause.RANKING
        )
    )
    return frozenset(row.offer_id for row in rows)


def members_with_offer(
    tx: Tx,
    offer_id: OfferId,
    *,
    state: GrantState | None = None,
    after: MemberId | None = None,
    limit: int = 1000,
) -> list[MemberId]:
    """Return members in whose list the offer stands, by id; ``after`` goes on from a page."""
    statement = select(OfferGrant.member_id).where(OfferGrant.offer_id == offer_id)
    if state is not None:
        statement = statement.where(OfferGrant.state == state)
    if after is not None:
        statement = statement.where(OfferGrant.member_id > after)
    rows = tx.run(statement.order_by(OfferGrant.member_id).limit(limit))
    return [MemberId(row.member_id) for row in rows]


def reason_of(stored: Mapping[str, Any]) -> Reason:
    """Return the reason that a grant's row keeps."""
    since = stored.get("since_on")
    return Reason(
        code=ReasonCode(stored.get("code", ReasonCode.EVERYBODY)),
        subject=stored.get("subject", ""),
        times=stored.get("times", 0),
        since_on=date.fromisoformat(since) if since else None,
    )


def _list(tx: Tx, member_id: MemberId, level: str) -> list[_Placed]:
    """Return every offer that a member of this level may have today, in her order."""
    rows = {row.offer_id: row for row in tx.run(_GRANTS, {"member_id": member_id})}
    granted = frozenset(i for i, row in rows.items() if row.cause != GrantCause.RANKING)
    shopper, today = Who(member=True, level=level, granted=granted), terms(tx).local_day
    placed = [
        _placed(one, rows.get(one.id))
        for one in live(tx).index.offers.values()
        if may_have(one, shopper, on=today)
    ]
    placed.sort(key=lambda one: (one.state is GrantState.USED, one.rank, one.live.id))
    return placed


def _placed(one: LiveOffer, row: Any) -> _Placed:
    if row is None:
        return _Placed(one, _LAST_RANK, GrantState.AVAILABLE, Reason(ReasonCode.EVERYBODY))
    return _Placed(one, row.rank, row.state, reason_of(row.reason))


def _worded(one: _Placed, voice: Voice, levels: Sequence[str]) -> MemberOffer:
    offer = one.live.offer
    categories = sorted(offer.include.categories)
    return MemberOffer(
        offer_id=OfferId(one.live.id),
        name=offer.name(voice.language),
        terms=plain_terms(offer, voice.language, voice.currency),
        value=value_text(offer, voice.language, voice.currency),
        reason=reason_text(one.reason, voice),
        state=one.state,
        activation=offer.activation,
        tier=next((level for level in levels if level in offer.conditions.tiers), None),
        ends_on=offer.until_on,
        category=categories[0] if categories else None,
    )
