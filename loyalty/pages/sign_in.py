"""Getting back to one's card on this or another device: a link by e-mail or SMS, and out again."""

from __future__ import annotations

from flask import Response, flash, request

from loyalty.commands.sign_in import enter_by_link, request_sign_in
from loyalty.errors import UnknownMember
from loyalty.kernel.access.principals import PUBLIC, PrincipalKind, allow
from loyalty.kernel.access.sessions import end_sessions_of
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, TooManyTries
from loyalty.kernel.signing import TokenRefused, digest
from loyalty.kernel.web.context import (
    current_actor,
    database,
    language,
    maybe_principal,
    runtime,
)
from loyalty.kernel.web.pages import EMPTY_FORM, read_form, render_page
from loyalty.pages.entering import close_session, open_session
from loyalty.pages.shopper import MAYBE_MEMBER, blueprint, go_to, limit_tries
from loyalty.queries.sign_in import read_sign_in
from loyalty.schemas.shopper import SignInForm

ASKS, ASKS_OF_ONE, ASKS_SECONDS = 20, 3, 900
"""Links asked for in a quarter of an hour: by one address, and for one person."""
ENTRIES, ENTRIES_SECONDS = 60, 900

_OUT = N_("You are signed out. Nothing of yours is left in this browser.")
_TOO_MANY = N_("Many links are being asked for from here. Try again in a quarter of an hour.")
_REFUSED = {
    "expired": N_("This link has expired: links work for 30 minutes. Ask for a new one."),
    "used": N_("This link was used before: each works once. Ask for a new one."),
    "damaged": N_("This link is not complete. Copy all of it, or ask for a new one."),
}


@blueprint.get("/sign-in")
@allow(MAYBE_MEMBER)
def sign_in() -> Response:
    """Ask where the link should go; who is signed in already goes to her card."""
    if maybe_principal() is not None:
        return go_to("shopper.card")
    return render_page("loyalty/sign_in.html", form=EMPTY_FORM)


@blueprint.post("/sign-in")
@allow(PUBLIC)
def ask_for_link() -> Response:
    """Have a link sent. The answer is the same for a member and for a stranger."""
    try:
        limit_tries("sign-in", tries=ASKS, seconds=ASKS_SECONDS)
    except TooManyTries as wait:
        return _ask_to_wait(wait)
    form = read_form(SignInForm())
    if not form.ok:
        return render_page("loyalty/sign_in.html", status=422, form=form)
    contact = form.values["contact"]
    if _may_be_asked(contact):
        with database().begin(actor="public") as tx:
            request_sign_in(tx, contact=contact)
    return render_page("loyalty/link_sent.html", contact=contact)


@blueprint.get("/enter")
@allow(PUBLIC)
def entrance() -> Response:
    """Show the button that opens the card. Mail scanners open links, so opening changes nothing."""
    token = request.args.get("token", "")
    try:
        with database().look() as tx:
            read_sign_in(tx, keys=runtime().keys, token=token)
    except TokenRefused as refusal:
        return _refuse(refusal)
    return render_page("loyalty/enter.html", token=token)


@blueprint.post("/enter")
@allow(PUBLIC)
def enter() -> Response:
    """Spend the link and open the card in this browser."""
    response = go_to("shopper.card")
    try:
        limit_tries("enter", tries=ENTRIES, seconds=ENTRIES_SECONDS)
        with database().begin(actor="public") as tx:
            entered = enter_by_link(tx, keys=runtime().keys, token=request.form.get("token", ""))
            open_session(tx, response, entered.member_id)
    except TokenRefused as refusal:
        return _refuse(refusal)
    except UnknownMember:
        return _refuse(TokenRefused("damaged"))
    except TooManyTries as wait:
        return _ask_to_wait(wait)
    return response


@blueprint.post("/sign-out")
@allow(MAYBE_MEMBER)
def sign_out() -> Response:
    """Sign out here, or on every device; the browser forgets the card."""
    flash(gettext(language(), _OUT), "good")
    response = go_to("shopper.sign_in")
    who = maybe_principal()
    with database().begin(actor=current_actor()) as tx:
        if who is not None and request.form.get("everywhere"):
            end_sessions_of(tx, kind=PrincipalKind.MEMBER, subject_id=who.id)
        close_session(tx, response)
    return response


def _may_be_asked(contact: str) -> bool:
    """Tell whether this person has not been sent too many links; she is not told either way."""
    name = f"sign-in-of:{digest(contact.casefold())}"
    return runtime().cache.count(name, seconds=ASKS_SECONDS) <= ASKS_OF_ONE


def _ask_to_wait(wait: TooManyTries) -> Response:
    """Say that this address has asked for too much, and when it may again."""
    flash(gettext(language(), _TOO_MANY), "warn")
    response = render_page("loyalty/sign_in.html", status=429, form=EMPTY_FORM)
    response.headers["Retry-After"] = str(wait.seconds)
    return response


def _refuse(refusal: TokenRefused) -> Response:
    """Say what is wrong with the link, beside the form that asks for another."""
    sentence = gettext(language(), _REFUSED.get(refusal.reason, _REFUSED["damaged"]))
    flash(sentence, "warn")
    return render_page("loyalty/sign_in.html", status=403, form=EMPTY_FORM)
