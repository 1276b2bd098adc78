"""The programme: its versions, and drafts that are written beside their running examples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.examples.proving import prove
from admin.examples.report import Report
from admin.pages.blueprint import blueprint
from loyalty.commands import (
    Proof,
    approve_draft,
    begin_draft,
    note_proof,
    publish_draft,
    save_draft,
)
from loyalty.errors import ProgrammeRefused
from loyalty.kernel.access.models import StaffState
from loyalty.kernel.access.people import all_staff
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, NotFound
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language
from loyalty.kernel.web.pages import render_page
from loyalty.queries import (
    PRESETS,
    TextFault,
    check_text,
    current_programme,
    draft,
    drafts,
    preset_text,
    programme_versions,
)
from loyalty.values import DraftId

READERS = staff(Role.ADMIN, Role.MARKETER, Role.ANALYST, Role.AUDITOR)
WRITERS = staff(Role.ADMIN, Role.MARKETER)
DECIDERS = staff(Role.ADMIN)
_SEE_OTHER = 303
MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the panel beside the text says: mistakes, or how the examples ended."""

    faults: tuple[TextFault, ...]
    report: Report

    @property
    def holds(self) -> bool:
        """Tell whether nothing is wrong, and every example holds."""
        return not self.faults and self.report.failed == 0


@blueprint.get("/programme")
@allow(READERS)
def programme_home() -> Response:
    """Show the versions, the drafts, and what a draft may begin with."""
    with database().look() as tx:
        versions, waiting, now = programme_versions(tx), drafts(tx), tx.now
        in_force = current_programme(tx).version_id if versions else ""
    return render_page(
        "admin/programme.html",
        versions=versions,
        drafts=waiting,
        presets=PRESETS,
        in_force=in_force,
        now=now,
    )


@blueprint.post("/programme/drafts")
@allow(WRITERS)
def programme_begin() -> Answer:
    """Begin a draft with a ready programme.

    Raises:
        NotFound: there is no such ready programme.
    """
    name = request.form.get("preset", "")
    if name not in PRESETS:
        raise NotFound("programme")
    with database().begin(actor=current_actor()) as tx:
        draft_id = begin_draft(tx, name=name, text=preset_text(name))
    return redirect(url_for("admin.programme_draft", draft_id=draft_id), _SEE_OTHER)


@blueprint.get("/programme/drafts/<draft_id>")
@allow(READERS)
def programme_draft(draft_id: str) -> Response:
    """Show a draft beside what its examples say."""
    return _page(DraftId(draft_id))


@blueprint.post("/programme/drafts/<draft_id>")
@allow(WRITERS)
def programme_save(draft_id: str) -> Answer:
    """Save the text and keep how its examples ended."""
    text, known = _text(), request.form.get("known_hash", "")
    verdict = judge(text)
    with database().begin(actor=current_actor()) as tx:
        saved = save_draft(tx, draft_id=DraftId(draft_id), text=text, known_hash=known)
        _keep(tx, DraftId(draft_id), saved, verdict)
    flash(gettext(language(), N_("The draft is saved.")), "good")
    return redirect(url_for("admin.programme_draft", draft_id=draft_id), _SEE_OTHER)


@blueprint.post("/programme/preview")
@allow(WRITERS)
def programme_preview() -> Response:
    """Show what is wrong with a text, or how its examples end. Nothing is kept."""
    return render_page("admin/_verdict.html", verdict=judge(_text()), most=MOST_FINDINGS)


@blueprint.post("/programme/drafts/<draft_id>/approval")
@allow(DECIDERS)
def programme_approve(draft_id: str) -> Answer:
    """Approve the text that was looked at."""
    known = request.form.get("known_hash", "")
    with database().begin(actor=current_actor()) as tx:
        approve_draft(tx, draft_id=DraftId(draft_id), known_hash=known, alone=_is_alone(tx))
    flash(gettext(language(), N_("The draft is approved.")), "good")
    return redirect(url_for("admin.programme_draft", draft_id=draft_id), _SEE_OTHER)


@blueprint.post("/programme/drafts/<draft_id>/publication")
@allow(DECIDERS)
def programme_publish(draft_id: str) -> Answer:
    """Publish the approved text, from the morning of a day or from now."""
    known, day = request.form.get("known_hash", ""), request.form.get("from_on", "")
    with database().begin(actor=current_actor()) as tx:
        done = publish_draft(
            tx,
            draft_id=DraftId(draft_id),
            known_hash=known,
            effective_from=_morning(tx, day) if day else None,
        )
    flash(gettext(language(), N_("Version {n} is published."), n=done.number), "good")
    return redirect(url_for("admin.programme_home"), _SEE_OTHER)


def judge(text: str) -> Verdict:
    """Return what is wrong with a programme's text, or how its own examples end."""
    faults = check_text(text)
    return Verdict(faults, Report() if faults else prove(text, name="programme"))


def _page(draft_id: DraftId) -> Response:
    with database().look() as tx:
        shown, alone = draft(tx, draft_id), _is_alone(tx)
    return render_page(
        "admin/draft.html",
        draft=shown,
        verdict=judge(shown.text),
        most=MOST_FINDINGS,
        alone=alone,
        own=shown.changed_by == current_actor(),
    )


def _text() -> str:
    """Return the text that was sent, with the line ends that it is kept with."""
    return request.form.get("text", "").replace("\r\n", "\n")


def _keep(tx: Tx, draft_id: DraftId, text_hash: str, verdict: Verdict) -> None:
    """Keep the proof of a text that can be read."""
    if not verdict.faults:
        proof = Proof(text_hash, verdict.report.passed, verdict.report.failed)
        note_proof(tx, draft_id=draft_id, proof=proof)


def _is_alone(tx: Tx) -> bool:
    """Tell whether nobody else could approve: there is one administrator at work."""
    deciders = [
        one for one in all_staff(tx) if one.role is Role.ADMIN and one.state is StaffState.ACTIVE
    ]
    return len(deciders) <= 1


def _morning(tx: Tx, day: str) -> datetime:
    """Return the first instant of a local day that has not passed.

    Raises:
        ProgrammeRefused: it is no day, or it has passed.
    """
    programme = current_programme(tx)
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise ProgrammeRefused({"from": ["This is not a day."]}) from error
    if wanted <= programme.local_day(tx.now):
        raise ProgrammeRefused({"from": ["Choose a day to come, or leave it empty for now."]})
    return datetime.combine(wanted, time(), tzinfo=programme.zone)
