"""Surveys: which are open to a member, and what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, Survey, SurveyAnswer, TierStanding
from loyalty.queries.programme import current_programme
from loyalty.surveys import Asks, Promoters, Question, promoters_of, read_questions
from loyalty.values import MemberId


@dataclass(frozen=True, slots=True)
class OpenSurvey:
    """A survey as it was published."""

    survey_id: str
    names: Mapping[str, str]
    starts_on: date
    ends_on: date
    questions: tuple[Question, ...]
    answers: int = 0

    def name(self, language: str) -> str:
        """Return its name in a language."""
        return self.names.get(language) or self.names.get("en") or self.survey_id


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to one question: how often each answer, or the words."""

    question: Question
    counts: tuple[tuple[str, int], ...]
    words: tuple[str, ...]
    promoters: Promoters | None


def surveys(tx: Tx) -> tuple[OpenSurvey, ...]:
    """Return every survey with how many have answered, the newest first."""
    counted = func.count(SurveyAnswer.member_id)
    rows = tx.run(
        select(Survey.__table__, counted.label("answers"))
        .outerjoin(SurveyAnswer, SurveyAnswer.survey_id == Survey.id)
        .group_by(Survey.id)
        .order_by(Survey.starts_on.desc(), Survey.id)
    )
    return tuple(_survey(row, row.answers) for row in rows)


def open_surveys(tx: Tx, member_id: MemberId) -> tuple[OpenSurvey, ...]:
    """Return the surveys that run today and ask this member, whom they have not had yet."""
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    mine = exists().where(SurveyAnswer.survey_id == Survey.id, SurveyAnswer.member_id == member_id)
    rows = tx.run(
        select(Survey)
        .where(Survey.starts_on <= today, Survey.ends_on >= today, ~mine)
        .order_by(Survey.starts_on, Survey.id)
    ).all()
    return tuple(_survey(row) for row in rows if _asks(tx, row.document, member_id))


def results_of(tx: Tx, survey: OpenSurvey) -> tuple[Answered, ...]:
    """Return what was answered, question by question; nobody is named."""
    rows = tx.run(
        select(SurveyAnswer.answers, SurveyAnswer.score)
        .where(SurveyAnswer.survey_id == survey.survey_id)
        .order_by(SurveyAnswer.at.desc())
    ).all()
    return tuple(_answered(one, rows) for one in survey.questions)


def _answered(question: Question, rows: Any) -> Answered:
    if question.asks is Asks.NPS:
        scores = [row.score for row in rows if row.score is not None]
        counts = Counter(str(score) for score in scores)
        return Answered(question, _in_order(counts), (), promoters_of(scores))
    given = [row.answers[question.id] for row in rows if question.id in row.answers]
    if question.asks is Asks.TEXT:
        return Answered(question, (), tuple(str(one) for one in given), None)
    return Answered(question, _in_order(Counter(str(one) for one in given)), (), None)


def _in_order(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (len(one[0]), one[0])))


def _asks(tx: Tx, document: Mapping[str, Any], member_id: MemberId) -> bool:
    """Tell whether a survey asks a member: her level, a purchase lately, none answered lately."""
    tiers = document.get("tier")
    if tiers:
        level = select(TierStanding.level).where(TierStanding.member_id == member_id)
        if tx.run(level).scalar() not in tiers:
            return False
    if (days := document.get("after_purchase_days")) is not None:
        since = tx.now - timedelta(days=days)
        bought = exists().where(Purchase.member_id == member_id, Purchase.occurred_at >= since)
        if not tx.run(select(bought)).scalar():
            return False
    if (days := document.get("once_in_days")) is not None:
        since = tx.now - timedelta(days=days)
        lately = exists().where(SurveyAnswer.member_id == member_id, SurveyAnswer.at > since)
        return not tx.run(select(lately)).scalar()
    return True


def _survey(row: Any, answers: int = 0) -> OpenSurvey:
    name = row.document["name"]
    return OpenSurvey(
        survey_id=row.id,
        names={"en": name} if isinstance(name, str) else name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        questions=read_questions(row.document),
        answers=answers,
    )
