"""Purchases without the card: the member claims them, staff decide about what does not fit."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from loyalty.errors import MemberBlocked, SourceReused, TooManyClaims, UnknownMember
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.i18n import gettext, minor_digits, problem_text
from loyalty.kernel.problems import N_, NotSignedIn, Problem
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import (
    current_actor,
    database,
    language,
    principal,
    runtime,
    speak,
)
from loyalty.kernel.web.pages import (
    EMPTY_FORM,
    Form,
    read_form,
    refused_form,
    render_page,
)
from loyalty.queries import (
    claims_by_state,
    claims_of,
    current_programme,
    membership,
    stores,
)
from loyalty.values import Claim, ClaimId, ClaimState, ClaimWhy, MemberId, ReceiptNamed, StoreId
from pos_adapter.claiming.api import CARE
from pos_adapter.commands import claim_purchase, decide_claim
from pos_adapter.errors import UnknownReceipt
from pos_adapter.queries import purchase_of_code
from pos_adapter.schemas.claims import ClaimForm, DecisionForm

shopper = Blueprint("claims_app", __name__, url_prefix="/app/claims")
office = Blueprint("claims_admin", __name__, url_prefix="/admin/claims")

_SEE_OTHER, _INVALID, _CONFLICT = 303, 422, 409
WHY = {
    ClaimWhy.NONE: "",
    ClaimWhy.NOT_FOUND: N_("No such receipt has reached us yet."),
    ClaimWhy.SEVERAL: N_("Several receipts fit."),
    ClaimWhy.TOO_OLD: N_("The purchase is too long ago to settle by itself."),
    ClaimWhy.BEFORE_JOINING: N_("It was bought before the card was opened."),
    ClaimWhy.RETURNED: N_("Some of it was brought back."),
    ClaimWhy.OTHER_MEMBER: N_("It counts on another card."),
    ClaimWhy.ALREADY_YOURS: N_("It counts on this card already."),
    ClaimWhy.BY_HAND: N_("Somebody looks at each claim."),
}
_ANSWERS = {
    ClaimState.SETTLED: (N_("Found: the purchase counts on your card now."), "good"),
    ClaimState.WAITING: (N_("Noted. Somebody looks at it, and the answer stands here."), "info"),
    ClaimState.REFUSED: (N_("This purchase counts on your card already."), "info"),
    ClaimState.ACCEPTED: (N_("Found: the purchase counts on your card now."), "good"),
}


@shopper.get("")
@allow(MEMBER)
def mine() -> Response:
    """Show the form, and the member's claims with their answers."""
    return _mine(EMPTY_FORM)


@shopper.post("")
@allow(MEMBER)
def claim() -> AnyResponse:
    """Claim a purchase; the same form sent twice claims once."""
    form = read_form(ClaimForm())
    if not form.ok:
        return _mine(form, _INVALID)
    try:
        with database().begin(actor=current_actor()) as tx:
            found = _claim(tx, _member(tx), form, f"app:{form.values['once']}")
    except _Unreadable as wrong:
        return _mine(refused_form(form, wrong.field, gettext(language(), wrong.sentence)), _INVALID)
    except (TooManyClaims, SourceReused) as refused:
        flash(problem_text(language(), refused)[1], "warn")
        return _mine(form, _CONFLICT)
    sentence, kind = _ANSWERS[found.state]
    flash(gettext(language(), sentence), kind)
    return redirect(url_for("claims_app.mine"), _SEE_OTHER)


@shopper.errorhandler(MemberBlocked)
def show_blocked(problem: MemberBlocked) -> Response:
    """Tell a blocked member whom to ask."""
    return render_page("loyalty/blocked.html", status=409, problem=problem, nav=())


@office.get("")
@allow(CARE)
def waiting() -> Response:
    """Show the claims that wait, the oldest first, or those that were decided."""
    asked = request.args.get("state", "")
    state = ClaimState(asked) if asked in set(ClaimState) else ClaimState.WAITING
    with database().look(actor=current_actor()) as tx:
        page = claims_by_state(tx, state, after=request.args.get("after"))
        names = _names(tx, page.items)
        shops = {one.store_id: one.name for one in stores(tx)}
    return render_page(
        "pos_adapter/claims.html", page=page, state=state, names=names, why=WHY, shops=shops
    )


@office.post("/<claim_id>")
@allow(CARE)
def decide(claim_id: str) -> AnyResponse:
    """Accept or refuse a claim, as the button says."""
    form = read_form(DecisionForm())
    if not form.ok:
        flash(gettext(language(), N_("Say why; the member reads it.")), "warn")
        return redirect(url_for("claims_admin.waiting"), _SEE_OTHER)
    accept, named = form.values["decision"] == "accept", form.values["receipt"]
    try:
        with database().begin(actor=current_actor()) as tx:
            decide_claim(
                tx,
                keys=runtime().keys,
                claim_id=ClaimId(claim_id),
                accept=accept,
                reason=form.values["reason"],
                purchase_id=purchase_of_code(named) if named and accept else None,
            )
    except Problem as refused:
        flash(problem_text(language(), refused)[1], "warn")
    else:
        said = N_("The claim is accepted.") if accept else N_("The claim is refused.")
        flash(gettext(language(), said), "good")
    return redirect(url_for("claims_admin.waiting"), _SEE_OTHER)


