"""Replaying the past into the database: enrolments, receipts month by month, what they led to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import text

from admin.demo.catalogue import load_shop
from admin.demo.crew import Crew
from admin.demo.past import in_the_past
from admin.demo.people import Allowed, Persona
from admin.demo.progress import Steps
from admin.demo.receipts import Ids, Plan, settle
from admin.demo.seasons import months_before
from loyalty.commands import (
    enrol_member,
    expire_lots,
    expire_vouchers,
    import_history,
    record_consent,
    review_tiers,
)
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries import consent_wording, tier_progress
from loyalty.values import CardId, Channel, ConsentGiven, MemberId, Sale
from offers.commands import grant_for_tier, rank_offers, refresh_affinities
from offers.commands.progress import note_progress

RANKING_JOB = "rank-offers"
"""The job of the offers package whose round is done here, so that it need not begin at once."""

_NIGHT = time(3)


def enrol_everybody(
    tx: Tx, runtime: Runtime, personas: Sequence[Persona], crew: Crew, steps: Steps
) -> Ids:
    """Enrol each persona at the moment they joined; return what the database calls them."""
    step = steps.begin("Enrolling members", total=len(personas))
    members: dict[str, MemberId] = {}
    cards: dict[str, CardId] = {}
    for persona in sorted(personas, key=lambda one: one.joined_at):
        members[persona.key], cards[persona.key] = _enrol(tx, runtime, persona)
        step.advance()
    return Ids(members, cards, crew.cashiers)


def replay(tx: Tx, runtime: Runtime, plan: Plan, ids: Ids, steps: Steps) -> int:
    """Record every visit of the plan; return how many receipts there are.

    After each month the nightly work is done as of the first of the next: lots and vouchers
    lapse and levels are reviewed when they would have been. PostgreSQL is told to look at the
    tables that have grown: no autovacuum sees them before the transaction ends.
    """
    step = steps.begin("Replaying 18 months of sales", total=len(plan.visits))
    for month, sales in _by_month(settle(plan, ids)):
        batch = list(sales)
        import_history(tx, keys=runtime.keys, sales=batch)
        _at_night(tx, min(tx.now, _first_night_after(month)))
        step.advance(len(batch))
    if tx.dialect == "postgresql":
        tx.run(text("ANALYZE"))
    return len(plan.visits)


def rank_everybody(tx: Tx, member_ids: Sequence[MemberId], steps: Steps) -> None:
    """Give every member the offers of their tier and put their list in order."""
    step = steps.begin("Choosing personal offers", total=len(member_ids))
    now = in_the_past(tx, tx.now)
    for member_id in member_ids:
        refresh_affinities(now, member_id=member_id)
        level = tier_progress(now, member_id).level
        grant_for_tier(now, member_id=member_id, level=level)
        rank_offers(now, member_id=member_id)
        step.advance()
    note_progress(now, job=RANKING_JOB, after=None)


def _enrol(tx: Tx, runtime: Runtime, persona: Persona) -> tuple[MemberId, CardId]:
    first = [one for one in persona.consents if one.at == persona.joined_at]
    enrolled = enrol_member(
        in_the_past(tx, persona.joined_at),
        keys=runtime.keys,
        identity=persona.identity,
        channel=persona.channel,
        language=persona.language,
        home_store_id=persona.home_store_id,
        consents=[_answer(runtime, persona, one) for one in first],
    )
    for later in (one for one in persona.consents if one.at != persona.joined_at):
        record_consent(
            in_the_past(tx, later.at),
            member_id=enrolled.member_id,
            given=_answer(runtime, persona, later),
            channel=Channel.WEB,
            source="app",
        )
    return enrolled.member_id, enrolled.card_id


def _answer(runtime: Runtime, persona: Persona, allowed: Allowed) -> ConsentGiven:
    brand = runtime.settings.brand
    wording = consent_wording(allowed.purpose, persona.language, brand=brand)
    return wording.given(granted=allowed.granted)


def _by_month(sales: Iterable[Sale]) -> Iterator[tuple[date, Iterator[Sale]]]:
    """Yield the sales month by month, each with its first day."""
    yield from groupby(sales, key=lambda sale: sale.key.business_on.replace(day=1))


def _first_night_after(month: date) -> datetime:
    """Return 03:00 of the first day of the next month, in the shop's zone."""
    zone = ZoneInfo(load_shop().zone)
    return datetime.combine(months_before(month, -1), _NIGHT, tzinfo=zone)


def _at_night(tx: Tx, at: datetime) -> None:
    """Do what the nightly jobs would have done: let lapse what is over, review levels."""
    then = in_the_past(tx, at)
    while expire_lots(then):
        pass
    while expire_vouchers(then):
        pass
    while review_tiers(then):
        pass
