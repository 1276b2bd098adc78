"""Tills: invite one with a one-time code, suspend one."""

from __future__ import annotations

import marshmallow as ma
from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from loyalty.kernel.access.errors import TillTaken
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.access.terminals import (
    Invited,
    invite_terminal,
    renew_invitation,
    suspend_terminal,
    terminals,
)
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import NotAllowed
from loyalty.kernel.web.context import current_actor, database, language, principal
from loyalty.kernel.web.fields import Code
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import stores


class TillForm(ma.Schema):
    """A new till of a store."""

    store_id = Code(required=True)
    till = Code(required=True, validate=ma.validate.Length(max=20))


@blueprint.get("/tills")
@allow(staff(Role.ADMIN, Role.STORE_MANAGER))
def tills_list() -> Response:
    """Show every till and the form for a new one."""
    return _page(EMPTY_FORM)


@blueprint.post("/tills")
@allow(staff(Role.ADMIN, Role.STORE_MANAGER))
def add_till() -> Response:
    """Invite a till; the code is shown once."""
    form = read_form(TillForm())
    if not form.ok:
        return _page(form, status=422)
    _demand_own_store(form.values["store_id"])
    try:
        with database().begin(actor=current_actor()) as tx:
            invited = invite_terminal(tx, **form.values)
    except TillTaken as problem:
        return _page(refused_form(form, "till", problem_text(language(), problem)[1]), status=409)
    return _page(EMPTY_FORM, invited=invited)


@blueprint.post("/tills/<terminal_id>/code")
@allow(staff(Role.ADMIN, Role.STORE_MANAGER))
def renew_code(terminal_id: str) -> Response:
    """Give a till a fresh code; what it signed with before stops working."""
    _demand_own_till(terminal_id)
    with database().begin(actor=current_actor()) as tx:
        invited = renew_invitation(tx, terminal_id=terminal_id)
    return _page(EMPTY_FORM, invited=invited)


@blueprint.post("/tills/<terminal_id>/suspend")
@allow(staff(Role.ADMIN, Role.STORE_MANAGER))
def suspend(terminal_id: str) -> Answer:
    """Refuse everything this till sends from now on."""
    _demand_own_till(terminal_id)
    with database().begin(actor=current_actor()) as tx:
        suspend_terminal(tx, terminal_id=terminal_id)
    flash(gettext(language(), "The till is suspended."), "good")
    return redirect(url_for("admin.tills_list"))


def _demand_own_store(store_id: str) -> None:
    """Refuse a manager another store's tills.

    Raises:
        NotAllowed: the manager belongs to another store.
    """
    if principal().store_id not in {None, store_id}:
        raise NotAllowed


def _demand_own_till(terminal_id: str) -> None:
    with database().look() as tx:
        for row in terminals(tx):
            if row.terminal_id == terminal_id:
                _demand_own_store(row.store_id)


def _page(form: Form, *, invited: Invited | None = None, status: int = 200) -> Response:
    with database().look() as tx:
        mine = principal().store_id
        rows = [row for row in terminals(tx) if mine in {None, row.store_id}]
        shops = [shop for shop in stores(tx) if mine in {None, shop.store_id}]
    return render_page(
        "admin/tills.html", rows=rows, stores=shops, form=form, invited=invited, status=status
    )
