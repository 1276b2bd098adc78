"""The marketer's campaigns: the list, the editor with its preview, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaigns.commands import (
    cancel_campaign,
    copy_campaign,
    draft_campaign,
    pause_campaign,
    resume_campaign,
    schedule_campaign,
    update_campaign,
)
from campaigns.document import name_faults, read_campaign
from campaigns.errors import CampaignNameTaken, CampaignRefused, CampaignStale, ScheduleTooEarly
from campaigns.pages.compose import CampaignForm, by_field, document_of, typed_of
from campaigns.pages.showing import (
    Choices,
    choices,
    preview_of,
    reason_text,
    show_campaign,
    show_recipients,
)
from campaigns.queries import CampaignDetail, campaign_detail, list_campaigns
from campaigns.values import CampaignId, CampaignState
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.web.context import current_actor, database, language, principal, runtime
from loyalty.kernel.web.pages import Form, read_form, render_page
from loyalty.kernel.web.problems import STATUS

blueprint = Blueprint("campaigns_admin", __name__, url_prefix="/admin/campaigns")

READERS = staff(Role.MARKETER, Role.ADMIN, Role.ANALYST, Role.AUDITOR, Role.DPO, Role.STORE_MANAGER)
MAKERS = staff(Role.MARKETER, Role.ADMIN)
_SEE_OTHER, _INVALID = 303, 422


@blueprint.get("")
@allow(READERS)
def list_() -> Response:
    """Show campaigns, the newest first, all of them or those in one state."""
    wanted = request.args.get("state", "")
    state = CampaignState(wanted) if wanted in set(CampaignState) else None
    with database().look(actor=current_actor()) as tx:
        page = list_campaigns(tx, state=state, after=request.args.get("after"))
    return render_page(
        "campaigns/list.html", page=page, state=state, states=list(CampaignState), may_make=_may()
    )


@blueprint.get("/new")
@allow(MAKERS)
def new() -> Response:
    """Show the empty editor."""
    return _editor(Editing(typed={"channels": ["email"], "visit": "any"}))


@blueprint.post("/new")
@allow(MAKERS)
def create() -> AnyResponse:
    """Keep what the form describes as a draft, and schedule it if its button says so."""
    return _keep(None)


@blueprint.get("/<campaign_id>/edit")
@allow(MAKERS)
def edit(campaign_id: str) -> AnyResponse:
    """Show the editor of a draft; a campaign that is no draft is shown instead."""
    with database().look(actor=current_actor()) as tx:
        detail = campaign_detail(tx, CampaignId(campaign_id))
    if detail.state is not CampaignState.DRAFT:
        return _show(detail.campaign_id)
    return _editor(Editing(detail, typed_of(detail.name, detail.document)))


@blueprint.post("/<campaign_id>/edit")
@allow(MAKERS)
def update(campaign_id: str) -> AnyResponse:
    """Keep the changes of a draft, and schedule it if its button says so."""
    return _keep(CampaignId(campaign_id))


@blueprint.post("/preview")
@allow(MAKERS)
def preview() -> Response:
    """Return the preview alone, for the script that keeps it up to date."""
    form = read_form(CampaignForm())
    if not form.ok:
        return render_page("campaigns/_preview.html", preview=None, errors=form.errors)
    reading = read_campaign(document_of(form.values))
    shown = preview_of(reading.document, member_id=form.values["member_id"])
    return render_page("campaigns/_preview.html", preview=shown, errors=by_field(reading.faults))


@blueprint.get("/<campaign_id>")
@allow(READERS)
def show(campaign_id: str) -> Response:
    """Show a campaign: when, for whom, in which words, and what became of it."""
    with database().look(actor=current_actor()) as tx:
        shown = show_campaign(tx, CampaignId(campaign_id))
    return render_page("campaigns/show.html", shown=shown, reason_text=reason_text, may_make=_may())


@blueprint.get("/<campaign_id>/recipients")
@allow(READERS)
def recipients_(campaign_id: str) -> Response:
    """Show who got it, who did not, and why."""
    with database().look(actor=current_actor()) as tx:
        shown = show_campaign(tx, CampaignId(campaign_id))
        listed = show_recipients(
            tx,
            CampaignId(campaign_id),
            show=request.args.get("show", "sent"),
            after=request.args.get("after"),
        )
    return render_page(
        "campaigns/recipients.html",
        shown=shown,
        listed=listed,
        reason_text=reason_text,
        may_make=_may(),
    )


@blueprint.post("/<campaign_id>/state")
@allow(MAKERS)
def change(campaign_id: str) -> AnyResponse:
    """Pause, resume or cancel a campaign, or copy it, as the button says."""
    id_ = CampaignId(campaign_id)
    action = request.form.get("action", "")
    try:
        with database().begin(actor=current_actor()) as tx:
            if action == "copy":
                name = campaign_detail(tx, id_).name
                copied = copy_campaign(tx, campaign_id=id_, name=_copy_name(name, tx.new_id("c")))
                id_ = copied.campaign_id
            elif action in _VERBS:
                _VERBS[action](tx, campaign_id=id_)
    except Problem as refused:
        flash(problem_text(language(), refused)[1], "bad")
        return _show(id_)
    flash(gettext(language(), _SAID.get(action, N_("Nothing was changed."))), "good")
    if action == "copy":
        return redirect(url_for(".edit", campaign_id=id_), code=_SEE_OTHER)
    return _show(id_)


_VERBS = {"pause": pause_campaign, "resume": resume_campaign, "cancel": cancel_campaign}
_SAID = {
    "pause": N_("Paused: nothing more leaves until you resume."),
    "resume": N_("Going on where it stopped."),
    "cancel": N_("Cancelled: what had not left stays unsent."),
    "copy": N_("A copy was made. Choose its date."),
}


@dataclass(frozen=True, slots=True)
class Editing:
    """What the editor shows: the draft, what was typed, and what is wrong with it."""

    detail: CampaignDetail | None = None
    typed: dict[str, Any] | None = None
    errors: dict[str, list[str]] | None = None


def _keep(campaign_id: CampaignId | None) -> AnyResponse:
    """Save the form, schedule it if asked, and show the result or what is wrong."""
    form = read_form(CampaignForm())
    typed = _typed(form)
    detail = None
    if campaign_id is not None:
        with database().look(actor=current_actor()) as tx:
            detail = campaign_detail(tx, campaign_id)
    if not form.ok:
        return _editor(Editing(detail, typed, form.errors), status=_INVALID)
    try:
        campaign_id = _save(campaign_id, form)
    except (CampaignRefused, CampaignNameTaken, CampaignStale, ScheduleTooEarly) as refused:
        errors = _errors_of(refused, form)
        return _editor(Editing(detail, typed, errors), status=STATUS[refused.kind])
    if form.values["action"] == "schedule":
        flash(gettext(language(), N_("Scheduled. It leaves by itself at its time.")), "good")
        return _show(campaign_id)
    flash(gettext(language(), N_("The draft is kept.")), "good")
    return redirect(url_for(".edit", campaign_id=campaign_id), code=_SEE_OTHER)


def _errors_of(refused: Problem, form: Form) -> dict[str, list[str]]:
    """Return what a refusal says, under the fields that it is about."""
    said = [problem_text(language(), refused)[1]]
    if isinstance(refused, CampaignRefused):
        reading = read_campaign(document_of(form.values))
        gaps = reading.gaps if form.values["action"] == "schedule" else ()
        return by_field([*name_faults(form.values["name"]), *reading.faults, *gaps])
    return {"on" if isinstance(refused, ScheduleTooEarly) else "name": said}


def _save(campaign_id: CampaignId | None, form: Form) -> CampaignId:
    """Draft or change the campaign, and schedule it if asked, in one transaction."""
    values = form.values
    facts = {"name": values["name"], "document": document_of(values)}
    with database().begin(actor=current_actor()) as tx:
        if campaign_id is None:
            saved = draft_campaign(tx, **facts)
        else:
            saved = update_campaign(
                tx, campaign_id=campaign_id, revision=values["revision"], **facts
            )
        if values["action"] == "schedule":
            schedule_campaign(
                tx,
                campaign_id=saved.campaign_id,
                revision=saved.revision,
                zone=runtime().settings.zone,
            )
    return saved.campaign_id


def _typed(form: Form) -> dict[str, Any]:
    """Return what was typed, the many choices as lists."""
    lists = {name: request.form.getlist(name) for name in ("tiers", "home_stores", "channels")}
    return {**form.typed, **lists}


def _editor(editing: Editing, *, status: int = 200) -> Response:
    typed = editing.typed or {}
    with database().look(actor=current_actor()) as tx:
        lists: Choices = choices(tx)
    return render_page(
        "campaigns/edit.html",
        status=status,
        detail=editing.detail,
        typed=typed,
        errors=editing.errors or {},
        choices=lists,
        preview=None,
    )


def _show(campaign_id: CampaignId) -> AnyResponse:
    return redirect(url_for(".show", campaign_id=campaign_id), code=_SEE_OTHER)


def _copy_name(name: str, unique: str) -> str:
    """Return a name for a copy that nobody else has."""
    return f"{name[:68]} ({unique[-6:]})"


def _may() -> bool:
    return MAKERS.admits(principal())