@office.get("/new/<member_id>")
@allow(CARE)
def new(member_id: str) -> Response:
    """Show the form with which staff claim for a member at the counter."""
    return _new(member_id, EMPTY_FORM)


@office.post("/new/<member_id>")
@allow(CARE)
def create(member_id: str) -> AnyResponse:
    """Claim a purchase for a member."""
    form = read_form(ClaimForm())
    if not form.ok:
        return _new(member_id, form, _INVALID)
    try:
        with database().begin(actor=current_actor()) as tx:
            who = MemberId(member_id)
            found = _claim(tx, who, form, f"{current_actor()}:{form.values['once']}")
    except _Unreadable as wrong:
        sentence = gettext(language(), wrong.sentence)
        return _new(member_id, refused_form(form, wrong.field, sentence), _INVALID)
    except (TooManyClaims, SourceReused, MemberBlocked) as refused:
        flash(problem_text(language(), refused)[1], "warn")
        return _new(member_id, form, _CONFLICT)
    sentence = WHY[found.why] or N_("Found: the purchase counts on her card now.")
    flash(gettext(language(), sentence), "good" if found.why is ClaimWhy.NONE else "info")
    return redirect(url_for("admin.member", member_id=member_id), _SEE_OTHER)


class _Unreadable(Exception):
    """A field of the form cannot be what it is asked for."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field, self.sentence = field, sentence


def _claim(tx: Tx, member_id: MemberId, form: Form, source: str) -> Claim:
    """Claim what the form says.

    Raises:
        _Unreadable: the total or the receipt cannot be read.
    """
    values, currency = form.values, current_programme(tx).currency
    written = values["receipt"].replace(" ", "")
    number = int(written) if written.isascii() and written.isdecimal() else None
    try:
        code = None if number is not None else purchase_of_code(written)
    except UnknownReceipt as error:
        raise _Unreadable("receipt", N_("Give the number or the code on the receipt.")) from error
    receipt = ReceiptNamed(
        bought_on=values["bought_on"],
        total_minor=_minor(values["total"], minor_digits(currency)),
        number=number,
        store_id=StoreId(values["store"]) if values["store"] else None,
        purchase_id=code,
    )
    return claim_purchase(
        tx, keys=runtime().keys, member_id=member_id, receipt=receipt, source=source
    )


def _minor(text: str, digits: int) -> int:
    """Return an amount as people type it, with comma or point, in minor units."""
    found = re.fullmatch(r"([0-9]{1,8})(?:[.,]([0-9]{1,4}))?", text.strip(" €").strip())
    if found is None or len(found[2] or "") > digits:
        raise _Unreadable("total", N_("Give the total on the receipt, such as 27.60."))
    return int(found[1] + (found[2] or "").ljust(digits, "0"))


def _mine(form: Form, status: int = 200) -> Response:
    with database().look(actor=current_actor()) as tx:
        claims = claims_of(tx, _member(tx))
        context = _around(tx)
    return render_page(
        "pos_adapter/my_claims.html", status=status, form=form, claims=claims, why=WHY, **context
    )


def _new(member_id: str, form: Form, status: int = 200) -> Response:
    with database().look(actor=current_actor()) as tx:
        who = membership(tx, MemberId(member_id))
        context = _around(tx)
    return render_page("pos_adapter/new_claim.html", status=status, form=form, who=who, **context)


def _around(tx: Tx) -> dict[str, Any]:
    """Return what stands around the form: the shops, today, and a name for this attempt."""
    return {
        "shops": {one.store_id: one.name for one in stores(tx)},
        "today": current_programme(tx).local_day(tx.now).isoformat(),
        "once": secrets.token_urlsafe(24),
    }


def _names(tx: Tx, claims: tuple[Claim, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in claims:
        try:
            names[one.member_id] = membership(tx, one.member_id).display_name
        except UnknownMember:
            names[one.member_id] = "–"
    return names


def _member(tx: Tx) -> MemberId:
    """Return the member who is signed in; answer in her language unless another is asked for.

    Raises:
        NotSignedIn: her membership has ended meanwhile.
        MemberBlocked: staff have stopped it.
    """
    try:
        found = membership(tx, MemberId(principal().id))
    except UnknownMember as error:
        raise NotSignedIn from error
    if "lang" not in request.args:
        speak(found.language)
    if found.is_blocked:
        raise MemberBlocked(found.member_id)
    return found.member_id
