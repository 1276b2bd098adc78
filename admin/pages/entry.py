"""The front page, and signing in to the back office."""

from __future__ import annotations

import marshmallow as ma
from flask import Blueprint, Response, make_response, redirect, request, url_for

from admin.pages.blueprint import blueprint
from loyalty.kernel.access.errors import WrongCredentials
from loyalty.kernel.access.people import sign_in_staff
from loyalty.kernel.access.principals import BACK_OFFICE, PUBLIC, PrincipalKind, allow, staff
from loyalty.kernel.access.sessions import end_session
from loyalty.kernel.i18n import problem_text
from loyalty.kernel.problems import TooManyTries
from loyalty.kernel.signing import digest
from loyalty.kernel.web.context import database, language, runtime
from loyalty.kernel.web.cookies import drop_cookie, keep_session, read_cookie
from loyalty.kernel.web.fields import TextLine
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import stores

front = Blueprint("front", __name__)
TRIES, TRY_SECONDS = 5, 15 * 60


class SignInForm(ma.Schema):
    """What a member of staff types to sign in."""

    email = TextLine(required=True, longest=200)
    password = ma.fields.String(required=True, validate=ma.validate.Length(max=128))
    next = ma.fields.String(load_default="")


@front.get("/")
@allow(PUBLIC)
def index() -> Response:
    """Show the three faces: till, shopper, back office."""
    with database().look() as tx:
        shops = stores(tx)
    return render_page("admin/front.html", stores=shops)


@blueprint.get("/sign-in")
@allow(PUBLIC)
def sign_in() -> Response:
    """Ask who it is."""
    return _sign_in_page(EMPTY_FORM)


@blueprint.post("/sign-in")
@allow(PUBLIC)
def enter() -> Response:
    """Open a session; five tries in a quarter of an hour for one address."""
    form = read_form(SignInForm())
    if not form.ok:
        return _sign_in_page(form, status=422)
    tries = f"sign-in:{digest(form.values['email'].casefold())}"
    if runtime().cache.count(tries, seconds=TRY_SECONDS) > TRIES:
        raise TooManyTries(TRY_SECONDS)
    try:
        with database().begin(actor="public") as tx:
            session = sign_in_staff(
                tx, email=form.values["email"], password=form.values["password"]
            )
    except WrongCredentials as problem:
        return _sign_in_page(
            refused_form(form, "password", problem_text(language(), problem)[1]), status=401
        )
    runtime().cache.delete(tries)
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
    response = make_response(redirect(url_for("admin.sign_in")))
    drop_cookie(response, PrincipalKind.STAFF.value)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _sign_in_page(form: Form, *, status: int = 200) -> Response:
    wanted = form.typed.get("next") or request.args.get("next", "")
    return render_page("admin/sign_in.html", form=form, next=wanted, status=status)


def _inside(wanted: str) -> str:
    """Return ``wanted`` when it is a page of the back office; else its home."""
    inside = wanted.startswith("/admin/") and "\\" not in wanted and "//" not in wanted
    return wanted if inside else url_for("admin.home")
