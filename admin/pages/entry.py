"""The front page, and signing in to the back office."""

from __future__ import annotations

from dataclasses import dataclass

import marshmallow as ma
from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import LANGUAGE_NAMES, blueprint
from loyalty.kernel.access.errors import WrongCredentials
from loyalty.kernel.access.people import sign_in_staff
from loyalty.kernel.access.principals import (
    BACK_OFFICE,
    PUBLIC,
    Policy,
    PrincipalKind,
    allow,
    staff,
)
from loyalty.kernel.access.sessions import SignedIn, end_session, holder_of
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, NotAllowed
from loyalty.kernel.signing import digest
from loyalty.kernel.web.context import database, language, maybe_principal, runtime
from loyalty.kernel.web.cookies import drop_cookie, keep_session, read_cookie
from loyalty.kernel.web.fields import TextLine
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, render_page
from loyalty.queries import stores

front = Blueprint("front", __name__)

TRIES, TRY_SECONDS = 5, 15 * 60
"""How often one address may be tried in a quarter of an hour."""
TRIES_HERE = 60
"""How often sign-ins may fail from one place in that time: slows down trying many addresses."""
MOST_POSTERS = 12

_KNOWN_OR_NOT = Policy(public=True, kinds=frozenset({PrincipalKind.STAFF}))
_UNPROCESSABLE, _UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 422, 401, 403, 429


class SignInForm(ma.Schema):
    """What a member of staff types to sign in."""

    email = TextLine(required=True, longest=200)
    password = ma.fields.String(
        required=True,
        validate=(
            ma.validate.Length(min=1, error=N_("This cannot be empty.")),
            ma.validate.Length(max=128, error=N_("A password has 128 characters at most.")),
        ),
    )
    next = ma.fields.String(load_default="")


@dataclass(frozen=True, slots=True)
class Said:
    """What the sign-in page says about the last try."""

    title: str
    text: str
    status: int
    kind: str = "bad"


_WRONG = Said(
    N_("That did not work"),
    N_("The address and the password do not belong together. Check both and try again."),
    _UNAUTHORIZED,
)
_TILLS_ONLY = Said(
    N_("This account opens tills only"),
    N_("Cashiers sign in at the till with their PIN. Ask an administrator if you need more."),
    _FORBIDDEN,
)
_WAIT = Said(
    N_("Too many tries"),
    N_("Wait a quarter of an hour, then try again. An administrator can help sooner."),
    _TOO_MANY,
    "warn",
)


@front.get("/")
@allow(PUBLIC)
def index() -> Response:
    """Show the three faces: shopper, till, back office."""
    with database().look() as tx:
        shops = stores(tx)
    return render_page(
        "admin/front.html",
        stores=shops[:MOST_POSTERS],
        more=max(0, len(shops) - MOST_POSTERS),
        languages=LANGUAGE_NAMES,
    )


@blueprint.get("/sign-in")
@allow(_KNOWN_OR_NOT)
def sign_in() -> Answer:
    """Ask who it is; whoever is known already goes on to where she wanted to be."""
    known = maybe_principal()
    if known is not None and known.role in BACK_OFFICE:
        return redirect(_inside(request.args.get("next", "")))
    return _sign_in_page(EMPTY_FORM)


@blueprint.post("/sign-in")
@allow(PUBLIC)
def enter() -> Answer:
    """Open a session; tries are counted by address and by place."""
    form = read_form(SignInForm())
    if not form.ok:
        return _sign_in_page(form, status=_UNPROCESSABLE)
    address, here = _counters(form.values["email"])
    cache = runtime().cache
    if int(cache.get(here) or 0) >= TRIES_HERE:
        return _sign_in_page(form, said=_WAIT)
    if cache.count(address, seconds=TRY_SECONDS) > TRIES:
        return _sign_in_page(form, said=_WAIT)
    try:
        session = _open_session(form)
    except WrongCredentials:
        cache.count(here, seconds=TRY_SECONDS)
        return _sign_in_page(form, said=_WRONG)
    except NotAllowed:
        return _sign_in_page(form, said=_TILLS_ONLY)
    cache.delete(address)
    response = make_response(redirect(_inside(form.values["next"])))
    keep_session(response, PrincipalKind.STAFF, session)
    return response


@blueprint.post("/sign-out")
@allow(staff(*BACK_OFFICE))
def leave() -> Response:
    """End the session."""
    token = read_cookie(PrincipalKind.STAFF.value)
    if token:
        with database().begin(actor="public") as tx:
            end_session(tx, token=token)
    flash(gettext(language(), N_("You are signed out.")), "good")
    response = make_response(redirect(url_for("admin.sign_in")))
    drop_cookie(response, PrincipalKind.STAFF.value)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _open_session(form: Form) -> SignedIn:
    """Sign somebody in to the back office.

    Raises:
        WrongCredentials: address and password do not belong together.
        NotAllowed: they do, but she is a cashier; no session was opened.
    """
    with database().begin(actor="public") as tx:
        session = sign_in_staff(tx, email=form.values["email"], password=form.values["password"])
        holder = holder_of(tx, kind=PrincipalKind.STAFF, token=session.token)
        if holder is None or holder.principal.role not in BACK_OFFICE:
            raise NotAllowed
    return session


def _counters(email: str) -> tuple[str, str]:
    """Return under which keys the tries of an address and of this place are counted."""
    place = request.remote_addr or ""
    return f"sign-in:{digest(email.strip().casefold())}", f"sign-in-from:{digest(place)}"


def _sign_in_page(form: Form, *, said: Said | None = None, status: int = 200) -> Response:
    wanted = form.typed.get("next") or request.args.get("next", "")
    response = render_page(
        "admin/sign_in.html",
        form=form,
        next=wanted,
        said=said,
        languages=LANGUAGE_NAMES,
        status=said.status if said else status,
    )
    if said is _WAIT:
        response.headers["Retry-After"] = str(TRY_SECONDS)
    return response


def _inside(wanted: str) -> str:
    """Return ``wanted`` when it is a page of the back office; else its home.

    Only plain paths pass: nothing that a browser could read as another host, nothing hidden.
    """
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and "//" not in wanted
    return wanted if plain and wanted.startswith("/admin/") else url_for("admin.home")
