"""The marketer's offers: the list, a new one with its cost on real baskets, results, end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, principal
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, render_page
from loyalty.queries import categories, current_programme
from offers.commands import draft_offer, end_offer, launch_offer
from offers.errors import OfferAlreadyLive, OfferNotDraft, OfferRefused
from offers.pages.compose import OfferForm, document_of, fault_form, fault_sentence
from offers.pages.facts import document_facts
from offers.queries import CostPreview, assortment, list_offers, offer_detail, preview_cost
from offers.values import OfferId, OfferState

blueprint = Blueprint("offers_admin", __name__, url_prefix="/admin/offers")

READERS = staff()
MAKERS = staff(Role.MARKETER, Role.ADMIN)
_SEE_OTHER, _INVALID = 303, 422
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form's lists offer: (value, text) pairs."""

    categories: list[tuple[str, str]]
    brands: list[tuple[str, str]]
    labels: list[tuple[str, str]]
    levels: list[tuple[str, str]]


@blueprint.get("")
@allow(READERS)
def list_() -> Response:
    """Show offers in one state, the newest first."""
    state = _state(request.args.get("state", OfferState.LIVE.value))
    with database().look(actor=current_actor()) as tx:
        page = list_offers(
            tx, language=language(), state=state, after=request.args.get("after"), limit=50
        )
        names = _level_names(tx)
    return render_page(
        "offers/list.html", page=page, state=state, level_names=names, may_make=_may_make()
    )


@blueprint.get("/new")
@allow(MAKERS)
def new() -> Response:
    """Show the empty form."""
    return _form_page(EMPTY_FORM)


@blueprint.post("/new")
@allow(MAKERS)
def create() -> AnyResponse:
    """Preview, keep or launch what the form describes, as its button says."""
    form = read_form(OfferForm())
    if not form.ok:
        return _form_page(form, status=_INVALID)
    try:
        if form.values["step"] == "preview":
            return _form_page(form, preview=_previewed(form))
        with database().begin(actor=current_actor()) as tx:
            drafted = draft_offer(tx, document=_document(tx, form))
            if form.values["step"] == "launch":
                launch_offer(tx, offer_id=drafted.offer_id)
    except OfferRefused as refused:
        wrong, others = fault_form(form, refused)
        return _form_page(wrong, others=others, status=_INVALID)
    except OfferAlreadyLive as refused:
        others = [("name_en", problem_text(language(), refused)[1])]
        return _form_page(form, others=others, status=_INVALID)
    launched = form.values["step"] == "launch"
    said = N_("The offer is live: tills use it at once.") if launched else N_("The draft is kept.")
    flash(gettext(language(), said), "good")
    return redirect(url_for("offers_admin.show", offer_id=drafted.offer_id), code=_SEE_OTHER)


@blueprint.post("/preview")
@allow(MAKERS)
def preview() -> Response:
    """Return the preview alone, for the script that keeps it up to date."""
    form = read_form(OfferForm())
    if not form.ok:
        return render_page("offers/_preview.html", preview=None, faults=[])
    try:
        return render_page("offers/_preview.html", preview=_previewed(form), faults=[])
    except OfferRefused as refused:
        wrong, others = fault_form(form, refused)
        sentences = [one for errors in wrong.errors.values() for one in errors]
        sentences += [f"{path}: {sentence}" for path, sentence in others]
        return render_page("offers/_preview.html", preview=None, faults=sentences)


@blueprint.get("/<offer_id>")
@allow(READERS)
def show(offer_id: str) -> Response:
    """Show an offer, what it has done, and what can be done with it."""
    with database().look(actor=current_actor()) as tx:
        detail = offer_detail(tx, OfferId(offer_id), language())
        names = _level_names(tx)
        shelves = {one.category_id: one.name(language()) for one in categories(tx)}
    facts = document_facts(detail.document, names | shelves)
    return render_page(
        "offers/show.html", offer=detail, facts=facts, level_names=names, may_make=_may_make()
    )


@blueprint.post("/<offer_id>/state")
@allow(MAKERS)
def change(offer_id: str) -> AnyResponse:
    """Launch a draft or end an offer, then show it."""
    try:
        with database().begin(actor=current_actor()) as tx:
            said = _change(tx, OfferId(offer_id))
        flash(gettext(language(), said), "good")
    except OfferRefused as refused:
        for fault in refused.faults:
            flash(f"{fault['path']}: {fault_sentence(fault)}", "bad")
    except (OfferNotDraft, OfferAlreadyLive) as refused:
        flash(_sentence(refused), "warn")
    return redirect(url_for("offers_admin.show", offer_id=offer_id), code=_SEE_OTHER)


def _change(tx: Tx, offer_id: OfferId) -> str:
    """Do what the button says; return the sentence about it."""
    if request.form.get("state") == OfferState.LIVE:
        launch_offer(tx, offer_id=offer_id)
        return N_("The offer is live: tills use it at once.")
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    end_offer(tx, offer_id=offer_id, reason=reason)
    return N_("The offer has ended: tills stop giving it at once.")


def _previewed(form: Form) -> CostPreview:
    with database().look(actor=current_actor()) as tx:
        return preview_cost(tx, document=_document(tx, form))


def _document(tx: Tx, form: Form) -> dict[str, Any]:
    levels = tuple(level.id for level in current_programme(tx).tiers.levels)
    return document_of(form.values, levels=levels)


def _form_page(
    form: Form,
    *,
    preview: CostPreview | None = None,
    others: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    """Show the form with what was typed, what is wrong with it, and what it would cost."""
    with database().look(actor=current_actor()) as tx:
        choices = _choices(tx)
    return render_page(
        "offers/new.html",
        status=status,
        form=form,
        days=request.form.getlist("weekdays"),
        choices=choices,
        preview=preview,
        others=others or [],
        faults=[],
    )


def _choices(tx: Tx) -> Choices:
    known = assortment(tx)
    programme = current_programme(tx)
    named = sorted((one.name(language()), one.category_id) for one in categories(tx))
    return Choices(
        categories=[(category_id, name) for name, category_id in named],
        brands=[(brand, brand) for brand in sorted(known.brands)],
        labels=[(label, label) for label in sorted(known.labels)],
        levels=[(level.id, level.name(language())) for level in programme.tiers.levels[1:]],
    )


def _level_names(tx: Tx) -> dict[str, str]:
    return {level.id: level.name(language()) for level in current_programme(tx).tiers.levels}


def _state(wanted: str) -> OfferState:
    return (
        OfferState(wanted) if wanted in {state.value for state in OfferState} else OfferState.LIVE
    )


def _may_make() -> bool:
    return MAKERS.admits(principal())


def _sentence(refused: Problem) -> str:
    return problem_text(language(), refused)[1]
