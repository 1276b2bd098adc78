"""Surveys: what was asked, what came back, and a new one."""

from __future__ import annotations

import marshmallow as ma
from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from loyalty.commands import publish_survey
from loyalty.errors import SurveyRefused
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, NotFound
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries.surveys import results_of, surveys

READERS = staff(Role.MARKETER, Role.ADMIN, Role.ANALYST)
MAKERS = staff(Role.MARKETER, Role.ADMIN)
_SEE_OTHER, _INVALID = 303, 422


class SurveyForm(ma.Schema):
    """The text of a survey."""

    text = ma.fields.String(required=True, validate=ma.validate.Length(1, 50_000))


@blueprint.get("/surveys")
@allow(READERS)
def survey_list() -> Response:
    """Show every survey, and the form for a new one."""
    return _list(EMPTY_FORM, 200)


@blueprint.post("/surveys")
@allow(MAKERS)
def survey_publish() -> Answer:
    """Publish a survey."""
    form = read_form(SurveyForm())
    if not form.ok:
        return _list(form, _INVALID)
    try:
        with database().begin(actor=current_actor()) as tx:
            survey_id = publish_survey(tx, text=form.values["text"])
    except SurveyRefused as refused:
        said = [
            f"{path}: {gettext(language(), one)}"
            for path, several in refused.errors.items()
            for one in several
        ]
        return _list(refused_form(form, "text", " · ".join(said)), _INVALID)
    flash(gettext(language(), N_("The survey is published.")), "good")
    return redirect(url_for("admin.survey_results", survey_id=survey_id), _SEE_OTHER)


@blueprint.get("/surveys/<survey_id>")
@allow(READERS)
def survey_results(survey_id: str) -> Response:
    """Show what was answered, and the net promoter score with its sample."""
    with database().look(actor=current_actor()) as tx:
        found = [one for one in surveys(tx) if one.survey_id == survey_id]
        if not found:
            raise NotFound("survey")
        results = results_of(tx, found[0])
    return render_page("admin/survey.html", survey=found[0], results=results)


def _list(form: Form, status: int) -> Response:
    with database().look(actor=current_actor()) as tx:
        found = surveys(tx)
    return render_page("admin/surveys.html", status=status, form=form, surveys=found)
