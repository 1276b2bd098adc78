"""Who belongs to an audience: the condition, the count, and members to preview with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select

from campaigns.audience import Audience
from loyalty.kernel.tx import Tx
from loyalty.queries import audience_facts
from loyalty.values import MemberId, MemberState, Purpose


@dataclass(frozen=True, slots=True)
class AudienceCount:
    """How many members an audience has today, and how many of them each channel may reach.

    ``by_email`` and ``by_sms`` count those with an address and the consent; caps and suppressions
    are looked at when messages leave.
    """

    members: int
    by_email: int
    by_sms: int


def count_audience(tx: Tx, *, audience: Audience, today: date) -> AudienceCount:
    """Count an audience as it is on ``today``, in one statement."""
    facts = audience_facts()

    def how_many(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        holds = conditions[0]
        for condition in conditions[1:]:
            holds = holds & condition
        return func.coalesce(func.sum(case((holds, 1), else_=0)), 0)

    row = tx.run(
        select(
            func.count(),
            how_many(facts.c.has_email, facts.c.email_marketing),
            how_many(facts.c.has_phone, facts.c.sms_marketing),
        ).where(*matching(facts, audience, today))
    ).one()
    return AudienceCount(*(int(number) for number in row))


def sample_audience(
    tx: Tx, *, audience: Audience, today: date, limit: int = 5
) -> tuple[MemberId, ...]:
    """Return the first members of an audience, to preview a message as."""
    facts = audience_facts()
    rows = tx.run(
        select(facts.c.member_id)
        .where(*matching(facts, audience, today))
        .order_by(facts.c.member_id)
        .limit(limit)
    )
    return tuple(MemberId(row.member_id) for row in rows)


def matching(facts: Subquery, audience: Audience, today: date) -> list[ColumnElement[bool]]:
    """Return the conditions that an audience puts on the facts of a member."""
    column = facts.c
    conditions = [column.state == MemberState.ACTIVE]
    if audience.tiers:
        conditions.append(column.level.in_(audience.tiers))
    if (since := audience.visited_since(today)) is not None:
        conditions.append(column.last_visit_on >= since)
    if (before := audience.away_since(today)) is not None:
        conditions.append(or_(column.last_visit_on.is_(None), column.last_visit_on < before))
    if audience.home_stores:
        conditions.append(column.home_store_id.in_(audience.home_stores))
    if audience.consented is Purpose.EMAIL_MARKETING:
        conditions.append(column.email_marketing)
    if audience.consented is Purpose.SMS_MARKETING:
        conditions.append(column.sms_marketing)
    if audience.consented is Purpose.PERSONAL_OFFERS:
        conditions.append(column.personal_offers)
    return conditions
