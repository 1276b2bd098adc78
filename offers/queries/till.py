"""The till's question: which offers work on this basket, and what do they take off?

At most two statements: what the member was granted, and the counters of the candidates that have
limits. Everything else is in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import bindparam, or_, select

from loyalty.kernel.tx import Tx
from loyalty.values import MemberId
from offers.combining import Choice, Worked, choose
from offers.document import Amount, AppliesTo, Percent
from offers.eligibility import (
    Candidate,
    LiveOffer,
    Missing,
    Shopper,
    Used,
    Why,
    candidates,
    enough,
    room,
    takes_offers,
    when_and_where,
    who,
)
from offers.giving import points_effect
from offers.models import OfferCounter, OfferGrant, Scope
from offers.pricing import line_discount, reduction, unit_values
from offers.queries.live import Live, Terms, live, live_at, terms
from offers.values import (
    Applied,
    Basket,
    GrantCause,
    GrantState,
    NotApplied,
    OfferId,
    PricedBasket,
    PricedLine,
)
from offers.wording import missing_text

MOST_NOT_APPLIED = 20
"""How many offers that do not work are explained."""

_TAPPED_OR_GIVEN = select(OfferGrant.offer_id, OfferGrant.state, OfferGrant.cause).where(
    OfferGrant.member_id == bindparam("member_id"),
    or_(OfferGrant.state != GrantState.AVAILABLE, OfferGrant.cause != GrantCause.RANKING),
)
_COUNTERS = select(
    OfferCounter.offer_id, OfferCounter.scope, OfferCounter.uses, OfferCounter.amount_minor
).where(
    OfferCounter.offer_id.in_(bindparam("offer_ids", expanding=True)),
    OfferCounter.key.in_(bindparam("keys", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class _Refused:
    """An offer that does not work, why, what is missing, and what stands in its place."""

    live: LiveOffer
    why: Why
    missing: Missing | None = None
    beaten_by: str = ""


def price_basket(
    tx: Tx,
    *,
    basket: Basket,
    member_id: MemberId | None,
    level: str | None,
    language: str,
    as_of: datetime | None = None,
) -> PricedBasket:
    """Return the basket with the best combination of offers worked in; leaves no trace.

    ``as_of`` takes the offers that were live then, instead of those that are now.

    ``level`` is the member's tier. Asking again gives the same answer while nothing changed;
    counters are only moved by ``use_offers``, which may refuse if they moved in between.
    """
    offers, rules = live(tx) if as_of is None else live_at(tx, as_of), terms(tx)
    shopper, tapped = _shopper(tx, offers, member_id, level)
    found = candidates(offers.index, basket.lines)
    fitting, refused = _sift(found, basket, shopper, rules)
    affordable, too_late = _with_room(tx, fitting, basket, member_id)
    choice = choose(basket.lines, affordable, rate=rules.rate)
    refused += too_late + _passed_over(choice, affordable) + _absent(offers, found, tapped, basket)
    return _answer(choice, refused, basket, language, rules.currency)


def _shopper(
    tx: Tx, offers: Live, member_id: MemberId | None, level: str | None
) -> tuple[Shopper, list[str]]:
    """Return who is at the till, with her grants if any live offer asks for them.

    What she has used up counts as activated: its limit decides about it, and says so. Beside her,
    what she has tapped and not used up.
    """
    if member_id is None:
        return Shopper(member=False), []
    if not offers.personal:
        return Shopper(member=True, level=level), []
    rows = tx.run(_TAPPED_OR_GIVEN, {"member_id": member_id}).all()
    shopper = Shopper(
        member=True,
        level=level,
        granted=frozenset(row.offer_id for row in rows if row.cause != GrantCause.RANKING),
        activated=frozenset(row.offer_id for row in rows if row.state != GrantState.AVAILABLE),
    )
    return shopper, sorted(row.offer_id for row in rows if row.state == GrantState.ACTIVATED)


def _sift(
    found: Sequence[Candidate], basket: Basket, shopper: Shopper, rules: Terms
) -> tuple[list[Candidate], list[_Refused]]:
    """Return the candidates that this shopper may have here and now, and why not the others."""
    at = basket.local_time or time(*divmod(rules.local_minutes, 60))
    fitting, refused = [], []
    for candidate in found:
        offer = candidate.live.offer
        place = when_and_where(offer, on=basket.business_on, at=at, store_id=basket.store_id)
        if why := place or who(candidate.live, shopper):
            refused.append(_Refused(candidate.live, why))
        elif short := enough(candidate, basket):
            refused.append(_Refused(candidate.live, short.why, short))
        else:
            fitting.append(candidate)
    return fitting, refused


def _with_room(
    tx: Tx, fitting: list[Candidate], basket: Basket, member_id: MemberId | None
) -> tuple[list[Candidate], list[_Refused]]:
    """Return the candidates whose limits and budgets have room for this basket."""
    limited = [one.live for one in fitting if _is_limited(one.live)]
    if not limited:
        return fitting, []
    used = _used(tx, limited, basket, member_id)
    kept, refused = [], []
    for candidate in fitting:
        gone = used.get(candidate.live.id, Used())
        why = room(candidate.live.offer, gone, _at_most(candidate, basket))
        if why:
            refused.append(_Refused(candidate.live, why))
        else:
            kept.append(candidate)
    return kept, refused


def _is_limited(one: LiveOffer) -> bool:
    limit, budget = one.offer.limit, one.offer.budget
    wanted = (limit.offer, limit.day, limit.member, budget.uses, budget.amount_minor)
    return any(most is not None for most in wanted)


def _used(
    tx: Tx, limited: list[LiveOffer], basket: Basket, member_id: MemberId | None
) -> dict[str, Used]:
    """Return what is gone of these offers' limits, in one statement."""
    keys = ["", basket.business_on.isoformat(), *([member_id] if member_id else [])]
    rows = tx.run(_COUNTERS, {"offer_ids": [one.id for one in limited], "keys": keys})
    uses: dict[str, dict[str, int]] = {}
    money: dict[str, int] = {}
    for row in rows:
        uses.setdefault(row.offer_id, {})[row.scope] = row.uses
        if row.scope == Scope.OFFER:
            money[row.offer_id] = row.amount_minor
    return {offer_id: Used(by_scope, money.get(offer_id, 0)) for offer_id, by_scope in uses.items()}


