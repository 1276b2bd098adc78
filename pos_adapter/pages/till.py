"""The pages of the browser till. What they do, they do through the till API."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from markupsafe import Markup

from loyalty.kernel.access.errors import EnrolmentRefused, WrongCredentials
from loyalty.kernel.access.people import cashiers_of, check_pin, managers_of
from loyalty.kernel.access.principals import (
    TERMINAL,
    Policy,
    Principal,
    PrincipalKind,
    allow,
)
from loyalty.kernel.access.sessions import staffed_by
from loyalty.kernel.access.terminals import enrol_terminal, open_till
from loyalty.kernel.i18n import problem_text
from loyalty.kernel.problems import NotFound, TooManyTries
from loyalty.kernel.web.context import (
    current_actor,
    database,
    language,
    maybe_principal,
    principal,
    runtime,
)
from loyalty.kernel.web.cookies import keep_session, read_cookie
from loyalty.kernel.web.headers import allow_camera
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import current_programme, link_svg, store
from loyalty.values import StoreId
from pos_adapter.pages.boot import boot_document
from pos_adapter.pages.forms import EnrolmentForm, SignInForm
from pos_adapter.receipts import purchase_of_receipt, receipt_svg

blueprint = Blueprint("till", __name__, url_prefix="/till")

MAYBE_TERMINAL = Policy(public=True, kinds=frozenset({PrincipalKind.TERMINAL}))
TRIES, TRY_SECONDS = 5, 900
"""How many wrong PINs a cashier, or wrong codes an address, may give in 15 minutes."""


@blueprint.get("/enrol")
@allow(MAYBE_TERMINAL)
def welcome() -> Response:
    """Ask for the code that makes this device a till."""
    if maybe_principal() is not None:
        return _to("till.sell")
    return render_page("pos_adapter/enrol.html", form=EMPTY_FORM, nav=())


@blueprint.post("/enrol")
@allow(MAYBE_TERMINAL)
def enrol() -> Response:
    """Make this device a till."""
    form = read_form(EnrolmentForm())
    if form.ok:
        _count_try(f"enrol:{request.remote_addr}")
        try:
            with database().begin(actor=current_actor()) as tx:
                terminal_id = enrol_terminal(tx, code=form.values["code"])
                session = open_till(tx, terminal_id=terminal_id)
        except EnrolmentRefused as refusal:
            form = refused_form(form, "code", " ".join(problem_text(language(), refusal)))
        else:
            response = _to("till.sign_in")
            keep_session(response, PrincipalKind.TERMINAL, session)
            return response
    return render_page("pos_adapter/enrol.html", status=422, form=form, nav=())


@blueprint.get("/sign-in")
@allow(TERMINAL)
def sign_in() -> Response:
    """Ask who sells here."""
    return _sign_in_page(EMPTY_FORM, 200)


@blueprint.post("/sign-in")
@allow(TERMINAL)
def start_shift() -> Response:
    """Put a cashier behind this till."""
    till, form = principal(), read_form(SignInForm())
    if form.ok:
        cashier = form.values["cashier"]
        _count_try(f"pin:{till.id}:{cashier}")
        try:
            with database().begin(actor=till.actor) as tx:
                check_pin(tx, staff_id=cashier, pin=form.values["pin"], store_id=_store_id(till))
                staffed_by(tx, token=_token(), staff_id=cashier)
        except WrongCredentials as refusal:
            form = refused_form(form, "pin", " ".join(problem_text(language(), refusal)))
        else:
            runtime().cache.delete(f"tries:pin:{till.id}:{cashier}")
            return _to("till.sell")
    return _sign_in_page(form, 422)


@blueprint.post("/sign-out")
@allow(TERMINAL)
def end_shift() -> Response:
    """Take the cashier away; the device stays a till."""
    with database().begin(actor=principal().actor) as tx:
        staffed_by(tx, token=_token(), staff_id=None)
    return _to("till.sign_in")


@blueprint.get("/")
@allow(TERMINAL)
def sell() -> Response:
    """Show the selling screen."""
    allow_camera()
    return _till_page("pos_adapter/sell.html")


@blueprint.get("/returns")
@allow(TERMINAL)
def returns() -> Response:
    """Show the screen that takes articles back."""
    allow_camera()
    return _till_page("pos_adapter/returns.html")


@blueprint.get("/returns/without-receipt")
@allow(TERMINAL)
def loose_returns() -> Response:
    """Show the screen for articles that nobody has a receipt for."""
    allow_camera()
    with database().look() as tx:
        rule = current_programme(tx).returns.loose
        managers = managers_of(tx, store_id=_store_id(principal()))
    loose = {
        "refused": rule.policy == "refused",
        "points_stay": rule.policy == "leave_points",
        "gift_card": rule.refund == "gift_card",
        "managers": [(one.staff_id, one.name) for one in managers],
    }
    return _till_page("pos_adapter/loose.html", loose=loose)


@blueprint.get("/join")
@allow(TERMINAL)
def join() -> Response:
    """Show a shopper the code with which she joins on her own phone."""
    shop = _store_id(principal())
    address = f"{runtime().settings.public_url.rstrip('/')}/app/join?store={shop}"
    picture = Markup(link_svg(address))  # noqa: S704 - drawn by us; its label is escaped
    return _till_page("pos_adapter/join.html", address=address, picture=picture)


@blueprint.get("/receipts/<code>.svg")
@allow(TERMINAL)
def receipt_picture(code: str) -> Response:
    """Draw the code of a receipt, to be scanned when articles come back."""
    if purchase_of_receipt(code) is None:
        raise NotFound("receipt")
    response = make_response(receipt_svg(code.upper()))
    response.content_type = "image/svg+xml"
    return response


def _till_page(template: str, **context: Any) -> Response:
    """Return a page of a till with a cashier; without one, ask for her first."""
    till = principal()
    if till.staff_id is None:
        return _to("till.sign_in")
    with database().look() as tx:
        shop = store(tx, StoreId(_store_id(till)))
        cashier = next(
            (
                one.name
                for one in cashiers_of(tx, store_id=shop.store_id)
                if one.staff_id == till.staff_id
            ),
            "",
        )
        boot = boot_document(tx, till=till, shop=shop, language=language())
    return render_page(template, shop=shop, till=till, cashier=cashier, boot=boot, **context)


def _sign_in_page(form: Form, status: int) -> Response:
    till = principal()
    with database().look() as tx:
        shop = store(tx, StoreId(_store_id(till)))
        cashiers = cashiers_of(tx, store_id=shop.store_id)
    return render_page(
        "pos_adapter/sign_in.html",
        status=status,
        form=form,
        shop=shop,
        till=till,
        cashiers=cashiers,
        nav=(),
    )


def _count_try(what: str) -> None:
    """Count a try.

    Raises:
        TooManyTries: more than five in 15 minutes.
    """
    if runtime().cache.count(f"tries:{what}", seconds=TRY_SECONDS) > TRIES:
        raise TooManyTries(TRY_SECONDS)


def _store_id(till: Principal) -> str:
    assert till.store_id is not None, "a terminal stands in a store"
    return till.store_id


def _token() -> str:
    """Return this device's session; a till that signs has none, and no pages."""
    token = read_cookie(PrincipalKind.TERMINAL.value)
    if token is None:
        raise NotFound("page")
    return token


def _to(endpoint: str) -> Response:
    return make_response(redirect(url_for(endpoint)))
