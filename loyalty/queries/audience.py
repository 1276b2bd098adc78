"""Facts about members by which audiences are chosen, set-based on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, func, select

from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import Consent, Member, MemberIdentity, TierCredit, TierStanding
from loyalty.queries.cursors import page_size
from loyalty.values import NO_TIER, MemberId, MemberState, Purpose


@dataclass(frozen=True, slots=True)
class AudienceMember:
    """A member of an audience; ``last_visit_on`` is empty when she never bought."""

    member_id: MemberId
    level: str
    language: str
    last_visit_on: date | None


def audience_facts() -> Subquery:
    """Return a subquery with one row per member, to be filtered and joined by the caller.

    Columns: ``member_id, state, language, home_store_id, level`` (``none`` without one),
    ``last_visit_on`` (local day of the last purchase or empty), ``email_marketing``,
    ``sms_marketing``, ``personal_offers`` (the answer in force; silence is a no), ``has_email``,
    ``has_phone``.
    """
    return (
        select(
            Member.id.label("member_id"),
            Member.state,
            Member.language,
            Member.home_store_id,
            func.coalesce(TierStanding.level, NO_TIER).label("level"),
            _last_visit().label("last_visit_on"),
            _consent(Purpose.EMAIL_MARKETING).label("email_marketing"),
            _consent(Purpose.SMS_MARKETING).label("sms_marketing"),
            _consent(Purpose.PERSONAL_OFFERS).label("personal_offers"),
            MemberIdentity.email_key.is_not(None).label("has_email"),
            MemberIdentity.phone_key.is_not(None).label("has_phone"),
        )
        .select_from(
            Member.__table__.outerjoin(TierStanding, TierStanding.member_id == Member.id).outerjoin(
                MemberIdentity, MemberIdentity.member_id == Member.id
            )
        )
        .subquery("audience_facts")
    )


def audience_members(
    tx: Tx,
    *,
    levels: Sequence[str] | None = None,
    last_visit_before: date | None = None,
    last_visit_after: date | None = None,
    purpose: Purpose | None = None,
    after: str | None = None,
    limit: int = 1000,
) -> Page[AudienceMember]:
    """Return active members who meet every condition that is given, by id.

    ``last_visit_before`` and ``last_visit_after`` exclude the day itself and those who never
    bought; ``purpose`` asks for a yes in force.
    """
    facts = audience_facts()
    statement = (
        select(facts.c.member_id, facts.c.level, facts.c.language, facts.c.last_visit_on)
        .where(*_conditions(facts, levels, last_visit_before, last_visit_after, purpose))
        .order_by(facts.c.member_id)
        .limit(page_size(limit) + 1)
    )
    if after is not None:
        statement = statement.where(facts.c.member_id > after)
    rows = tx.run(statement).all()
    page = rows[: page_size(limit)]
    return Page(
        items=tuple(AudienceMember(*row) for row in page),
        after=page[-1].member_id if len(rows) > len(page) else None,
    )


def audience_count(
    tx: Tx,
    *,
    levels: Sequence[str] | None = None,
    last_visit_before: date | None = None,
    last_visit_after: date | None = None,
    purpose: Purpose | None = None,
) -> int:
    """Return how many members ``audience_members`` would give."""
    facts = audience_facts()
    where = _conditions(facts, levels, last_visit_before, last_visit_after, purpose)
    return int(tx.run(select(func.count()).select_from(facts).where(*where)).scalar_one())


def _conditions(
    facts: Subquery,
    levels: Sequence[str] | None,
    last_visit_before: date | None,
    last_visit_after: date | None,
    purpose: Purpose | None,
) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [facts.c.state == MemberState.ACTIVE]
    if levels is not None:
        where.append(facts.c.level.in_(levels))
    if last_visit_before is not None:
        where.append(facts.c.last_visit_on < last_visit_before)
    if last_visit_after is not None:
        where.append(facts.c.last_visit_on > last_visit_after)
    if purpose is not None:
        where.append(facts.c[purpose.value.replace("-", "_")].is_(True))
    return where


def _last_visit() -> ScalarSelect[Any]:
    return (
        select(func.max(TierCredit.last_on))
        .where(TierCredit.member_id == Member.id)
        .correlate(Member.__table__)
        .scalar_subquery()
    )


def _consent(purpose: Purpose) -> ColumnElement[bool]:
    latest = (
        select(Consent.granted)
        .where(Consent.member_id == Member.id, Consent.purpose == purpose)
        .order_by(Consent.seq.desc())
        .limit(1)
        .correlate(Member.__table__)
        .scalar_subquery()
    )
    return func.coalesce(latest, False)
