"""Replaying the past into the database: enrolments, receipts month by month, what they led to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from admin.demo.catalogue import load_shop
from admin.demo.crew import Crew
from admin.demo.past import in_the_past
from admin.demo.people import Persona
from admin.demo.progress import Steps
from admin.demo.receipts import Ids, Plan, settle
from admin.demo.seasons import months_before
from loyalty.commands import (
    enrol_member,
    expire_lots,
    expire_vouchers,
    record_consent,
    review_tiers,
)
from loyalty.commands.importing import import_history
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries import tier_progress
from loyalty.values import CardId, ConsentGiven, MemberId, Sale
from loyalty.wordings import consent_wording
from offers.commands import grant_for_tier, rank_offers, refresh_affinities
from offers.commands.progress import note_progress
from offers.jobs import RANKING

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
    lapse and levels are reviewed when they would have been.
    """
    step = steps.begin("Replaying 18 months of sales", total=len(plan.visits))
    for month, sales in _by_month(settle(plan, ids)):
        batch = list(sales)
        import_history(tx, keys=runtime.keys, sales=batch)
        _at_night(tx, min(tx.now, _first_night_after(month)))
        step.advance(len(batch))
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
    note_progress(now, job=RANKING, after=None)


def _enrol(tx: Tx, runtime: Runtime, persona: Persona) -> tuple[MemberId, CardId]:
    then = in_the_past(tx, persona.joined_at)
    first = [one for one in persona.consents if one.at == persona.joined_at]
    enrolled = enrol_member(
        then,
        keys=runtime.keys,
        identity=persona.identity,
        channel=persona.channel,
        language=persona.language,
        home_store_id=persona.home_store_id,
        consents=[_answer(persona, one.purpose, granted=one.granted) for one in first],
    )
    for later in persona.consents[len(first) :]:
        record_consent(
            in_the_past(tx, later.at),
            member_id=enrolled.member_id,
            given=_answer(persona, later.purpose, granted=later.granted),
            channel=persona.channel,
            source="app",
        )
    return enrolled.member_id, enrolled.card_id
