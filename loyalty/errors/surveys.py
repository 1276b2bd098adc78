"""Refusals about surveys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class SurveyRefused(Problem):
    """A survey's document is not right, or its name is taken. Nothing was published."""

    errors: dict[str, Any]

    kind = Kind.INVALID
    slug = "survey-refused"
    title = N_("This is not a survey yet")
    template = N_("Correct what is named and publish it again.")


@dataclass(eq=False)
class SurveyNotForYou(Problem):
    """The survey does not run, was answered before, or asks other members."""

    survey_id: str

    kind = Kind.CONFLICT
    slug = "survey-not-open"
    title = N_("This survey is not open")
    template = N_("It has ended, you have answered it already, or it asks other members.")


@dataclass(eq=False)
class AnswerUnclear(Problem):
    """An answer is missing or does not fit its question. Nothing was kept."""

    question: str

    kind = Kind.INVALID
    slug = "answer-unclear"
    title = N_("An answer is missing")
    template = N_("Answer the question {question}, then send it again.")
