"""Publishing surveys and answering them, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from loyalty.commands.events import EventPaid, record_event
from loyalty.commands.sql import insert, insert_rows
from loyalty.commands.wallets import open_member
from loyalty.errors import AnswerUnclear, SurveyNotForYou, SurveyRefused
from loyalty.kernel.audit import record_audit
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Faults, documents, read
from loyalty.kernel.tx import Tx
from loyalty.models import Survey, SurveyAnswer
from loyalty.queries.surveys import open_surveys
from loyalty.surveys import Asks, read_questions
from loyalty.values import MemberId
from loyalty.values.documents.survey import SURVEY

SURVEYED = "survey"
"""The event that answering counts as; a rule of the programme says what it earns."""


def publish_survey(tx: Tx, *, text: str) -> str:
    """Publish the survey that ``text`` (YAML or JSON) spells; return its name.

    Raises:
        SurveyRefused: with every key that is wrong; or the name is taken.
    """
    document = _read(text)
    row = {
        "id": document["id"],
        "document": document,
        "starts_on": date.fromisoformat(document["from"]),
        "ends_on": date.fromisoformat(document["until"]),
        "published_at": tx.now,
        "published_by": tx.actor,
    }
    new = insert(tx.dialect, Survey).on_conflict_do_nothing().returning(Survey.id)
    if tx.run(new, row).first() is None:
        raise SurveyRefused({"id": [N_("There is a survey with this name already.")]})
    record_audit(tx, action="publish-survey", subject=document["id"], details={})
    return str(document["id"])


def answer_survey(
    tx: Tx, *, member_id: MemberId, survey_id: str, given: Mapping[str, str]
) -> EventPaid:
    """Keep a member's answers, once, and give her what the event ``survey`` earns.

    Raises:
        SurveyNotForYou: it does not run, asks others, or she has answered it.
        AnswerUnclear: an answer is missing or does not fit.
        UnknownMember, MemberBlocked: nothing was kept.
    """
    open_member(tx, member_id)
    found = [one for one in open_surveys(tx, member_id) if one.survey_id == survey_id]
    if not found:
        raise SurveyNotForYou(survey_id)
    answers: dict[str, Any] = {}
    score = None
    for question in found[0].questions:
        try:
            answer = question.read(given.get(question.id, ""))
        except ValueError as error:
            raise AnswerUnclear(question.id) from error
        if answer is None:
            continue
        if question.asks is Asks.NPS:
            score = int(answer)
        else:
            answers[question.id] = answer
    row = {"member_id": member_id, "survey_id": survey_id, "answers": answers, "score": score}
    insert_rows(tx, SurveyAnswer, [row | {"at": tx.now}])
    source = f"survey:{survey_id}"
    return record_event(tx, member_id=member_id, event=SURVEYED, source=source, occurred_at=tx.now)


def _read(text: str) -> dict[str, Any]:
    found = list(documents(text))
    node, faults = found[0] if len(found) == 1 else (None, Faults())
    if node is None:
        raise SurveyRefused({"": [N_("One document is wanted: a map of keys.")]})
    document = read(SURVEY, node, faults)
    errors: dict[str, list[str]] = {}
    for fault in faults.found:
        errors.setdefault(str(fault.path), []).append(fault.sentence)
    if not errors:
        asked = read_questions(document)
        names = [one.id for one in asked]
        if len(set(names)) < len(names) or sum(one.asks is Asks.NPS for one in asked) > 1:
            errors["questions"] = [N_("Each has a name of its own, and one asks for the score.")]
        if any((one.asks is Asks.CHOICE) != bool(one.choices) for one in asked):
            errors["questions"] = [N_("A choice names its choices, and only a choice does.")]
    if errors:
        raise SurveyRefused(errors)
    return dict(document)
