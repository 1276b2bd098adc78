"""Surveys on the phone: one at a time, answered once."""

from __future__ import annotations

from flask import Response, flash, request
from werkzeug.wrappers import Response as AnyResponse

from loyalty.commands import answer_survey
from loyalty.errors import AnswerUnclear, SurveyNotForYou
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.pages.shopper import blueprint, go_to, member_in_hand
from loyalty.queries.surveys import open_surveys


@blueprint.get("/surveys")
@allow(MEMBER)
def surveys() -> Response:
    """Show the surveys that ask her today."""
    return _page(200)


@blueprint.post("/surveys/<survey_id>")
@allow(MEMBER)
def answer(survey_id: str) -> AnyResponse:
    """Keep her answers; a survey takes them once."""
    try:
        with database().begin(actor=current_actor()) as tx:
            who = member_in_hand(tx).member_id
            answer_survey(tx, member_id=who, survey_id=survey_id, given=request.form.to_dict())
    except (AnswerUnclear, SurveyNotForYou) as refused:
        flash(problem_text(language(), refused)[1], "warn")
        return _page(422)
    flash(gettext(language(), N_("Thank you for your answers.")), "good")
    return go_to("shopper.surveys")


def _page(status: int) -> Response:
    with database().look(actor=current_actor()) as tx:
        asked = open_surveys(tx, member_in_hand(tx).member_id)
    typed = request.form.to_dict() if status != 200 else {}  # noqa: PLR2004 - a plain answer
    return render_page("loyalty/surveys.html", status=status, asked=asked, typed=typed)