def _at_most(candidate: Candidate, basket: Basket) -> int:
    """Return the most that the offer could take off this basket, if it stood alone."""
    benefit = candidate.live.offer.benefit
    if not isinstance(benefit, Percent | Amount):
        return 0
    lines = [basket.lines[position] for position in candidate.positions]
    if benefit.applies_to is AppliesTo.BASKET:
        return reduction(benefit, sum(x.gross_minor for x in basket.lines if takes_offers(x)))
    if benefit.applies_to is AppliesTo.ELIGIBLE_LINES:
        return reduction(benefit, sum(one.gross_minor for one in lines))
    return sum(line_discount(benefit, unit_values(one)) for one in lines)


def _passed_over(choice: Choice, affordable: Sequence[Candidate]) -> list[_Refused]:
    """Return the candidates that the choice left out."""
    by_id = {one.live.id: one.live for one in affordable}
    return [
        _Refused(by_id[offer_id], why, beaten_by=rival)
        for offer_id, (why, rival) in choice.refused.items()
    ]


def _absent(
    offers: Live, found: Sequence[Candidate], tapped: Sequence[str], basket: Basket
) -> list[_Refused]:
    """Return what the member tapped and could use today, but has nothing of in her basket."""
    there = {candidate.live.id for candidate in found}
    index = offers.index.offers
    absent = [index[one] for one in tapped if one in index and one not in there]
    on, store = basket.business_on, basket.store_id
    return [
        _Refused(one, Why.NOTHING_ELIGIBLE)
        for one in absent
        if when_and_where(one.offer, on=on, at=None, store_id=store) is None
    ]


def _answer(
    choice: Choice, refused: list[_Refused], basket: Basket, language: str, currency: str
) -> PricedBasket:
    """Word the choice for the till. Offers that were never given to the shopper stay unsaid."""
    names = {one.live.id: one.live.offer.name(language) for one in choice.worked}
    told = [one for one in refused if one.why is not Why.NOT_GRANTED]
    told.sort(key=lambda one: (_NEAREST_FIRST.index(one.why), one.live.id))
    return PricedBasket(
        lines=tuple(
            PricedLine(line=till.line, paid_minor=till.left_minor, shares=tuple(till.shares))
            for till in choice.tills
        ),
        applied=tuple(_applied(one, basket, language) for one in choice.worked),
        not_applied=tuple(
            NotApplied(
                offer_id=OfferId(one.live.id),
                slug=one.live.offer.slug,
                name=one.live.offer.name(language),
                reason=one.why.value,
                missing=missing_text(one.why, one.missing, language, currency),
                beaten_by=names.get(one.beaten_by, ""),
            )
            for one in told[:MOST_NOT_APPLIED]
        ),
        points_effects=tuple(
            points_effect(one, choice.tills, _line_nos(one, basket), language)
            for one in choice.worked
            if one.live.offer.applies_to is None
        ),
        total_minor=sum(till.left_minor for till in choice.tills),
        discount_minor=choice.discount_minor,
        optimal=choice.optimal,
    )


_NEAREST_FIRST = (
    Why.QUANTITY_SHORT,
    Why.BELOW_MINIMUM,
    Why.NOTHING_ELIGIBLE,
    Why.NOT_ACTIVATED,
    Why.MEMBERS_ONLY,
    Why.LIMIT_REACHED,
    Why.BUDGET_EXCEEDED,
    Why.EXCLUSIVE,
    Why.BEATEN,
    Why.NOTHING_LEFT,
    Why.OTHER_TIER,
    Why.OUTSIDE_DATES,
    Why.OTHER_STORE,
    Why.NOT_GRANTED,
)
"""In which order refusals are told: what the shopper can still change comes first."""


def _applied(one: Worked, basket: Basket, language: str) -> Applied:
    return Applied(
        offer_id=OfferId(one.live.id),
        slug=one.live.offer.slug,
        name=one.live.offer.name(language),
        discount_minor=one.discount_minor,
        points=one.points,
        uses=1,
        line_nos=_line_nos(one, basket),
    )


def _line_nos(one: Worked, basket: Basket) -> tuple[int, ...]:
    return tuple(basket.lines[position].line_no for position in one.positions)
