"""Tills: invite one with a one-time code, suspend one. A store's manager sees her store's only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import marshmallow as ma
from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from admin.pages.asking import one_page
from admin.pages.blueprint import blueprint
from loyalty.kernel.access.errors import TillTaken
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.access.terminals import (
    Invited,
    TerminalRow,
    invite_terminal,
    renew_invitation,
    suspend_terminal,
    terminals,
)
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, NotAllowed
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.kernel.web.context import current_actor, database, language, principal
from loyalty.kernel.web.fields import Code
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.queries import StoreFacts, stores

ROWS = 40
_SEE_OTHER, _INVALID, _CONFLICT = 303, 422, 409
_LONG_NAME = N_("The name of a till has 20 characters at most.")


class TillForm(ma.Schema):
    """A new till of a store."""

    store_id = Code(required=True)
    till = Code(required=True, validate=ma.validate.Length(max=20, error=_LONG_NAME))


@dataclass(frozen=True, slots=True)
class StoreTills:
    """The tills of one store on a page of the list."""

    store: StoreFacts | None
    store_id: str
    tills: tuple[TerminalRow, ...]


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
        return _page(form, status=_INVALID)
    _demand_own_store(form.values["store_id"])
    try:
        with database().begin(actor=current_actor()) as tx:
            if form.values["store_id"] not in {one.store_id for one in stores(tx)}:
                return _page(_refused(form, "store_id", N_("Choose a store.")), status=_INVALID)
            invited = invite_terminal(tx, **form.values)
    except TillTaken as problem:
        sentence = problem_text(language(), problem)[1]
        return _page(refused_form(form, "till", sentence), status=_CONFLICT)
    return _page(EMPTY_FORM, invited=invited)


@blueprint.post("/tills/<terminal_id>/code")
@allow(staff(Role.ADMIN, Role.STORE_MANAGER))
def renew_code(terminal_id: str) -> Response:
    """Give a till a fresh code; what it signed with before stops working."""
    with database().begin(actor=current_actor()) as tx:
        _demand_own_till(tx, terminal_id)
        invited = renew_invitation(tx, terminal_id=terminal_id)
    return _page(EMPTY_FORM, invited=invited)


@blueprint.post("/tills/<terminal_id>/suspend")
@allow(staff(Role.ADMIN, Role.STORE_MANAGER))
def suspend(terminal_id: str) -> Answer:
    """Refuse everything this till sends from now on."""
    with database().begin(actor=current_actor()) as tx:
        _demand_own_till(tx, terminal_id)
        suspend_terminal(tx, terminal_id=terminal_id)
    flash(gettext(language(), N_("The till is suspended.")), "good")
    return redirect(url_for("admin.tills_list"), _SEE_OTHER)


def _demand_own_store(store_id: str) -> None:
    """Refuse a manager another store's tills.

    Raises:
        NotAllowed: the manager belongs to another store.
    """
    if principal().store_id not in {None, store_id}:
        raise NotAllowed


def _demand_own_till(tx: Tx, terminal_id: str) -> None:
    """Refuse a manager the till of another store; an unknown one is refused by the command.

    Raises:
        NotAllowed: the till stands in another store.
    """
    for row in terminals(tx):
        if row.terminal_id == terminal_id:
            _demand_own_store(row.store_id)


def _page(form: Form, *, invited: Invited | None = None, status: int = 200) -> Response:
    mine, after = principal().store_id, request.args.get("after")
    with database().look() as tx:
        rows = [row for row in terminals(tx) if mine in {None, row.store_id}]
        shops = [shop for shop in stores(tx) if mine in {None, shop.store_id}]
    page = one_page(rows, key=lambda row: row.terminal_id, after=after, limit=ROWS)
    fresh = next((row for row in rows if invited and row.terminal_id == invited.terminal_id), None)
    return render_page(
        "admin/tills.html",
        status=status,
        groups=_by_store(page, shops),
        stores=shops,
        store_names={shop.store_id: shop.name for shop in shops},
        count=len(rows),
        newest=url_for("admin.tills_list") if after else "",
        older=url_for("admin.tills_list", after=page.after) if page.after else "",
        form=form,
        invited=invited,
        fresh=fresh,
    )


def _by_store(page: Page[TerminalRow], shops: Sequence[StoreFacts]) -> list[StoreTills]:
    """Return the tills of a page, store by store in the order of the list."""
    known = {str(shop.store_id): shop for shop in shops}
    groups: dict[str, list[TerminalRow]] = {}
    for row in page.items:
        groups.setdefault(row.store_id, []).append(row)
    return [
        StoreTills(known.get(store_id), store_id, tuple(tills))
        for store_id, tills in groups.items()
    ]


def _refused(form: Form, field: str, sentence: str) -> Form:
    return refused_form(form, field, gettext(language(), sentence))
